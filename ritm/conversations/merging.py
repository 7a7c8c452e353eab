"""Conversations go with a client who is merged into another, and the clocks of contact look again at both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ritm.clients.sockets import MERGES, Children, plug
from ritm.conversations.sockets import contact_changed
from ritm.kernel.actor import Actor


def settle(client_ids: Sequence[int], by: Actor, at: dt.datetime) -> None:
    """This function will let every contact clock look again at both clients."""
    contact_changed(client_ids, by=by, at=at)


plug(
    MERGES,
    Children(
        "conversations", (("conversations_interaction", "client_id"), ("conversations_attachment", "client_id")), settle
    ),
    order=50,
)
