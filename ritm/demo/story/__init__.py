"""
What the office did before you came: cards filled in, files brought in, changes of many, the exchange, rules tried.

Nothing here is written around the rooms: every line calls a verb of a room, at a moment before the demo's day.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import override

from ritm.demo.story import cards, changes, contact, doubles, incoming
from ritm.demo.story.scene import Scene, open_scene
from ritm.journal import tenancy

# Own fields stand before the file that fills them in; who changed hands and who was claimed come before the clocks.
ACTS = (
    cards.own_fields,
    cards.consents,
    incoming.accounting,
    incoming.exhibition,
    incoming.waiting,
    doubles.pairs,
    doubles.household,
    changes.views,
    changes.many_at_once,
    contact.exchange,
    contact.absences,
    contact.papers,
    contact.rules,
)


def tell(organisation_id: int, *, as_of: dt.date, at: dt.datetime) -> None:
    """
    This function will let the office live the last weeks before `as_of`; `at` is the moment at which it stands then.

    Clients, orders and their rhythm are there already. Each act commits by itself.
    """
    with override("ru"):
        with tenancy.organisation(organisation_id):
            scene: Scene = open_scene(organisation_id, as_of=as_of, now=at)
        for act in ACTS:
            act(scene)
