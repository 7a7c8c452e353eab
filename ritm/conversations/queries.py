"""Questions to the conversations room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Max

from ritm.conversations.models import Interaction
from ritm.kernel.reach import Reach
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
    found = Interaction.objects.visible_to(viewer).filter(client_id=client_id, withdrawn_at=None)
    if kinds:
        found = found.filter(kind__in=kinds)
    if before is not None:
        found = found.filter(at__lt=before)
    return list(found.select_related("employee", "contact").order_by("-at", "-id")[:limit])


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
    return interaction.employee_id in viewer.people(reach)
