"""How the audit trail tells the news of the staff room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ritm.journal.sentences import SUBJECTS, Payload, Subject, changes, tell
from ritm.kernel.reach import Reach
from ritm.staff import events
from ritm.staff.models import Employee, Role, Team, Unit
from ritm.staff.viewer import Viewer
from ritm.staff.words_of_access import REACHES, field_word

FIELDS: dict[str, Any] = {
    "name": _("name"),
    "legal_name": _("full legal name"),
    "inn": _("INN"),
    "timezone": _("time zone"),
    "currency": _("currency"),
    "area_code": _("area code for short phone numbers"),
    "parent": pgettext_lazy("unit", "part of"),
    "head": pgettext_lazy("unit", "head"),
    "members": _("members"),
    "position": _("position"),
    "phone": _("phone"),
    "extension": _("extension"),
    "capacity": _("how many clients he can carry"),
    "unit": _("unit"),
    "roles": _("roles"),
    "sells": _("works with clients of his own"),
}


def _field(name: str) -> str:
    return str(FIELDS.get(name, name))


def _edited(payload: Payload) -> str:
    return changes(payload, _field)


def _role_edited(payload: Payload) -> str:
    names = {reach.name.lower(): str(REACHES[reach]) for reach in Reach}
    shown = dict(payload)
    for side in ("before", "after"):
        shown[side] = [names.get(text, text) for text in payload.get(side, ())]
    return changes(shown, lambda key: field_word(key) if "." in key else _field(key))


def _day(text: str | None) -> str:
    return dt.date.fromisoformat(text).strftime("%d.%m.%Y") if text else ""


_KINDS_OF_DAY = {"working": _("working day"), "free": _("day off"), "": _("as usual")}


def _special_day(payload: Payload) -> str:
    before, after = (str(_KINDS_OF_DAY[payload[side]]) for side in ("before", "after"))
    note = f" ({payload['note']})" if payload["note"] else ""
    return f"{_day(payload['day'])}: {before} → {after}{note}"


def _away(payload: Payload) -> str:
    if payload["until"] is None:
        return gettext("is back at work")
    if payload["substitute"]:
        words = {"day": _day(payload["until"]), "name": payload["substitute"]}
        return gettext("until %(day)s, %(name)s stands in") % words
    return gettext("until %(day)s") % {"day": _day(payload["until"])}


tell(events.OrganisationOpened, _("Organisation opened"), lambda p: str(p["title"]))
tell(events.OrganisationEdited, _("Organisation changed"), _edited)
tell(events.UnitAdded, _("Unit added"))
tell(events.UnitEdited, _("Unit changed"), _edited)
tell(events.UnitClosed, _("Unit closed"))
tell(events.TeamFormed, _("Team formed"), lambda p: ", ".join(p["members"]))
tell(events.TeamEdited, _("Team changed"), _edited)
tell(events.TeamDisbanded, _("Team disbanded"), lambda p: ", ".join([p["title"], *p["members"]]))
tell(events.EmployeeJoined, _("Employee joined"), lambda p: f"{p['unit']}, {p['role']}")
tell(events.EmployeeEdited, _("Employee changed"), _edited)
tell(events.EmployeeLeft, _("Employee left"), lambda p: _day(p["left_on"]))
tell(events.EmployeeReturned, _("Employee came back"))
tell(events.EmployeeAway, _("Leave"), _away)
tell(events.SignedIn, _("Signed in"), lambda p: ", ".join(x for x in (p["device"], p["address"]) if x))
tell(events.PasswordChanged, _("Password changed"))
tell(
    events.SecondFactorTurned,
    _("Two-factor sign-in"),
    lambda p: gettext("turned on") if p["on"] else gettext("turned off"),
)
tell(events.TokenMade, _("API token made"), lambda p: f"{p['token']} ({p['scope']})")
tell(events.TokenRevoked, _("API token revoked"), lambda p: str(p["token"]))
tell(events.Invited, _("Invitation sent"), lambda p: f"{p['title']} <{p['email']}>, {p['unit']}, {p['role']}")
tell(events.InvitedAgain, _("Invitation sent again"), lambda p: str(p["email"]))
tell(events.InvitationWithdrawn, _("Invitation withdrawn"), lambda p: str(p["email"]))
tell(events.RoleAdded, _("Role added"))
tell(events.RoleEdited, _("Role changed"), _role_edited)
tell(events.RoleRemoved, _("Role removed"), lambda p: str(p["title"]))
tell(events.SpecialDaySet, _("Working calendar changed"), _special_day)
tell(
    events.CalendarImported,
    _("Production calendar brought in"),
    lambda p: gettext("%(year)s: added %(days)s, kept own %(kept)s") % p,
)
tell(events.AuditExported, _("Audit trail exported"), lambda p: f"{p['entries']} {p['filters']}".strip())


def _subject(kind: str, label: Any, model: Any, url_name: str) -> None:
    def names(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
        return dict(model.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "name"))

    SUBJECTS.plug(kind)(Subject(kind, label, names, lambda pk: reverse(url_name, args=[pk])))


_subject("employee", _("Employee"), Employee, "staff:employee")
_subject("unit", _("Unit"), Unit, "staff:unit")
_subject("team", _("Team"), Team, "staff:team")
_subject("role", _("Role"), Role, "staff:role")
