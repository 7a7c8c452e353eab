"""Questions to the audit trail: the journal's entries, filtered, paged by key, told in sentences."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from ritm.journal.models import Entry
from ritm.journal.sentences import SENTENCES, SUBJECTS, about, told
from ritm.kernel.calendar import local_midnight
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer

PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What to show of the trail; empty means all. Dates are the organisation's, both included."""

    employee_id: int | None = None
    event: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    subject_kind: str = ""
    subject_id: int | None = None

    def words(self) -> str:
        """This function will write the filters down for the journal: 'event=staff.signed_in since=2026-03-01'."""
        return " ".join(f"{key}={value}" for key, value in vars(self).items() if value not in (None, ""))


@dataclass(frozen=True)
class Told:
    """One entry, ready to show."""

    entry: Entry
    who: str
    label: str
    text: str
    subject: str
    subject_url: str
    by_office: bool


def entries(viewer: Viewer, filters: Filters) -> QuerySet[Entry]:
    """This function will select the organisation's entries, newest first."""
    found = Entry.objects.filter(organisation_id=viewer.organisation_id).order_by("-id")
    if filters.employee_id is not None:
        found = found.filter(employee_id=filters.employee_id)
    if filters.event:
        found = found.filter(event=filters.event)
    if filters.since is not None:
        found = found.filter(at__gte=local_midnight(filters.since, viewer.timezone))
    if filters.until is not None:
        found = found.filter(at__lt=local_midnight(filters.until + dt.timedelta(days=1), viewer.timezone))
    if filters.subject_kind and filters.subject_id is not None:
        found = found.filter(subject_kind=filters.subject_kind, subject_id=filters.subject_id)
    return found


def tell(viewer: Viewer, page: Iterable[Entry]) -> list[Told]:
    """This function will put entries into words: one query for the authors, one per kind of subject."""
    page = list(page)
    authors = dict(
        Employee.objects.visible_to(viewer)
        .filter(pk__in={entry.employee_id for entry in page if entry.employee_id})
        .values_list("pk", "name")
    )
    ids: dict[str, set[int]] = defaultdict(set)
    for entry in page:
        kind, pk = _about(entry)
        if kind:
            ids[kind].add(pk)
    names = {kind: subject.names(viewer, ids[kind]) for kind in ids if (subject := SUBJECTS.get(kind))}
    return [_tell(entry, authors, names) for entry in page]


def _about(entry: Entry) -> tuple[str, int]:
    """(kind, id) of the thing that an entry is about; ('', 0) for none."""
    if entry.subject_kind and entry.subject_id:
        return entry.subject_kind, entry.subject_id
    return about(entry.event, entry.payload) or ("", 0)


def _tell(entry: Entry, authors: dict[int, str], names: dict[str, dict[int, str]]) -> Told:
    label, text = told(entry.event, entry.payload)
    kind, pk = _about(entry)
    subject = SUBJECTS.get(kind)
    name = names.get(kind, {}).get(pk, "")
    return Told(
        entry=entry,
        who=authors.get(entry.employee_id or 0, ""),
        label=label,
        text=text,
        # A thing that is gone, or beyond the reader's reach, keeps the name that the entry itself tells.
        subject=name or str(entry.payload.get("title", "")),
        subject_url=subject.url(pk) if subject is not None and subject.url is not None and name else "",
        by_office=entry.employee_id is None,
    )


def everything(viewer: Viewer, filters: Filters, chunk: int = 1000) -> Iterator[Told]:
    """This function will tell all selected entries, a thousand at a time."""
    last: int | None = None
    while True:
        found = entries(viewer, filters)
        page = list((found if last is None else found.filter(pk__lt=last))[:chunk])
        if not page:
            return
        yield from tell(viewer, page)
        last = page[-1].pk


def kinds(viewer: Viewer) -> list[tuple[str, str]]:
    """This function will list the kinds of news to filter by: (name, label), by label."""
    return sorted(((s.event, str(s.label)) for s in SENTENCES), key=lambda pair: pair[1].lower())
