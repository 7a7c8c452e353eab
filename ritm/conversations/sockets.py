"""
Sockets of the conversations room (docs/adr/0005-conversations-sockets.md).

RULES: what counts as contact, as the organisation's policy has it on a date. At most one plug; without any,
the rule as shipped. CLOCKS: whoever keeps a clock of contact hears, in the same transaction, that the
conversations that count have changed for these clients: a client turns green as soon as the call is entered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from ritm.conversations.rules.meaning import DEFAULT_RULE, Rule
from ritm.kernel.actor import Actor
from ritm.kernel.socket import Socket

RuleSource = Callable[[int, dt.datetime], Rule]
Clock = Callable[[Sequence[int], Actor, dt.datetime], None]

RULES: Socket[RuleSource] = Socket("conversations.RULES")
CLOCKS: Socket[Clock] = Socket("conversations.CLOCKS")


def rule_in_force(organisation_id: int, at: dt.datetime) -> Rule:
    """This function will return the organisation's rule of what counts as contact, at that moment."""
    for source in RULES:
        return source(organisation_id, at)
    return DEFAULT_RULE


def contact_changed(client_ids: Sequence[int], *, by: Actor, at: dt.datetime) -> None:
    """This function will let every contact clock look again at these clients (`queries.last_meaningful`)."""
    for clock in CLOCKS:
        clock(client_ids, by, at)
