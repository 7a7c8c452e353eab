"""The room's own part of a client's history: created, edited, given to another owner, put away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ritm.clients import own, words
from ritm.clients.models import Client, Tenure, hides_contacts
from ritm.journal.models import Entry
from ritm.kernel.phone import without_contacts
from ritm.shell.sockets import TIMELINE, Moment, Stream, plug
from ritm.staff.composed import composed
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer

# Owners come from the ledger: it also knows those given in bulk.
_TITLES: dict[str, tuple[str, Any]] = {
    "clients.client_created": ("user-plus", lazy("Client created")),
    "clients.client_edited": ("pencil", lazy("Details changed")),
    "clients.consent_given": ("file-check", lazy("Consent given")),
    "clients.consent_withdrawn": ("file-x", lazy("Consent withdrawn")),
    "clients.client_archived": ("archive", lazy("Archived")),
    "clients.client_restored": ("archive-restore", lazy("Restored from the archive")),
}

_CONTACTS = ("contact:", "phone:", "email:")


def load(viewer: Viewer, client_id: int, before: dt.datetime | None, limit: int) -> list[Moment]:
    """This function will give at most `limit` moments before `before`, newest first."""
    found_entries = _entries(viewer, limit, client_id=client_id, before=before)
    found_tenures = _tenures(viewer, limit, client_id=client_id, before=before)
    names = _names(
        {entry.employee_id for entry in found_entries}
        | {pk for tenure in found_tenures for pk in (tenure.owner_id, tenure.by_id)}
    )
    veiled = _veiled(viewer, client_id, found_entries)
    hidden = _hidden(viewer, found_entries)
    moments = [moment for entry in found_entries if (moment := _entry(entry, names, hidden, veiled)) is not None]
    moments += [_tenure(tenure, names) for tenure in found_tenures if tenure.span.lower]
    moments.sort(key=lambda moment: (moment.at, moment.key), reverse=True)
    return moments[:limit]


@composed
def _entries(viewer: Viewer, limit: int, *, client_id: int, before: dt.datetime | None) -> QuerySet[Entry]:
    rows = Entry.objects.filter(
        organisation_id=viewer.organisation_id, subject_kind="client", subject_id=client_id, event__in=list(_TITLES)
    )
    return (rows if before is None else rows.filter(at__lt=before)).order_by("-id")[:limit]


@composed
def _tenures(viewer: Viewer, limit: int, *, client_id: int, before: dt.datetime | None) -> QuerySet[Tenure]:
    rows = Tenure.objects.visible_to(viewer).filter(client_id=client_id)
    return (rows if before is None else rows.filter(span__startswith__lt=before)).order_by("-span")[:limit]


def _veiled(viewer: Viewer, client_id: int, entries: list[Entry]) -> bool:
    """Whether the lines must be kept free of ways to reach him; only changed details have lines."""
    if all(entry.event != "clients.client_edited" for entry in entries):
        return False
    client = Client.objects.filter(pk=client_id).only("released_at", "contacts_hidden", "unit_id").first()
    return client is not None and hides_contacts(viewer, client)


def _names(ids: set[int | None]) -> dict[int | None, str]:
    return dict(_people(ids=[pk for pk in ids if pk is not None]))


@composed
def _people(*, ids: list[int]) -> QuerySet[Any]:
    return Employee.objects.filter(pk__among=ids).values_list("pk", "name")


def _hidden(viewer: Viewer, entries: list[Entry]) -> set[str]:
    """The own fields among these changes that the viewer's roles do not see."""
    told = {field for entry in entries for field in entry.payload.get("fields", ()) if field.startswith("own:")}
    return told - {one.token for one in own.definitions(viewer)} if told else set()


def _entry(entry: Entry, names: dict[int | None, str], hidden: set[str], veiled: bool) -> Moment | None:
    icon, title = _TITLES[entry.event]
    lines = []
    if entry.event == "clients.client_edited":
        said = entry.payload
        changes = zip(said["fields"], said["before"], said["after"], strict=True)
        seen = [one for one in changes if one[0] not in hidden and not (veiled and one[0].startswith(_CONTACTS))]
        lines = [words.change(*one) for one in seen]
        if not lines:
            return None
        lines = [without_contacts(line) for line in lines] if veiled else lines
    return Moment(
        at=entry.at,
        key=f"journal-{entry.pk:020}",
        icon=icon,
        title=title,
        text="\n".join(lines),
        by=names.get(entry.employee_id, ""),
        tone="quiet",
    )


def _tenure(tenure: Tenure, names: dict[int | None, str]) -> Moment:
    return Moment(
        at=tenure.span.lower,
        key=f"tenure-{tenure.pk:020}",
        icon="user-round-check",
        title=_("Owner: %(name)s") % {"name": names.get(tenure.owner_id, "–")},
        text=tenure.why,
        by=names.get(tenure.by_id, "") if tenure.by_id != tenure.owner_id else "",
        tone="quiet",
    )


plug(TIMELINE, Stream("clients", lazy("Details"), "pencil", load), order=90)
