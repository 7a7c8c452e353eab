"""The staff room's part of the public API."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from ritm.kernel.refusal import NotYours, Refusal
from ritm.staff.models import Employee
from ritm.staff.sockets import ROUTERS
from ritm.staff.viewer import Viewer

router = Router(tags=["staff"])
ROUTERS.plug("")(router)


class OrganisationOut(Schema):
    id: int
    name: str
    timezone: str
    currency: str


class MeOut(Schema):
    employee_id: int
    name: str
    roles: list[str]
    scope: str
    organisation: OrganisationOut


class EmployeeOut(Schema):
    id: int
    name: str
    position: str
    unit_id: int
    unit: str
    email: str | None
    phone: str
    extension: str
    capacity: int
    away_until: dt.date | None
    left_on: dt.date | None
    external_id: str


class EmployeesOut(Schema):
    items: list[EmployeeOut]
    next: int | None


def viewer_of(request: HttpRequest) -> Viewer:
    """This function will give the viewer whom the token door has let in."""
    asked: Any = request
    viewer: Viewer = asked.viewer
    return viewer


def need(viewer: Viewer, noun: str, verb: str = "see") -> None:
    """This function will answer 404, as the web's doors do, unless the viewer may do `verb` to some `noun`."""
    if not viewer.may(noun, verb):
        raise NotYours("", code="not_found")


def lost_place() -> Refusal:
    """This function will make the refusal of an `after` that no list has given out."""
    return Refusal(_("This is not a place in the list: pass on what 'next' has said."), code="after", field="after")


@router.get("/me", response=MeOut, summary="Whose token this is, and what it may do", url_name="me")
def me(request: HttpRequest) -> dict[str, Any]:
    viewer, asked = viewer_of(request), request
    return {
        "employee_id": viewer.employee_id,
        "name": viewer.name,
        "roles": list(viewer.role_keys),
        "scope": asked.token.scope,  # type: ignore[attr-defined]
        "organisation": {
            "id": viewer.organisation_id,
            "name": viewer.organisation,
            "timezone": viewer.timezone,
            "currency": viewer.currency,
        },
    }


@router.get("/employees", response=EmployeesOut, summary="Employees by id, page by page", url_name="employees")
def employees(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "employee")
    rows = list(
        Employee.objects.visible_to(viewer)
        .filter(pk__gt=after)
        .select_related("unit", "person")
        .order_by("pk")[: limit + 1]
    )
    items = [
        {
            **{name: getattr(row, name) for name in _PLAIN},
            "unit": row.unit.name,
            "email": row.person.email if row.person else None,
        }
        for row in rows[:limit]
    ]
    return {"items": items, "next": rows[limit - 1].pk if len(rows) > limit else None}


_PLAIN = (
    "id", "name", "position", "unit_id", "phone", "extension", "capacity", "away_until", "left_on", "external_id",
)  # fmt: skip
