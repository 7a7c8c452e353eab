"""How the audit trail tells the news of the staff room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from ritm.journal.sentences import SUBJECTS, Payload, Subject, changes, tell
from ritm.kernel.reach import Reach
from ritm.staff import events
from ritm.staff.models import Employee, Role, Team, Unit
from ritm.staff.viewer import Viewer
from ritm.staff.words_of_access import REACHES, field_word

FIELDS: dict[str, Any] = {
    "name": _l("name"),
    "legal_name": _l("full legal name"),
    "inn": _l("INN"),
    "timezone": _l("time zone"),
    "currency": _l("currency"),
    "area_code": _l("area code for short phone numbers"),
    "parent": pgettext_lazy("unit", "part of"),
    "head": pgettext_lazy("unit", "head"),
    "members": _l("members"),
    "position": _l("position"),
    "phone": _l("phone"),
    "extension": _l("extension"),
    "capacity": _l("how many clients he can carry"),
    "unit": _l("unit"),
    "roles": _l("roles"),
    "sells": _l("works with clients of his own"),
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


_KINDS_OF_DAY = {"working": _l("working day"), "free": _l("day off"), "": _l("as usual")}


def _special_day(payload: Payload) -> str:
    before, after = (str(_KINDS_OF_DAY[payload[side]]) for side in ("before", "after"))
    note = f" ({payload['note']})" if payload["note"] else ""
    return f"{_day(payload['day'])}: {before} → {after}{note}"


def _away(payload: Payload) -> str:
    if payload["until"] is None:
        return _("is back at work")
    if payload["substitute"]:
        return _("until %(day)s, %(name)s stands in") % {"day": _day(payload["until"]), "name": payload["substitute"]}
    return _("until %(day)s") % {"day": _day(payload["until"])}


tell(events.OrganisationOpened, _l("Organisation opened"), lambda p: str(p["title"]))
tell(events.OrganisationEdited, _l("Organisation changed"), _edited)
tell(events.UnitAdded, _l("Unit added"))
tell(events.UnitEdited, _l("Unit changed"), _edited)
tell(events.UnitClosed, _l("Unit closed"))
tell(events.TeamFormed, _l("Team formed"), lambda p: ", ".join(p["members"]))
tell(events.TeamEdited, _l("Team changed"), _edited)
tell(events.TeamDisbanded, _l("Team disbanded"), lambda p: ", ".join([p["title"], *p["members"]]))
tell(events.EmployeeJoined, _l("Employee joined"), lambda p: f"{p['unit']}, {p['role']}")
tell(events.EmployeeEdited, _l("Employee changed"), _edited)
tell(events.EmployeeLeft, _l("Employee left"), lambda p: _day(p["left_on"]))
tell(events.EmployeeReturned, _l("Employee came back"))
tell(events.EmployeeAway, _l("Leave"), _away)
tell(events.SignedIn, _l("Signed in"), lambda p: ", ".join(x for x in (p["device"], p["address"]) if x))
tell(events.PasswordChanged, _l("Password changed"))
tell(
    events.SecondFactorTurned,
    _l("Two-factor sign-in"),
    lambda p: _("turned on") if p["on"] else _("turned off"),
)
tell(events.TokenMade, _l("API token made"), lambda p: f"{p['token']} ({p['scope']})")
tell(events.TokenRevoked, _l("API token revoked"), lambda p: str(p["token"]))
tell(events.Invited, _l("Invitation sent"), lambda p: f"{p['title']} <{p['email']}>, {p['unit']}, {p['role']}")
tell(events.InvitedAgain, _l("Invitation sent again"), lambda p: str(p["email"]))
tell(events.InvitationWithdrawn, _l("Invitation withdrawn"), lambda p: str(p["email"]))
tell(events.RoleAdded, _l("Role added"))
tell(events.RoleEdited, _l("Role changed"), _role_edited)
tell(events.RoleRemoved, _l("Role removed"), lambda p: str(p["title"]))
tell(events.SpecialDaySet, _l("Working calendar changed"), _special_day)
tell(
    events.CalendarImported,
    _l("Production calendar brought in"),
    lambda p: _("%(year)s: added %(days)s, kept own %(kept)s") % p,
)
tell(events.AuditExported, _l("Audit trail exported"), lambda p: f"{p['entries']} {p['filters']}".strip())


def _subject(kind: str, label: Any, model: Any, url_name: str) -> None:
    def names(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
        return dict(model.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "name"))

    SUBJECTS.plug(kind)(Subject(kind, label, names, lambda pk: reverse(url_name, args=[pk])))


_subject("employee", _l("Employee"), Employee, "staff:employee")
_subject("unit", _l("Unit"), Unit, "staff:unit")
_subject("team", _l("Team"), Team, "staff:team")
_subject("role", _l("Role"), Role, "staff:role")
