"""The front door: sign in, the second factor, sign out, a forgotten password, invitations, language and theme."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.tokens import default_token_generator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ritm.journal import tenancy
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.staff import queries, secrets, setup_code
from ritm.staff.address import address_of
from ritm.staff.devices import device_of
from ritm.staff.doors import door
from ritm.staff.forms import AcceptForm, CodeForm, ForgotForm, NewPasswordForm, OpenHouseForm, SignInForm, say
from ritm.staff.jobs import send_password_letter
from ritm.staff.middleware import LANGUAGE_COOKIE, PLACE_KEY, THEME_COOKIE
from ritm.staff.models import Invitation, Person
from ritm.staff.operations import invitations, opening
from ritm.staff.operations import person as verbs
from ritm.staff.operations import sign_in as front
from ritm.staff.sessions import DEVICE

# Who has given his password and still owes a code: {"person", "until", "next"} in the session of a stranger.
OWES_CODE = "owes_code"
# The token of a password letter, once its link has been opened.
LETTER = "password_letter"
CODE_WITHIN = dt.timedelta(minutes=5)
BACKEND = "django.contrib.auth.backends.ModelBackend"
_YEAR = 365 * 24 * 3600


def safe_next(request: HttpRequest, url: str | None) -> str:
    """This function will keep an address to go on to only when it is on this very site."""
    fine = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url and fine else "/"


def too_many(request: HttpRequest, until: dt.datetime, *, back: str) -> HttpResponse:
    """This function will answer 429 with a sentence that says when to try again."""
    seconds = max(1, int((until - timezone.now()).total_seconds()))
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "Too many attempts. Try again in %(count)s minute.",
        "Too many attempts. Try again in %(count)s minutes.",
        minutes,
    ) % {"count": minutes}
    response = render(request, "staff/too_many.html", {"sentence": sentence, "back": back}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _come_in(request: HttpRequest, person: Person, url: str) -> HttpResponse:
    # `login` gives the session a new key: one planted before signing in is worth nothing.
    login(request, person, backend=BACKEND)
    request.session.pop(OWES_CODE, None)
    request.session[DEVICE] = [address_of(request), request.headers.get("User-Agent", "")[:300]]
    verbs.came_in(
        person=person,
        address=address_of(request),
        device=device_of(request.headers.get("User-Agent", "")),
        at=timezone.now(),
    )
    response = redirect(url)
    _remember(response, person.language, person.theme)
    return response


def _remember(response: HttpResponseBase, language: str, theme: str) -> None:
    for cookie, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        response.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS, httponly=False)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: Any) -> HttpResponse:
    """The sign-in page. A person without a place anywhere is told so here."""
    url = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.viewer is not None:
        return redirect(url)
    if not request.user.is_authenticated and not queries.organisation_ids():
        return redirect("staff:open_house")
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = front.knock(**form.cleaned_data, address=address_of(request), at=timezone.now())
            if outcome.wait_until:
                return too_many(request, outcome.wait_until, back=request.get_full_path())
            if outcome.person is None:
                form.add_error(None, gettext("The e-mail or the password is wrong."))
            elif outcome.person.has_second_factor:
                request.session.cycle_key()
                until = timezone.now() + CODE_WITHIN
                request.session[OWES_CODE] = {
                    "person": outcome.person.pk,
                    "until": until.timestamp(),
                    "next": url,
                    "key": outcome.person.get_session_auth_hash(),
                }
                return redirect("staff:code")
            else:
                return _come_in(request, outcome.person, url)
    known = {"form": form, "next": url, "homeless": request.user.is_authenticated}
    return render(request, "staff/sign_in.html", known, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: Any) -> HttpResponse:
    """The second factor: a code from the authenticator, or a recovery code."""
    owed = request.session.get(OWES_CODE)
    if not owed or owed["until"] < timezone.now().timestamp():
        request.session.pop(OWES_CODE, None)
        return redirect("staff:sign_in")
    person = Person.objects.filter(pk=owed["person"], is_active=True).first()
    if person is None or person.get_session_auth_hash() != owed["key"]:
        return redirect("staff:sign_in")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = front.give_code(person=person, code=form.cleaned_data["code"], at=timezone.now())
            if outcome.wait_until:
                return too_many(request, outcome.wait_until, back=request.path)
            if outcome.person is not None:
                return _come_in(request, outcome.person, safe_next(request, owed["next"]))
            form.add_error("code", gettext("This code does not fit. Wait for the next one and type it."))
    return render(request, "staff/code.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def open_house(request: Any) -> HttpResponse:
    """Opens an empty installation for whoever can read the terminal; afterwards this page does not exist."""
    if queries.organisation_ids():
        raise Http404
    setup_code.current()  # there is one to be read, even when the page came first
    form = OpenHouseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if until := front.count_or_wait(what="setup code", who="", limit=20, at=now):
            return too_many(request, until, back=request.path)
        words = form.cleaned_data
        if not setup_code.fits(words.pop("code")):
            form.add_error("code", gettext("This is not the code. Look into the terminal where Ritm runs."))
        else:
            try:
                employee = opening.open_house(**words, via="web", at=now)
            except Refusal as refusal:
                say(form, refusal)
            else:
                setup_code.spend()
                if employee.person is not None:
                    return _come_in(request, employee.person, "/")
    return render(request, "staff/open_house.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    logout(request)
    return redirect("staff:sign_in")


@never_cache
@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Asks for a letter with a link; says the same whoever asks."""
    form = ForgotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        outcome = front.may_ask_for_letter(email=email, address=address_of(request), at=timezone.now())
        if outcome.wait_until:
            return too_many(request, outcome.wait_until, back=request.path)
        send_password_letter.defer(email=email, base_url=request.build_absolute_uri("/"))
        return render(request, "staff/forgot_sent.html", {"email": email})
    return render(request, "staff/forgot.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_safe
def password_letter(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """The link of the letter: its token moves into the session, out of the address bar and of any log of referrers."""
    person = _person_of(who)
    if person is None or not default_token_generator.check_token(person, token):
        return render(request, "staff/link_dead.html", status=410)
    request.session[LETTER] = token
    return redirect("staff:new_password", who=who)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, who: str) -> HttpResponse:
    """Takes a new password from whoever has come by the letter."""
    person = _person_of(who)
    if person is None or not default_token_generator.check_token(person, request.session.get(LETTER, "")):
        return render(request, "staff/link_dead.html", status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_password(
                person=person, password=form.cleaned_data["password"], keep_session=None, at=timezone.now()
            )
        except Refusal as refusal:
            say(form, refusal)
        else:
            request.session.pop(LETTER, None)
            return render(request, "staff/password_set.html", {"person": person})
    return render(request, "staff/new_password.html", {"form": form}, status=422 if form.errors else 200)


def _person_of(who: str) -> Person | None:
    try:
        return Person.objects.filter(pk=force_str(urlsafe_base64_decode(who)), is_active=True).first()
    except (ValueError, OverflowError):
        return None


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def accept(request: Any, token: str) -> HttpResponse:
    """Lets an invited person in: a new one chooses a password, a known one signs in first."""
    organisation_id = read_id(token.partition("-")[0])
    if organisation_id is None:
        raise Http404
    # A guess has 2^256 tries to make; this only keeps a script from making noise.
    if until := front.count_or_wait(what="invitation", who=address_of(request) or "", limit=60, at=timezone.now()):
        return too_many(request, until, back="/")
    with tenancy.organisation(organisation_id):
        invitation = (
            Invitation.objects.filter(token_hash=secrets.hash_token(token))
            .select_related("organisation", "invited_by", "unit", "role")
            .first()
        )
        if invitation is None or invitation.withdrawn_at or invitation.accepted_at:
            return render(request, "staff/link_dead.html", {"invitation": True}, status=410)
        if invitation.expires_at <= timezone.now():
            return render(request, "staff/link_dead.html", {"invitation": True, "old": True}, status=410)
        return _accept(request, invitation)


def _accept(request: Any, invitation: Invitation) -> HttpResponse:
    person = request.user if request.user.is_authenticated else None
    known = {
        "invitation": invitation,
        "person": person,
        "is_known": Person.objects.filter(email=invitation.email).exists(),
        "is_other": person is not None and person.email != invitation.email,
    }
    form = AcceptForm(request.POST or None, initial={"name": invitation.name})
    known["form"] = form
    if request.method == "POST":
        now = timezone.now()
        try:
            if person is not None:
                employee = invitations.accept(invitation=invitation, person=person, at=now)
                request.session[PLACE_KEY] = [employee.pk, employee.organisation_id]
                return redirect("/")
            if not known["is_known"] and form.is_valid():
                person = invitations.person_for(
                    invitation=invitation, **form.cleaned_data, language=request.LANGUAGE_CODE, at=now
                )
                employee = invitations.accept(invitation=invitation, person=person, at=now)
                response = _come_in(request, person, "/")
                request.session[PLACE_KEY] = [employee.pk, employee.organisation_id]
                return response
        except Refusal as refusal:
            say(form, refusal)
    return render(request, "staff/accept.html", known, status=422 if form.errors else 200)


@require_POST
def prefer(request: Any) -> HttpResponse:
    """Switches the language or the theme, for a stranger too: by a cookie, and on the person when he is known."""
    language = request.POST.get("language") or request.LANGUAGE_CODE
    theme = request.POST.get("theme") or request.theme
    if language not in dict(settings.LANGUAGES) or theme not in ("auto", "light", "dark"):
        raise Http404
    if request.user.is_authenticated:
        verbs.introduce(person=request.user, name=request.user.name, language=language, theme=theme)
    came_from = request.POST.get("next")
    response = redirect(safe_next(request, came_from)) if came_from else HttpResponse(status=204)
    _remember(response, language, theme)
    return response


@door()
@require_POST
def switch(request: Any) -> HttpResponse:
    """Goes over to another organisation that the person works for."""
    place = next((p for p in request.viewer.places if str(p.employee_id) == request.POST.get("employee")), None)
    if place is None:
        raise Http404
    request.session[PLACE_KEY] = [place.employee_id, place.organisation_id]
    verbs.work_at(person=request.user, employee_id=place.employee_id)
    return redirect("/")
