"""One's own: profile, password, second factor, sessions, tokens."""

from __future__ import annotations

from typing import Any

import pyotp
import segno
from django import forms
from django.contrib.auth import HASH_SESSION_KEY
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import toast
from ritm.staff.address import address_of
from ritm.staff.devices import device_of
from ritm.staff.doors import door
from ritm.staff.forms import ChangePasswordForm, ConfirmForm, ProfileForm, SecondFactorForm, say
from ritm.staff.models import SignIn, Token
from ritm.staff.operations import person as verbs
from ritm.staff.operations import sign_in as front
from ritm.staff.operations import tokens
from ritm.staff.sessions import hash_of
from ritm.staff.views.front import too_many

# A secret that an authenticator has been shown and has not yet proved to hold.
OFFERED = "offered_secret"


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    scope = forms.ChoiceField(label=gettext_lazy("What it may do"), choices=Token.Scope.choices)
    days = forms.TypedChoiceField(
        label=gettext_lazy("Good for"),
        coerce=int,
        initial=90,
        choices=[
            (30, gettext_lazy("a month")), (90, gettext_lazy("three months")), (365, gettext_lazy("a year")),
        ],
    )  # fmt: skip


@door()
@require_http_methods(["GET", "POST"])
def profile(request: Any) -> HttpResponse:
    """Name, language, theme."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        verbs.introduce(person=request.user, **form.cleaned_data)
        return toast(redirect("staff:profile"), _("Saved"))
    return render(request, "staff/profile.html", {"form": form, "tab": "profile"}, status=422 if form.errors else 200)


def _sessions(request: Any) -> list[dict[str, Any]]:
    here = hash_of(request.session.session_key or "")
    rows = SignIn.objects.filter(person=request.user, expires_at__gt=timezone.now()).order_by("-seen_at")
    return [
        {"row": row, "device": device_of(row.user_agent) or _("unknown device"), "here": row.key_hash == here}
        for row in rows
    ]


@never_cache
@door()
@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "POST"])
def security(request: Any) -> HttpResponse:
    """Password, second factor, sessions."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if held := _confirmed(request, form):
            return held
        if not form.errors:
            try:
                person = verbs.change_password(
                    person=request.user,
                    password=form.cleaned_data["password"],
                    keep_session=hash_of(request.session.session_key),
                    at=timezone.now(),
                )
            except Refusal as refusal:
                say(form, refusal)
            else:
                # The session goes on under the new password; whoever holds its old key by theft does not.
                request.session[HASH_SESSION_KEY] = person.get_session_auth_hash()
                request.session.cycle_key()
                return toast(redirect("staff:security"), _("The password is changed, other sessions are ended"))
    known = {"form": form, "sessions": _sessions(request), "confirm": ConfirmForm(), "tab": "security"}
    return render(request, "staff/security.html", known, status=422 if form.errors else 200)


def _confirmed(request: Any, form: Any) -> HttpResponse | None:
    """Check the current password with the front door's own throttle; an answer only when there were too many tries."""
    outcome = front.knock(
        email=request.user.email, password=form.cleaned_data["current"], address=address_of(request), at=timezone.now()
    )
    if outcome.wait_until:
        return too_many(request, outcome.wait_until, back=request.path)
    if outcome.person is None:
        form.add_error("current" if "current" in form.fields else None, _("This is not your password."))
    return None


@door()
@require_POST
def end_session(request: Any, pk: int) -> HttpResponse:
    """Ends one of one's own sessions."""
    if not verbs.end_session(person=request.user, sign_in_id=pk):
        raise Http404
    return toast(redirect("staff:security"), _("The session is ended"))


@door()
@require_POST
def end_others(request: Any) -> HttpResponse:
    """Ends all of one's other sessions."""
    verbs.end_other_sessions(person=request.user, keep_session=hash_of(request.session.session_key))
    return toast(redirect("staff:security"), _("All other sessions are ended"))


@never_cache
@door()
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: Any) -> HttpResponse:
    """Turns two-factor on: a picture for the authenticator, and a code from it as proof."""
    if request.user.has_second_factor:
        return redirect("staff:security")
    secret = request.session.get(OFFERED)
    if secret is None:
        secret = request.session[OFFERED] = verbs.new_secret()
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if until := front.count_or_wait(what="new code", who=str(request.user.pk), limit=20, at=now):
            return too_many(request, until, back=request.path)
        try:
            codes = verbs.turn_on_second_factor(
                person=request.user, secret=secret, code=form.cleaned_data["code"], at=now
            )
        except Refusal as refusal:
            say(form, refusal)
        else:
            del request.session[OFFERED]
            return render(request, "staff/recovery_codes.html", {"codes": codes, "fresh": True})
    uri = pyotp.TOTP(secret).provisioning_uri(name=request.user.email, issuer_name=_("Ritm"))
    picture = segno.make(uri, error="m").svg_inline(scale=5, border=2, light="#fff", dark="#111", svgclass="totp__qr")
    known = {
        "form": form,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "picture": mark_safe(picture),  # noqa: S308 drawn by segno from digits; nothing typed gets into it
    }
    return render(request, "staff/second_factor.html", known, status=422 if form.errors else 200)


@never_cache
@door()
@sensitive_post_parameters("current")
@require_POST
def second_factor_off(request: Any) -> HttpResponse:
    """Turns two-factor off, or makes new recovery codes; both ask for the password."""
    form = ConfirmForm(request.POST)
    if form.is_valid():
        if held := _confirmed(request, form):
            return held
        if not form.errors:
            if "codes" in request.POST and request.user.has_second_factor:
                codes = verbs.renew_recovery_codes(person=request.user)
                return render(request, "staff/recovery_codes.html", {"codes": codes, "fresh": False})
            verbs.turn_off_second_factor(person=request.user, at=timezone.now())
            return toast(redirect("staff:security"), _("Two-factor sign-in is off"))
    known = {"form": ChangePasswordForm(), "sessions": _sessions(request), "confirm": form, "tab": "security"}
    return render(request, "staff/security.html", known, status=422)


@never_cache
@door()
@require_http_methods(["GET", "POST"])
def api_tokens(request: Any) -> HttpResponse:
    """One's keys for programs; a new one is shown this once."""
    viewer = request.viewer
    form = TokenForm(request.POST or None)
    text, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            _token, text = tokens.make(**form.cleaned_data, by=viewer.actor(), at=timezone.now())
            form, status = TokenForm(), 200
    rows = Token.objects.visible_to(viewer).filter(employee_id=viewer.employee_id, revoked_at=None).order_by("-id")
    known = {"form": form, "text": text, "rows": rows, "now": timezone.now(), "tab": "tokens"}
    return render(request, "staff/tokens.html", known, status=status)


@door()
@require_POST
def revoke_token(request: Any, pk: int) -> HttpResponse:
    """Makes one of one's own tokens worth nothing."""
    rows = Token.objects.visible_to(request.viewer).filter(employee_id=request.viewer.employee_id)
    tokens.revoke(
        token=get_object_or_404(rows.select_related("employee"), pk=pk), by=request.viewer.actor(), at=timezone.now()
    )
    return toast(redirect("staff:tokens"), _("The token is revoked"))
