"""Questions to the conversations room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from ritm.clients.models import Client, hides_contacts
from ritm.conversations.models import Attachment, Interaction
from ritm.kernel.calendar import local_midnight
from ritm.kernel.phone import without_contacts
from ritm.kernel.reach import Reach
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer


def history(
    viewer: Viewer,
    client_id: int,
    *,
    kinds: Collection[str] = (),
    before: dt.datetime | None = None,
    limit: int = 30,
) -> list[Interaction]:
    """This function will return a client's conversations, newest first, at most `limit`, people loaded."""
    return veiled(_history(viewer, tuple(kinds), limit, client_id=client_id, before=before), viewer)


@composed
def _history(
    viewer: Viewer, kinds: tuple[str, ...], limit: int, *, client_id: int, before: dt.datetime | None
) -> QuerySet[Interaction]:
    found = Interaction.objects.visible_to(viewer).filter(client_id=client_id, withdrawn_at=None)
    if kinds:
        found = found.filter(kind__in=kinds)
    if before is not None:
        found = found.filter(at__lt=before)
    rows = found.select_related("employee", "contact", "client").defer("client__search")
    return rows.order_by("-at", "-id")[:limit]


def veiled(rows: list[Interaction], viewer: Viewer) -> list[Interaction]:
    """This function will leave people, numbers and e-mails out of talks with clients whose contacts are hidden."""
    for row in rows:
        if hides_contacts(viewer, row.client):
            row.contact, row.text, row.files = None, without_contacts(row.text), 0
    return rows


def files_of(rows: Collection[Interaction]) -> dict[int, list[Attachment]]:
    """This function will return the files of conversations, by conversation; without any, no query is asked."""
    having = [row.pk for row in rows if row.files]
    found: dict[int, list[Attachment]] = {pk: [] for pk in having}
    if having:
        for one in Attachment.objects.filter(interaction_id__in=having).order_by("pk"):
            found[one.interaction_id].append(one)
    return found


def last_meaningful(client_ids: Sequence[int]) -> dict[int, dt.datetime]:
    """
    This function will return the moment of each client's last conversation that counts; without one, no key.

    For contact clocks, inside the organisation's wall: it asks for no viewer.
    """
    return dict(
        Interaction.objects.filter(client_id__in=client_ids, meaningful=True)
        .values_list("client_id")
        .annotate(last=Max("at"))
    )


def may_mend(viewer: Viewer, interaction: Interaction) -> bool:
    """This function will say whether the viewer may edit or withdraw it (his own; a head, his people's)."""
    reach = viewer.reach("interaction", "edit")
    if reach == Reach.ORGANISATION:
        return True
    # Who stands in for a colleague writes his own words, and leaves his colleague's as they are.
    return interaction.employee_id in viewer.people(reach, standing_in=False)


COUNTED = ("call", "meeting", "letter", "message", "note")
MOST_CLIENTS = 200
PAGE = 50


@dataclass(frozen=True)
class ClientCount:
    """A client's conversations in a period: by kind (as COUNTED), how many count as contact, and the last one."""

    client_id: int
    name: str
    by_kind: tuple[int, ...]
    total: int
    meaningful: int
    last_at: dt.datetime


def in_period(
    viewer: Viewer,
    since: dt.date,
    until: dt.date,
    *,
    employee_id: int | None = None,
    client_id: int | None = None,
    kind: str = "",
    meaningful: bool = False,
) -> QuerySet[Interaction]:
    """This function will keep the conversations within reach from `since` to `until`, local dates, both included."""
    found = Interaction.objects.visible_to(viewer, "report", "interaction").filter(
        withdrawn_at=None,
        at__gte=local_midnight(since, viewer.timezone),
        at__lt=local_midnight(until + dt.timedelta(days=1), viewer.timezone),
    )
    narrow = {"employee_id": employee_id, "client_id": client_id, "kind": kind, "meaningful": meaningful}
    return found.filter(**{name: value for name, value in narrow.items() if value})


def by_client(rows: QuerySet[Interaction]) -> list[ClientCount]:
    """
    This function will count conversations per client, most first, at most MOST_CLIENTS.

    Two queries: a month of a large office is 140,000 clients, and the names of two hundred are wanted.
    """
    kinds = {f"n_{kind}": Count("pk", filter=Q(kind=kind)) for kind in COUNTED}
    counted: Any = (
        rows.values("client_id")
        .annotate(total=Count("pk"), counts=Count("pk", filter=Q(meaningful=True)), last=Max("at"), **kinds)
        .order_by("-total", "client_id")[:MOST_CLIENTS]
    )
    names = dict(Client.objects.filter(pk__in=[row["client_id"] for row in counted]).values_list("pk", "name"))
    return [
        ClientCount(
            client_id=row["client_id"],
            name=names[row["client_id"]],
            by_kind=tuple(row[f"n_{kind}"] for kind in COUNTED),
            total=row["total"],
            meaningful=row["counts"],
            last_at=row["last"],
        )
        for row in counted
    ]


def page_of(rows: QuerySet[Interaction], before: int | None, viewer: Viewer) -> list[Interaction]:
    """This function will return a page of conversations, newest first by entry, before the row of that id."""
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return veiled(list(rows.select_related("client", "employee", "contact").order_by("-pk")[: PAGE + 1]), viewer)
