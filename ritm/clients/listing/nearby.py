"""
Whose list starts from his own clients.

Over the whole base PostgreSQL walks the index of the order asked for until a page is full. For somebody who sees a
small part of it the page may never fill: few of a seller's clients are slipping, and none of those on the exchange
is, which no statistics know. His own clients, found first and sorted then, cost what they are many, and no more.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet

from ritm.clients.models import Client, reaches
from ritm.kernel.reach import Reach
from ritm.staff.viewer import Viewer

# Measured on 300,000 clients: sorting costs some 6 µs a client, and an unfiltered walk seldom more than a page.
FEW = 3_000
FEW_UNDER_CONDITIONS = 20_000


def matching_own(rows: QuerySet[Client], viewer: Viewer, *, conditions: bool) -> list[int] | None:
    """
    This function will list the ids of `rows` beginning with the clients within the viewer's reach, when those are few.

    None when they are many, or when he reaches everybody; `conditions` says that the list narrows them.
    """
    own = few_within_reach(viewer, FEW_UNDER_CONDITIONS if conditions else FEW)
    return None if own is None else list(rows.filter(pk__among=own).order_by().values_list("pk", flat=True))


def rarest_first(rows: QuerySet[Client]) -> list[int] | None:
    """
    This function will list the ids of `rows`, whichever condition PostgreSQL finds the rarest; None when they are many.

    Asked for without an order, it begins where the fewest are; many need no such help, a walk meets them soon.
    """
    found = list(rows.order_by().values_list("pk", flat=True)[: FEW_UNDER_CONDITIONS + 1])
    return found if len(found) <= FEW_UNDER_CONDITIONS else None


def few_within_reach(viewer: Viewer, most: int = FEW_UNDER_CONDITIONS) -> ArraySubquery | None:
    """
    This function will give the ids of all clients within the viewer's reach, for `__among`; None beyond `most`.

    One short count for each part of a reach, over its own index: together the parts have none.
    """
    if viewer.reach("client") == Reach.ORGANISATION:
        return None
    home: QuerySet[Any] = Client.objects.filter(organisation_id=viewer.organisation_id).order_by()
    seen = 0
    for part in reaches(viewer, viewer.reach("client")):
        seen += home.filter(part).values("pk")[: most + 1].count()
        if seen > most:
            return None
    return ArraySubquery(Client.objects.visible_to(viewer).order_by().values("pk"))
