"""What the room shows on a client's page: the quick form, and its part of the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Contact
from ritm.clients.queries import those_open
from ritm.conversations import queries
from ritm.conversations.forms import InteractionForm
from ritm.conversations.models import Attachment, Interaction
from ritm.conversations.operations import EDITABLE_FOR
from ritm.shell.addresses import address
from ritm.shell.kept import fill, place
from ritm.shell.sockets import NAV, PANELS, TIMELINE, Moment, NavItem, Panel, Stream, plug
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer

ICONS = {
    ("call", "in"): "phone-incoming",
    ("call", "out"): "phone-outgoing",
    ("letter", "in"): "mail-open",
    ("letter", "out"): "mail",
}
KIND_ICONS = {"meeting": "handshake", "message": "message-circle", "note": "sticky-note"}
TONES = {"ordered": "good", "refused": "bad"}
TITLES = {
    ("call", "in"): _("Incoming call"),
    ("call", "out"): _("Outgoing call"),
    ("meeting", "in"): _("Meeting, on their invitation"),
    ("meeting", "out"): _("Meeting"),
    ("letter", "in"): _("Incoming letter"),
    ("letter", "out"): _("Outgoing letter"),
    ("message", "in"): _("Incoming message"),
    ("message", "out"): _("Outgoing message"),
    ("note", "none"): _("Note"),
}


def moment(row: Interaction, viewer: Viewer, now: dt.datetime, files: Sequence[Attachment] = ()) -> Moment:
    """This function will tell one conversation as a line of history."""
    mends = row.created_at > now - EDITABLE_FOR and queries.may_mend(viewer, row)
    return Moment(
        at=row.at,
        key=f"conversations:{row.pk:012}",
        icon=ICONS.get((row.kind, row.direction)) or KIND_ICONS[row.kind],
        title=TITLES.get((row.kind, row.direction)) or row.get_kind_display().capitalize(),
        text=row.text,
        by=row.employee.name if row.employee else "",
        url=address("conversations:show", row.pk),
        tone=TONES.get(row.result, "" if row.meaningful or row.kind == "note" else "quiet"),
        template="conversations/_moment.html",
        context={"row": row, "mends": mends, "lasted": lasted(row.duration_seconds), "files": files},
    )


def lasted(seconds: int | None) -> str:
    """This function will write a duration as people read it on a telephone: '1:05', '1:02:30'; '' when unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


_Load = Callable[[Viewer, int, dt.datetime | None, int], list[Moment]]


def _of(kinds: tuple[str, ...]) -> _Load:
    def load(viewer: Viewer, client_id: int, before: dt.datetime | None, limit: int) -> list[Moment]:
        rows = queries.history(viewer, client_id, kinds=kinds, before=before, limit=limit)
        now = timezone.now()
        files = queries.files_of(rows)
        return [moment(row, viewer, now, files.get(row.pk, ())) for row in rows]

    return load


_everything = _of(())


def _stream(key: str, label: Any, icon: str, kinds: tuple[str, ...]) -> Stream:
    return Stream(key, label, icon, _of(kinds), whole=_everything)


plug(TIMELINE, _stream("calls", _("Calls and meetings"), "phone", ("call", "meeting")), order=10)
plug(TIMELINE, _stream("letters", _("Letters and messages"), "mail", ("letter", "message")), order=20)
plug(TIMELINE, _stream("notes", _("Notes"), "sticky-note", ("note",)), order=30)


def _quick(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, dict[str, Any]]:
    if not viewer.may("interaction", "create"):
        return {}
    people: dict[int, list[tuple[int, str]]] = {pk: [] for pk in those_open(viewer, "create", "interaction", ids)}
    for client_id, pk, name in _contacts(ids=list(people)):
        people[client_id].append((pk, name))
    return {pk: {"form": _filled(pk, found)} for pk, found in people.items()}


@composed
def _contacts(*, ids: list[int]) -> QuerySet[Any]:
    rows = Contact.objects.filter(client_id__among=ids).order_by("-is_main", "name")
    return rows.values_list("client_id", "pk", "name")


def _filled(client_id: int, people: Sequence[tuple[int, str]]) -> SafeString:
    values = {"record": address("conversations:record", client_id)}
    for number, (pk, name) in enumerate(people):
        values |= {f"contact{number}": str(pk), f"name{number}": name}
    return fill(_blank(len(people), get_language()), **values)


# An empty form says the same of every client but his people's names. The language is there for the memory alone.
@lru_cache(maxsize=64)
def _blank(people: int, language: str | None) -> str:
    named = {place(f"contact{number}"): Contact(name=place(f"name{number}")) for number in range(people)}
    known = {"form": InteractionForm(people=named), "record": place("record"), "csrf_token": place("token")}
    return render_to_string("conversations/_form.html", known)


plug(PANELS, Panel("conversations.quick", "client", "", "conversations/_quick.html", _quick, place="main"), order=10)

plug(
    NAV,
    NavItem(
        "conversations", _("Conversations"), "messages-square", "conversations:report",
        may=lambda viewer: viewer is not None and viewer.may("interaction", "report"),
    ),
    order=60,
)  # fmt: skip
