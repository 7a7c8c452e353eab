"""
The room's clocks, plugged in for `ritm tick`, its ear for contacts in the very transaction that records them, and its
eye on whoever opens a client of the exchange.
"""

from __future__ import annotations

import datetime as dt

from ritm.clients.sockets import LOOKS
from ritm.conversations import sockets as conversations
from ritm.kernel.clock import CLOCKS, Clock
from ritm.retention import zone_queries
from ritm.retention.operations import exchange, feeds, zones
from ritm.staff.viewer import Viewer


def _ring_feeds(organisation_id: int, now: dt.datetime) -> int:
    return feeds.tick(organisation_id=organisation_id, now=now)


def _ring_rhythm(organisation_id: int, now: dt.datetime) -> int:
    from ritm.retention.operations import rhythm_clock  # loads numpy, which a web process does without

    return rhythm_clock.tick(organisation_id=organisation_id, now=now)


def _ring_zones(organisation_id: int, now: dt.datetime) -> int:
    return zones.tick(organisation_id=organisation_id, now=now)


def _look(viewer: Viewer, client_id: int, at: dt.datetime) -> None:
    exchange.look(client_id=client_id, by=viewer.actor(), at=at)


LOOKS.plug("exchange")(_look)
# First of all: what a quiet feed holds must not be written by the clocks after it.
CLOCKS.plug("feeds", order=5)(Clock("feeds", _ring_feeds))
CLOCKS.plug("rhythm", order=10)(Clock("rhythm", _ring_rhythm))
CLOCKS.plug("zones", order=20)(Clock("zones", _ring_zones))
conversations.CLOCKS.plug("zones")(zones.contact_changed)
conversations.RULES.plug("zone_policy")(zone_queries.meaning_in_force)
