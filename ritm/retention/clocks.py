"""The room's clocks, plugged in for `ritm tick`, and its ear for contacts in the very transaction that records them."""

from __future__ import annotations

import datetime as dt

from ritm.conversations import sockets as conversations
from ritm.kernel.clock import CLOCKS, Clock
from ritm.retention import zone_queries
from ritm.retention.operations import zones


def _ring_rhythm(organisation_id: int, now: dt.datetime) -> int:
    from ritm.retention.operations import rhythm_clock  # loads numpy, which a web process does without

    return rhythm_clock.tick(organisation_id=organisation_id, now=now)


def _ring_zones(organisation_id: int, now: dt.datetime) -> int:
    return zones.tick(organisation_id=organisation_id, now=now)


CLOCKS.plug("rhythm", order=10)(Clock("rhythm", _ring_rhythm))
CLOCKS.plug("zones", order=20)(Clock("zones", _ring_zones))
conversations.CLOCKS.plug("zones")(zones.contact_changed)
conversations.RULES.plug("zone_policy")(zone_queries.meaning_in_force)
