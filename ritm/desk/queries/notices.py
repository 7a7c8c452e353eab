"""Questions about notices: how many wait, a page of them with their sentences, an employee's wishes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ritm.clients.models import Client
from ritm.desk.models import Notice, NoticeWish
from ritm.desk.rules.notices import is_quiet
from ritm.shell.nouns import count_of
from ritm.shell.writing import show_day, show_number
from ritm.staff.viewer import Viewer

PAGE = 50
MOST = 99
ICONS = {
    "assigned": "user-round-check", "warned": "clock", "yellow": "triangle-alert", "red": "circle-alert",
    "released": "arrow-left-right", "obliged": "clock", "returned": "arrow-left-right", "imported": "upload",
    "batch": "users",
}  # fmt: skip


_UNREAD = """
SELECT (SELECT count(*) FROM (
    SELECT FROM desk_notice WHERE organisation_id = %s AND employee_id = %s AND read_at IS NULL LIMIT %s) AS waiting),
    w.bell, w.quiet_from, w.quiet_until
FROM (SELECT 1) AS once LEFT JOIN desk_noticewish w ON w.employee_id = %s
"""


@dataclass(frozen=True)
class Told:
    """A notice ready to show; `url` is empty for a client who is out of the reader's reach by now."""

    row: Notice
    icon: str
    sentence: str
    url: str


def own(viewer: Viewer) -> QuerySet[Notice]:
    """This function will keep the viewer's own notices: nobody reads another's."""
    found: QuerySet[Notice] = Notice.objects.visible_to(viewer).filter(employee_id=viewer.employee_id)
    return found


def unread(viewer: Viewer, at: dt.datetime) -> int:
    """This function will count unread notices up to MOST + 1; 0 while the bell is off or quiet (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [viewer.organisation_id, viewer.employee_id, MOST + 1, viewer.employee_id])
        count, bell, quiet_from, quiet_until = cursor.fetchone()
    if bell is None:
        usual = NoticeWish()
        bell, quiet_from, quiet_until = usual.bell, usual.quiet_from, usual.quiet_until
    hour = at.astimezone(ZoneInfo(viewer.timezone)).hour
    return int(count) if bell and not is_quiet(hour, quiet_from, quiet_until) else 0


def page_of(viewer: Viewer, before: int | None) -> tuple[list[Told], bool]:
    """This function will give a page of notices, newest first, and whether there are older ones (two queries)."""
    rows = own(viewer).select_related("client")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    ids = [row.client_id for row in found if row.client_id]
    seen = set(Client.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    told = [Told(row, ICONS[row.kind], sentence(row), _url(row, viewer, seen)) for row in found[:PAGE]]
    return told, len(found) > PAGE


def sentence(row: Notice) -> str:
    """This function will say a notice in the language of the moment."""
    said = _sentence(row)
    if "for" in row.inputs:
        said += _(" (you stand in for %(name)s)") % {"name": row.inputs["for"]}
    return said


def _sentence(row: Notice) -> str:
    if row.kind == Notice.Kind.BATCH:
        return _ENDS[row.inputs["state"]]() % {
            "title": row.inputs["title"],
            "done": show_number(row.inputs["done"]),
            "left": show_number(row.inputs["left"]),
        }
    if row.kind == Notice.Kind.IMPORTED:
        words = {"file": row.inputs["file"], "created": show_number(row.inputs["created"])}
        said = _("File “%(file)s” is in: %(created)s created") % words
        if row.inputs["refused"]:
            said += _(", refused %(count)s") % {"count": show_number(row.inputs["refused"])}
        return said
    if row.client is None:
        count = row.inputs.get("count", 0)
        return _MANY[row.kind]() % {"clients": count_of(count, "client", show_number(count))}
    day = show_day(dt.date.fromisoformat(row.inputs["on"])) if "on" in row.inputs else ""
    words = {"client": row.client.name, "day": day}
    if row.kind == Notice.Kind.WARNED:
        return _BOUNDARIES[row.inputs.get("boundary", "yellow")]() % words
    return _ONE[row.kind]() % words


_ONE = {
    "assigned": lambda: _("%(client)s is your client now"),
    "yellow": lambda: _("%(client)s turned yellow: nobody has talked to him for too long"),
    "red": lambda: _("%(client)s turned red: nobody has talked to him for too long"),
    "released": lambda: _("%(client)s went to the exchange"),
    "obliged": lambda: _("%(client)s: the first contact is due by %(day)s"),
    "returned": lambda: _("%(client)s went back to the exchange: there was no contact in time"),
}
_BOUNDARIES = {
    "yellow": lambda: _("%(client)s turns yellow on %(day)s"),
    "red": lambda: _("%(client)s turns red on %(day)s"),
    "exchange": lambda: _("%(client)s goes to the exchange on %(day)s"),
}
# 'partly' is done, but for those who were left as they were.
_ENDS = {
    "done": lambda: _("Done: %(title)s"),
    "partly": lambda: _("Done in part: %(title)s. Changed: %(done)s, left as they were: %(left)s"),
    "cancelled": lambda: _("Stopped by hand: %(title)s. Changed: %(done)s"),
    "failed": lambda: _("Stopped by an error: %(title)s. Changed: %(done)s"),
    "undone": lambda: _("Taken back: %(title)s. Put back: %(done)s, kept: %(left)s"),
}
_MANY = {
    "assigned": lambda: _("Given to you: %(clients)s"),
    "warned": lambda: _("Soon in a worse zone: %(clients)s"),
    "yellow": lambda: _("Turned yellow: %(clients)s"),
    "red": lambda: _("Turned red: %(clients)s"),
    "released": lambda: _("Went to the exchange: %(clients)s"),
    "returned": lambda: _("Went back to the exchange: %(clients)s"),
}


def _url(row: Notice, viewer: Viewer, seen: set[int]) -> str:
    if row.client_id:
        return reverse("clients:page", args=[row.client_id]) if row.client_id in seen else ""
    if row.kind == Notice.Kind.IMPORTED:
        return reverse("bridge:import", args=[row.inputs["import"]])
    if row.kind == Notice.Kind.BATCH:
        return reverse("clients:batch", args=[row.inputs["batch"]]) if viewer.may("client", "edit") else ""
    owner_id = row.inputs.get("owner", viewer.employee_id)
    if row.kind in (Notice.Kind.YELLOW, Notice.Kind.RED):
        return f"{reverse('clients:list')}?owner={owner_id}&zone={row.kind}"
    if row.kind in (Notice.Kind.RELEASED, Notice.Kind.RETURNED):
        return ""
    return f"{reverse('clients:list')}?owner={owner_id}"
