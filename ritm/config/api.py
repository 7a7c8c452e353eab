"""The public API, assembled from the rooms' routers; errors as problem+json (RFC 9457)."""

from __future__ import annotations

from typing import Any

from django.db import DataError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.module_loading import autodiscover_modules
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ritm.kernel.refusal import NotYours, Refusal
from ritm.shell.middleware import as_refusal
from ritm.staff.doors import door
from ritm.staff.sockets import ROUTERS
from ritm.staff.token_door import TokenDoor, TooFast

# Its own pages of documentation would fetch scripts from elsewhere: ours is below.
api = NinjaAPI(
    title="Ritm", version="1", urls_namespace="api", auth=TokenDoor(), docs_url=None, openapi_url=None,
    description="Authorization: Bearer ritm_… – a token from 'Profile → API tokens'. Errors are problem+json.",
)  # fmt: skip


def _problem(request: HttpRequest, status: int, code: str, detail: Any = "", **more: Any) -> HttpResponse:
    # What a refused request has already written is undone, as on the web.
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    body = {"type": "about:blank", "status": status, "code": code, "detail": str(detail), **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NotYours):
        return _problem(request, 404, "not_found")
    if isinstance(refusal, TooFast):
        answer = _problem(request, 429, refusal.code, refusal.sentence)
        answer.headers["Retry-After"] = "60"
        return answer
    status = 403 if refusal.code == "read_only_token" else 422
    return _problem(request, status, refusal.code, refusal.sentence, field=refusal.field)


@api.exception_handler(DataError)
def _not_kept(request: HttpRequest, error: DataError) -> HttpResponse:
    refusal = as_refusal(error)
    if refusal is None:
        raise error
    return _refused(request, refusal)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, 404, "not_found")


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = _problem(request, 401, "token")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def _misread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = [{"where": ".".join(str(x) for x in e["loc"]), "what": e["msg"]} for e in error.errors]
    return _problem(request, 422, "fields", fields=places)


@api.exception_handler(HttpError)
def _said(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(request, error.status_code, "http", str(error))


autodiscover_modules("api")
for prefix in sorted(ROUTERS.keys()):
    api.add_router(prefix, ROUTERS[prefix])


@door()
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description, for whoever is signed in."""
    return JsonResponse(api.get_openapi_schema(), json_dumps_params={"ensure_ascii": False})


@door()
def docs(request: HttpRequest) -> HttpResponse:
    """The same as a page."""
    described = api.get_openapi_schema()
    calls = [
        {"verb": verb.upper(), "path": path, **call}
        for path, verbs in described["paths"].items()
        for verb, call in verbs.items()
    ]
    return render(request, "staff/api_docs.html", {"calls": calls, "description": described["info"]["description"]})
