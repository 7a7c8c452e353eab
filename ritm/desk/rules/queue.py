"""What competes for today's attention, and in which order: see docs/rules/queue.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ritm.kernel.calendar import add_working_days

# How much waiting weighs at most, and the days left at which half of that is reached.
MOST_URGENT = 2.0
HALF_URGENT_DAYS = 7

REACHABLE = {"overdue": 0.55, "slipping": 0.40, "lost": 0.30}
LOST_HALVES_IN_DAYS = 60
ONE_ORDER = 0.5

# Of contact: how likely a talk today keeps what the boundary would cost (docs/rules/queue.md, section 6).
ZONE_CHANCE = {"yellow": 0.02, "red": 0.05, "exchange": 0.15}
OBLIGATION_CHANCE = 0.25

PROMISE_DAYS = 7
THINKING_DAYS = 7

Action = Literal["call", "write", "open"]


@dataclass(frozen=True, slots=True)
class Item:
    """
    One occasion to act on a client.

    `stake` is money a year, `chance` the probability (0..1) that acting helps, `deadline` the first day
    on which waiting has cost something. `episode` names the occasion, so that it is finished once. `why`
    is one sentence for people, `action` what to do first.
    """

    source: str
    client_id: int
    episode: str
    stake: float
    chance: float
    deadline: dt.date | None
    why: str
    action: Action = "call"
    # Which clock speaks ('rhythm', 'zone'); '' stands on the list whichever clock drives the work.
    clock: str = ""


class Ranked(NamedTuple):
    """An item with its rank (money), and the other occasions of the same client, best first."""

    item: Item
    rank: float
    beside: tuple[Item, ...]


class Queue(NamedTuple):
    """A day's list, best first; `waiting` clients did not fit, `waiting_stake` is their money."""

    items: tuple[Ranked, ...]
    waiting: int
    waiting_stake: float


def leads(item: Item, drives: str) -> bool:
    """This function will say whether an occasion may put a client on the list where this clock drives the work."""
    return drives == "both" or item.clock in ("", drives)


def deadline_factor(deadline: dt.date | None, today: dt.date) -> float:
    """This function will return how much a deadline lifts an item: 1 (none, or far) to 2 (due, or late)."""
    if deadline is None:
        return 1.0
    left = (deadline - today).days
    if left <= 0:
        return MOST_URGENT
    return 1.0 + (MOST_URGENT - 1.0) / (1.0 + left / HALF_URGENT_DAYS)


def rank(item: Item, today: dt.date) -> float:
    """This function will return stake × chance × deadline factor, in money; never negative."""
    return max(0.0, item.stake) * item.chance * deadline_factor(item.deadline, today)


def reachable(status: str, *, orders: int, days_lost: int = 0) -> float:
    """
    This function will return the share (0..1) of clients of this status whom a call can still reach.

    Source: docs/rules/queue.md, section 2. `orders` are order days, `days_lost` days since the client was
    lost. Other statuses need no call: 0.
    """
    share = REACHABLE.get(status, 0.0)
    if status == "lost":
        share *= 0.5 ** (max(0, days_lost) / LOST_HALVES_IN_DAYS)
    return share * ONE_ORDER if orders == 1 else share


def build(
    items: Iterable[Item], today: dt.date, *, room: int, drives: Callable[[int], str] = lambda client_id: "both"
) -> Queue:
    """
    This function will order the occasions, join those of one client, and keep the `room` best clients.

    Where one clock drives the work on a client, the other's occasions only stand beside those of that clock.
    """
    of_client: dict[int, list[tuple[float, Item]]] = {}
    for item in items:
        of_client.setdefault(item.client_id, []).append((rank(item, today), item))
    ranked = []
    for client_id, occasions in of_client.items():
        driven = drives(client_id)
        occasions.sort(key=lambda one: (not leads(one[1], driven), _order(one)))
        if not leads(occasions[0][1], driven):
            continue
        (best, item), *others = occasions
        ranked.append(Ranked(item, best, tuple(other for _, other in others)))
    ranked.sort(key=lambda entry: _order((entry.rank, entry.item)))
    room = max(0, room)
    waiting = ranked[room:]
    return Queue(tuple(ranked[:room]), len(waiting), sum(max(0.0, entry.item.stake) for entry in waiting))


def _order(entry: tuple[float, Item]) -> tuple[float, float, int, str, str]:
    worth, item = entry
    return (-worth, -item.stake, item.client_id, item.source, item.episode)


def back_on(result: str, today: dt.date, *, asked: dt.date | None, calendar: Mapping[dt.date, bool]) -> dt.date | None:
    """
    This function will return the working day on which an item comes back; None: not in this episode.

    `asked` is the day that a person named; `calendar` the organisation's exceptions to Monday-to-Friday.
    Raises ValueError for an unknown result, and for 'snoozed' without a day.
    """
    if result == "refused":
        return None
    if result == "snoozed" and asked is None:
        raise ValueError("an item is put off to some day")
    if result in ("snoozed", "call_back") and asked is not None:
        return add_working_days(asked, 0, calendar)
    if result in ("call_back", "no_answer"):
        return add_working_days(today, 1, calendar)
    days = {"ordered": PROMISE_DAYS, "thinking": THINKING_DAYS}.get(result)
    if days is None:
        raise ValueError(f"no such result: {result}")
    return add_working_days(today + dt.timedelta(days=days), 0, calendar)
