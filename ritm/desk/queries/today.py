"""The list of the day: what to do, in which order, and with what at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import QuerySet

from ritm.clients.models import Client, Email, Phone
from ritm.desk.models import Pace, Verdict
from ritm.desk.rules.queue import Item, Ranked, build
from ritm.desk.sockets import QUEUE
from ritm.retention import queries as retention
from ritm.retention.zone_queries import driving
from ritm.shell.rhythm_strip import Strip
from ritm.staff.composed import composed
from ritm.staff.viewer import Absent, Viewer

DEFAULT_PER_DAY = 40
# As many purchases as the eye can count on an inline strip.
BEATS = 12


class Number(NamedTuple):
    """Whom to call: what a card shows of a client's number."""

    e164: str
    extension: str


@dataclass(frozen=True)
class Card:
    """One item of the list, ready to show: `returned` is the verdict after which it has come back."""

    client: Client
    item: Item
    label: Any
    beside: tuple[tuple[Any, str], ...]
    strip: Strip | None
    phone: Number | None
    email: str  # '' where none is known
    returned: Verdict | None
    absent: Absent | None  # whose client he is, where somebody stands in for the owner


@dataclass(frozen=True)
class Today:
    """A day's list; `waiting` clients did not fit (`waiting_stake` is their money), `per_day` is what a day holds."""

    cards: tuple[Card, ...]
    waiting: int
    waiting_stake: float
    done: int
    put_off: int
    per_day: int


def today(viewer: Viewer, employee_ids: Sequence[int], day: dt.date, *, absent: Sequence[Absent] = ()) -> Today:
    """
    This function will build the list of these employees for a day: constant queries, whatever the base.

    What a day holds is per employee; what they have done already makes it shorter. The clients of `absent`
    colleagues, for whom they stand in, compete for the same day.
    """
    owners = list(dict.fromkeys((*employee_ids, *(one.employee_id for one in absent))))
    items = [item for source in QUEUE for item in source.load(viewer, owners, day)]
    standing, back = _open(items, day)
    done, put_off = dealt_with(employee_ids, day)
    per_day = pace(viewer.organisation_id, day) * len(employee_ids)
    queue = build(standing, day, room=per_day - done, drives=_drives(viewer, standing, day))
    return Today(
        cards=_cards(viewer, queue.items, back, day, {one.employee_id: one for one in absent}),
        waiting=queue.waiting,
        waiting_stake=queue.waiting_stake,
        done=done,
        put_off=put_off,
        per_day=per_day,
    )


def _drives(viewer: Viewer, items: Sequence[Item], day: dt.date) -> Callable[[int], str]:
    """Which clock drives the work on each client: his unit's policy says so."""
    of_unit = driving(viewer.organisation_id, day)
    if of_unit.alike:
        said = of_unit(None)
        return lambda client_id: said
    ids = {item.client_id for item in items}
    units = dict(Client.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "unit_id"))
    return lambda client_id: of_unit(units.get(client_id))


def pace(organisation_id: int, day: dt.date) -> int:
    """This function will return how many items a person's day holds."""
    return next(iter(_paces(organisation_id=organisation_id, day=day)), DEFAULT_PER_DAY)


@composed
def _paces(*, organisation_id: int, day: dt.date) -> QuerySet[Any]:
    rows = Pace.objects.filter(organisation_id=organisation_id, effective_on__lte=day)
    return rows.order_by("-effective_on", "-id").values_list("per_day", flat=True)[:1]


def _open(items: Sequence[Item], day: dt.date) -> tuple[list[Item], dict[tuple[int, str], Verdict]]:
    """Leaves out what is finished or put off, and gives the verdict after which the others have come back."""
    last: dict[tuple[int, str], Verdict] = {}
    for verdict in _verdicts(ids=list({item.client_id for item in items})):
        last[verdict.client_id, verdict.episode] = verdict
    # Whoever was dealt with today rests for today, whatever else speaks of him.
    rests = {row.client_id for row in last.values() if row.day == day and (row.until is None or row.until > day)}
    standing: list[Item] = []
    back: dict[tuple[int, str], Verdict] = {}
    for item in items:
        key = (item.client_id, item.episode)
        if item.client_id in rests:
            continue
        if key not in last:
            standing.append(item)
        elif (until := last[key].until) is not None and until <= day:
            standing.append(item)
            back[key] = last[key]
    return standing, back


@composed
def _verdicts(*, ids: list[int]) -> QuerySet[Verdict]:
    rows = Verdict.objects.filter(client_id__among=ids, undone_at=None)
    return rows.select_related("employee").order_by("id")


def dealt_with(employee_ids: Sequence[int], day: dt.date) -> tuple[int, int]:
    """This function will count what these employees have done on a day, and what they have put off."""
    found = list(_results(tuple(employee_ids), day=day))
    put_off = found.count(Verdict.Result.SNOOZED)
    return len(found) - put_off, put_off


@composed
def _results(employee_ids: tuple[int, ...], *, day: dt.date) -> QuerySet[Any]:
    rows = Verdict.objects.standing().filter(employee_id__in=employee_ids, day=day)
    return rows.values_list("result", flat=True)


def _cards(
    viewer: Viewer,
    ranked: Sequence[Ranked],
    back: dict[tuple[int, str], Verdict],
    day: dt.date,
    absent: Mapping[int | None, Absent],
) -> tuple[Card, ...]:
    ids = [entry.item.client_id for entry in ranked]
    clients = {client.pk: client for client in _clients(viewer, ids=ids)}
    # The item says why in words; its strip need not say it again.
    strips = retention.strips(ids, viewer, day, told=False)
    phones = _first(_ways(viewer, Phone, "e164", "extension", ids=ids))
    emails = _first(_ways(viewer, Email, "address", ids=ids))
    return tuple(
        Card(
            client=clients[entry.item.client_id],
            item=entry.item,
            label=_label(entry.item.source),
            beside=tuple((_label(item.source), item.why) for item in entry.beside),
            strip=closer(strips.get(entry.item.client_id)),
            phone=Number(*phones[entry.item.client_id]) if entry.item.client_id in phones else None,
            email=emails.get(entry.item.client_id, ("",))[0],
            returned=back.get((entry.item.client_id, entry.item.episode)),
            absent=absent.get(clients[entry.item.client_id].owner_id),
        )
        for entry in ranked
    )


@composed
def _clients(viewer: Viewer, *, ids: list[int]) -> QuerySet[Client]:
    return Client.objects.visible_to(viewer).filter(pk__among=ids).only("name", "owner_id")


def closer(strip: Strip | None) -> Strip | None:
    """
    This function will bring a strip close enough to see the beat stop: the last BEATS purchases and the silence.

    Two years of a weekly buyer are a solid line, at the end of which three months of silence are two pixels.
    """
    if strip is None or len(strip.dots) <= BEATS:
        return strip
    dots = tuple(sorted(strip.dots, key=lambda dot: dot[0])[-BEATS:])
    start = dots[0][0]
    ahead = dt.timedelta(days=max(2, (strip.today - start).days // 20))
    return replace(strip, start=start, end=strip.today + ahead, dots=dots)


def _label(source: str) -> Any:
    return QUEUE[source].label


@composed
def _ways(viewer: Viewer, model: Any, *fields: str, ids: list[int]) -> QuerySet[Any]:
    rows = model.objects.visible_to(viewer).filter(client_id__among=ids)
    return rows.values_list("pk", "contact__is_main", "client_id", *fields)  # type: ignore[no-any-return]


def _first(rows: Iterable[Any]) -> dict[int, tuple[str, ...]]:
    """One number or address per client: the main contact's, else the client's own, else anybody's; oldest first."""
    found: dict[int, tuple[str, ...]] = {}
    for _pk, _is_main, client_id, *said in sorted(rows, key=lambda row: (_closeness(row[1]), row[0])):
        found.setdefault(client_id, tuple(said))
    return found


def _closeness(is_main: bool | None) -> int:
    """How near a contact is; None: the number is the client's own."""
    if is_main is None:
        return 1
    return 0 if is_main else 2
