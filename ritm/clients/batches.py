"""Questions about changes of many clients: how far one has come, whom it left as he was, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ritm.clients.models import Client
from ritm.clients.operations.changes import CHANGES
from ritm.journal.models import Batch, BatchRow
from ritm.kernel.reach import Reach
from ritm.shell.progress import Progress
from ritm.shell.writing import show_number
from ritm.staff.viewer import Viewer

PAGE = 50
GOING = (Batch.State.RUNNING, Batch.State.UNDOING)

WHY = {
    "same_owner": lazy("was this owner's already"),
    "same_archive": lazy("was in the archive already"),
    "same_tag": lazy("bore the tag already"),
    "same_own": lazy("said that already"),
    "own": lazy("the field has been filled in otherwise since"),
    "field": lazy("the field has been put away"),
    "reach": lazy("was no longer within your reach"),
    "owner": lazy("has been given to somebody else since"),
    "left": lazy("the former owner no longer works here"),
    "gone": lazy("is no longer here"),
    "archive": lazy("has been restored or archived anew since"),
    "tag": lazy("the tag has been taken off or put on anew since"),
}


@dataclass(frozen=True)
class Line:
    """A client whom a batch left as he was; `url` and `name` are empty when the viewer does not see him."""

    name: str
    url: str
    why: str


@dataclass(frozen=True)
class Lines:
    """A page of them, with the addresses of the pages beside it."""

    rows: list[Line]
    next: str
    previous: str

    @property
    def reasons(self) -> bool:
        return any(line.why for line in self.rows)


def within_reach(viewer: Viewer) -> QuerySet[Batch]:
    """This function will give the viewer's own bulk changes; everybody's to who may assign anybody's clients."""
    rows: QuerySet[Batch] = Batch.objects.filter(organisation_id=viewer.organisation_id)
    if viewer.reach("client", "assign") < Reach.ORGANISATION:
        rows = rows.filter(employee_id=viewer.employee_id)
    return rows


def changes(viewer: Viewer) -> QuerySet[Batch]:
    """This function will leave out merges and imports: what is left has a page of its own."""
    return within_reach(viewer).filter(kind__in=CHANGES)


def progress(batch: Batch) -> Progress:
    """This function will say how far a batch, or its undo, has come."""
    report = batch.undo_report or {}
    undoing = batch.state == Batch.State.UNDOING
    done = sum(report.values()) if undoing else batch.done
    total = (batch.counts.get("client", 0) if undoing else batch.total) or 0
    words = _("Putting back: %(done)s of %(total)s clients") if undoing else _("Done: %(done)s of %(total)s clients")
    return Progress(done / total if total else 0.0, words % {"done": show_number(done), "total": show_number(total)})


_Row = BatchRow.State
# What stands behind each number of a report: which rows, and what they are called.
ROWS: dict[str, tuple[tuple[str, ...], Any]] = {
    "changed": ((_Row.DONE, _Row.RESTORED, _Row.KEPT), lazy("Changed")),
    "restored": ((_Row.RESTORED,), lazy("Put back as they were")),
    "kept": ((_Row.KEPT,), lazy("Kept, because somebody changed them later")),
    "refused": ((_Row.REFUSED,), lazy("Left as they were, and why")),
    "waiting": ((_Row.CHOSEN,), lazy("Not begun: stopped before")),
}


def lines_of(viewer: Viewer, batch: Batch, which: str, *, after: int = 0, before: int = 0) -> Lines:
    """This function will name the clients behind a number (`ROWS`), a page at a time, with links and reasons."""
    found = BatchRow.objects.filter(batch=batch, subject_kind="client", state__in=ROWS[which][0])
    if before:
        rows = list(found.filter(pk__lt=before).order_by("-pk")[: PAGE + 1])
        more_before, more_after = len(rows) > PAGE, True
        rows = rows[:PAGE][::-1]
    else:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        more_before, more_after = after > 0, len(rows) > PAGE
        rows = rows[:PAGE]
    seen = Client.objects.visible_to(viewer).filter(pk__in=[row.subject_id for row in rows])
    names = dict(seen.values_list("pk", "name"))
    lines = [
        Line(
            names.get(row.subject_id, ""),
            reverse("clients:page", args=[row.subject_id]) if row.subject_id in names else "",
            str(WHY.get(row.why, row.why)),
        )
        for row in rows
    ]
    return Lines(
        lines,
        f"?rows={which}&after={rows[-1].pk}" if rows and more_after else "",
        f"?rows={which}&before={rows[0].pk}" if rows and more_before else "",
    )
