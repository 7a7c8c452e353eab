"""Questions to the clients room: visible rows in, pages and cards out."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from django.core.cache import cache
from django.db import connection
from django.db.models import BooleanField, Case, Count, F, QuerySet, Sum, Value, When

from ritm.clients import own
from ritm.clients.consents import Stand, stands
from ritm.clients.listing.keyset import Mark, Order, Page, Read, Stretch, read_page, reading, stretch
from ritm.clients.listing.nearby import matching_own, rarest_first
from ritm.clients.listing.request import Asked, Condition, Listed
from ritm.clients.listing.searching import search
from ritm.clients.models import (
    ACTS,
    HEADS_VERBS,
    Address,
    Client,
    Contact,
    Email,
    Phone,
    Requisites,
    Tag,
    hides_contacts,
    only_by_exchange,
    within_reach,
)
from ritm.clients.operations import requisites
from ritm.clients.rules.own import Definition
from ritm.clients.rules.own import Value as Held
from ritm.clients.sockets import FILTERS, LOOKS, Column
from ritm.journal.in_time import TookTooLong, in_time
from ritm.journal.prepared import prepared
from ritm.kernel.calendar import local_date
from ritm.kernel.money import show_money
from ritm.kernel.phone import without_contacts
from ritm.shell.writing import language, show_number
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer

PAGE = 50
# Counting stops here: 'more than a thousand' is all that a person needs to narrow the list.
COUNTED = 1000
# A list under conditions is walked in its order for so long; then its clients are found first (docs/rules/pages.md).
WALK_MS = 40
# Found sooner than this, they are found so from now on.
FINDING_MS = 60
# Not walked in time: for so many seconds its next page, and the way back to it, is not tried to be walked again.
SLOW_FOR = 600
# Sums of the whole list are asked for beside it, and given up after this.
TOTALS_MS = 4000


def listed_clients(viewer: Viewer, asked: Asked) -> tuple[QuerySet[Client], tuple[Condition, ...]]:
    """This function will give the clients that a list asks for, unsorted, and the conditions it could not apply."""
    rows = Client.objects.visible_to(viewer).filter(archived_at__isnull=not asked.archived)
    wrong = []
    for condition in asked.conditions:
        try:
            rows = condition.filter.apply(rows, condition.operator, condition.values)
        except ValueError as error:
            wrong.append(replace(condition, wrong=str(error)))
    return search(rows, asked.q, viewer), tuple(wrong)


def client_list(viewer: Viewer, asked: Asked, *, now: dt.datetime, size: int = PAGE) -> Listed:
    """
    This function will read one page of the list with its cells: one query per column that needs one.

    Which clients are found first, and when, docs/rules/pages.md tells.
    """
    rows, wrong = listed_clients(viewer, asked)
    ids = _matches(rows, viewer, asked)
    way = _way(viewer, asked, wrong, rows, local_date(now, viewer.timezone))
    page, count = None, None
    if ids is None and asked.conditions:
        slow = f"clients.slow:{viewer.employee_id}:{hash(asked.beside(columns=()).url())}"
        learned = cache.get(slow)
        try:
            if learned != "find":
                with in_time(WALK_MS):
                    page = way.page(None, size)
                    count = way.count() if way.goes_on(page) else None
        except TookTooLong:
            # Walked, but not counted: next time whoever fits is found, and so is known in number.
            if page is not None and learned is None:
                cache.set(slow, "find", SLOW_FOR)
        if page is None:
            began = time.perf_counter()
            ids = rarest_first(rows)
            # Where finding them is dearer than a walk, the next walk may be luckier: another page, warmer memory.
            dear = (time.perf_counter() - began) * 1000 > FINDING_MS
            cache.set(slow, "walk" if dear else "find", SLOW_FOR)
    if page is None:
        page = way.page(ids[:COUNTED] if ids and asked.q else ids, size)
        count = way.count() if ids is None and way.goes_on(page) else None
    if ids is not None:
        count = len(ids)
    elif not way.goes_on(page):
        count = len(page.rows)
    shown = [row.pk for row in page.rows]
    columns = asked.shown_columns
    return Listed(
        asked=asked,
        rows=page.rows,
        columns=columns,
        cells={column.key: column.cells(viewer, shown, now) for column in columns} if shown else {},
        # Not counted in time: there are more than stand here.
        count=len(shown) if count is None else min(count, COUNTED),
        count_is_capped=count is None or count > COUNTED,
        previous=replace(asked, after=None, before=page.before).url(place=True) if page.before else "",
        next=replace(asked, before=None, after=page.after).url(place=True) if page.after else "",
        wrong=wrong,
    )


@dataclass(frozen=True)
class _Way:
    """How the pages of one list are read, and how its clients are counted."""

    asked: Asked
    stretch: Callable[[list[int] | None], Read]
    count: Callable[[], int]

    def page(self, ids: list[int] | None, size: int) -> Page:
        """This function will read the page asked for, of all clients or of those with these ids."""
        return read_page(
            self.stretch(ids), self.asked.order, size=size, after=self.asked.after, before=self.asked.before
        )

    def goes_on(self, page: Page) -> bool:
        """This function will say whether there may be more than this page."""
        return bool(self.asked.after or self.asked.before or page.after)


def _way(viewer: Viewer, asked: Asked, wrong: Sequence[Condition], rows: QuerySet[Client], day: dt.date) -> _Way:
    own = asked.sorted_by.join is not None
    if own or any(FILTERS.get(one.filter.key) is not one.filter for one in asked.conditions):
        # Columns and conditions of own fields are made anew for each request.
        def made_anew(ids: list[int] | None) -> Read:
            found = rows if ids is None else Client.objects.visible_to(viewer).filter(pk__among=ids)
            return reading(in_order(found, viewer, asked, wrong).select_related("owner").only(*_SHOWN))

        return _Way(asked, made_anew, lambda: rows.values("pk")[: COUNTED + 1].count())
    misread = {one.name for one in wrong}
    right = tuple(one for one in asked.conditions if one.name not in misread)
    bare = replace(asked, q="", columns=(), conditions=right, after=None, before=None, view_id=None)

    def kept(ids: list[int] | None) -> Read:
        of = bare if ids is None else replace(bare, conditions=(), archived=False)
        return lambda which, order, limit, value, pk: _stretch(
            viewer, of, day, which, order, limit, ids=ids, value=value, pk=pk
        )

    return _Way(asked, kept, lambda: _all_listed.count(viewer, bare, day))


# Conditions may count from today: another day is another statement.
@composed(plan_kept=False)
def _stretch(
    viewer: Viewer,
    asked: Asked,
    day: dt.date,
    which: Stretch,
    order: Order,
    limit: int,
    *,
    ids: list[int] | None,
    value: Any,
    pk: int | None,
) -> QuerySet[Client]:
    rows = listed_clients(viewer, asked)[0] if ids is None else Client.objects.visible_to(viewer).filter(pk__among=ids)
    rows = in_order(rows, viewer, asked).select_related("owner").only(*_SHOWN)
    return cast("QuerySet[Client]", stretch(rows, which, order, value, pk)[:limit])


@composed(plan_kept=False)
def _all_listed(viewer: Viewer, asked: Asked, day: dt.date) -> QuerySet[Any]:
    return listed_clients(viewer, asked)[0].values("pk")[: COUNTED + 1]


def _matches(rows: QuerySet[Client], viewer: Viewer, asked: Asked) -> list[int] | None:
    """Ids to go on with, where finding them first is cheaper than to walk in order; None where it is not."""
    if asked.q:
        return list(rows.values_list("pk", flat=True)[: COUNTED + 1])
    return matching_own(rows, viewer, conditions=bool(asked.conditions or asked.archived))


# What the cells of this room show; a column of another room asks for its own.
_SHOWN = (
    "name",
    "inn",
    "kind",
    "source",
    "created_at",
    "released_at",
    "archived_at",
    "unit_id",
    "organisation_id",
    "owner__name",
)


def in_order(rows: QuerySet[Client], viewer: Viewer, asked: Asked, wrong: Sequence[Condition] = ()) -> QuerySet[Client]:
    """This function will join to the rows what the list is sorted by; `wrong` are conditions left out of it."""
    join = asked.sorted_by.join
    if join is not None:
        joined = join(rows).annotate(sort_value=F(asked.order.path))
        misread = {condition.name for condition in wrong}
        for condition in asked.conditions:
            of_sorted = condition.filter.of_sorted
            if condition.filter.key == asked.sort and of_sorted is not None and condition.name not in misread:
                joined = joined.filter(of_sorted(condition.operator, condition.values))
        return cast("QuerySet[Client]", joined)
    # An index of another room's table begins with the organisation too.
    prefix, found, _last = asked.order.path.rpartition("__")
    return rows.filter(**{f"{prefix}__organisation_id": viewer.organisation_id}) if found else rows


@dataclass(frozen=True)
class Totals:
    """What the whole list comes to: how many, and the sum of each column that can be summed, by its key."""

    count: int
    sums: dict[str, str]


def totals(viewer: Viewer, asked: Asked) -> Totals | None:
    """
    This function will count and sum everything that a list asks for, in one statement; None when that would take
    longer than TOTALS_MS: the list is then too wide to be worth it.
    """
    rows, _wrong = listed_clients(viewer, asked)
    columns = [column for column in asked.shown_columns if column.total]
    for column in columns:
        if column.join is not None:
            rows = cast("QuerySet[Client]", column.join(rows))
    wanted = {f"total_{at}": Sum(column.total) for at, column in enumerate(columns)}
    try:
        with in_time(TOTALS_MS):
            found = rows.aggregate(count=Count("pk"), **wanted)
    except TookTooLong:
        return None
    return Totals(
        found["count"],
        {column.key: _total(column, found[f"total_{at}"], viewer) for at, column in enumerate(columns)},
    )


def _total(column: Column, total: Decimal | None, viewer: Viewer) -> str:
    if total is None:
        return ""
    if column.total_as == "money":
        return show_money(total, viewer.currency, lang=language())
    return show_number(total, max(0, -int(Decimal(total).normalize().as_tuple().exponent)))


@dataclass(frozen=True)
class Neighbours:
    """The clients before and after one in a list; None at its ends."""

    previous: Client | None
    next: Client | None


def neighbours(viewer: Viewer, client: Client, asked: Asked) -> Neighbours:
    """This function will find who stands beside the client in the list that somebody came from."""
    rows, wrong = listed_clients(viewer, asked)
    matches = _matches(rows, viewer, asked)
    if matches is not None:
        rows = Client.objects.visible_to(viewer).filter(pk__among=matches)
    rows = in_order(rows, viewer, asked, wrong).only("pk", "name")
    here = in_order(Client.objects.filter(pk=client.pk), viewer, asked, asked.conditions)
    value = here.values_list(asked.order.path, flat=True).first()
    mark = Mark(value, client.pk)
    before = read_page(reading(rows), asked.order, size=1, before=mark).rows
    after = read_page(reading(rows), asked.order, size=1, after=mark).rows
    return Neighbours(before[0] if before else None, after[0] if after else None)


def may_expression(viewer: Viewer, verb: str) -> Case:
    """This function will give an expression that says, per client, whether the viewer may do `verb` to him."""
    reach = within_reach(
        viewer,
        viewer.reach("client", verb),
        exchange="open" if verb in ACTS else "all",
        standing_in=verb not in HEADS_VERBS,
    )
    return (
        Case(When(reach, then=Value(True)), default=Value(False), output_field=BooleanField())
        if reach
        else Case(default=Value(True), output_field=BooleanField())
    )


def card(viewer: Viewer, client_id: int) -> Client | None:
    """This function will give a client for his page, as `one_client` does; None when he is not within reach."""
    return next(iter(_cards(viewer, client_id=client_id)), None)


@composed
def _cards(viewer: Viewer, *, client_id: int) -> QuerySet[Client]:
    return one_client(viewer).filter(pk=client_id)


def those_open(viewer: Viewer, verb: str, noun: str, ids: Sequence[int]) -> set[int]:
    """This function will keep the clients for whom the viewer may do `verb` to `noun`, for panels that offer it."""
    return set(_open_ids(viewer, verb, noun, ids=list(ids)))


@composed
def _open_ids(viewer: Viewer, verb: str, noun: str, *, ids: list[int]) -> QuerySet[Any]:
    return Client.objects.visible_to(viewer, verb, noun).filter(pk__among=ids).values_list("pk", flat=True)


def one_client(viewer: Viewer, verb: str = "see") -> QuerySet[Client]:
    """This function will give clients for a card: with owner and unit, and what the viewer may do to each."""
    return (
        Client.objects.visible_to(viewer, verb)
        .select_related("owner", "unit")
        .annotate(
            may_edit=may_expression(viewer, "edit"),
            may_assign=may_expression(viewer, "assign"),
            may_archive=may_expression(viewer, "archive"),
            may_erase=may_expression(viewer, "erase"),
        )
    )


@dataclass(frozen=True)
class Somebody:
    """A contact with his own numbers and e-mails."""

    contact: Contact
    phones: list[Phone]
    emails: list[Email]


@dataclass(frozen=True)
class OwnLine:
    """An own field with what it says of the client; `missing` says that it must be filled in and is not."""

    definition: Definition
    value: Held
    shown: str

    @property
    def missing(self) -> bool:
        return self.definition.required and self.value is None


@dataclass(frozen=True)
class Identity:
    """Who a client is: the left column of his page. `phones` and `emails` are those of nobody in particular."""

    client: Client
    legal: dict[str, str]
    people: list[Somebody]
    phones: list[Phone]
    emails: list[Email]
    addresses: list[Address]
    tags: list[Tag]
    own: list[OwnLine]
    stands: list[Stand]
    comment: str = ""
    hidden: bool = False  # whom and how to call is hidden until somebody claims the client

    @property
    def best_phone(self) -> Phone | None:
        """The number to call first: of the main contact, of another, of nobody in particular."""
        return next((phone for person in self.people for phone in person.phones), None) or next(iter(self.phones), None)

    @property
    def best_email(self) -> Email | None:
        """The address to write to first, by the same order."""
        return next((email for person in self.people for email in person.emails), None) or next(iter(self.emails), None)


def opened(viewer: Viewer, client: Client, at: dt.datetime) -> None:
    """This function will let the guards count (or refuse) that somebody opens the card of a client of the exchange."""
    if only_by_exchange(viewer, client):
        for guard in LOOKS:
            guard(viewer, client.pk, at)


def own_lines(viewer: Viewer, client: Client) -> list[OwnLine]:
    """This function will give the own fields that the viewer sees, filled in or not."""
    known = own.definitions(viewer)
    values = own.values_of([client.pk], known).get(client.pk, {})
    if hides_contacts(viewer, client):
        values = {pk: without_contacts(held) if isinstance(held, str) else held for pk, held in values.items()}
    return [OwnLine(one, values.get(one.id), own.shown(one, values.get(one.id), viewer.currency)) for one in known]


# All parts in one statement: six queries of one row each cost six times what their rows do.
_PARTS = """
SELECT
    (SELECT json_agg(to_json(p) ORDER BY p.is_main DESC, p.id) FROM clients_contact p WHERE p.client_id = %(client)s),
    (SELECT json_agg(to_json(p) ORDER BY p.id) FROM clients_phone p WHERE p.client_id = %(client)s),
    (SELECT json_agg(to_json(p) ORDER BY p.id) FROM clients_email p WHERE p.client_id = %(client)s),
    (SELECT json_agg(to_json(p) ORDER BY p.id) FROM clients_address p WHERE p.client_id = %(client)s),
    (SELECT json_agg(to_json(t) ORDER BY t.name) FROM clients_tagging p JOIN clients_tag t ON t.id = p.tag_id
     WHERE p.client_id = %(client)s),
    (SELECT to_json(p) FROM clients_requisites p WHERE p.client_id = %(client)s AND p.valid_to IS NULL)
"""


def identity(viewer: Viewer, client: Client) -> Identity:
    """This function will gather the parts of a client that the viewer may see: one query, and those of own fields."""
    hidden = hides_contacts(viewer, client)
    with prepared(), connection.cursor() as cursor:
        cursor.execute(_PARTS, {"client": client.pk})
        *parts, legal = cursor.fetchone()
    contacts, phones, emails, addresses, tags = (
        [_part(model, row) for row in rows or ()]
        for model, rows in zip((Contact, Phone, Email, Address, Tag), parts, strict=True)
    )
    if hidden:
        contacts, phones, emails = [], [], []
    return Identity(
        client=client,
        legal=requisites.shown(client, _part(Requisites, legal) if legal else None),
        people=[
            Somebody(
                contact,
                [phone for phone in phones if phone.contact_id == contact.pk],
                [email for email in emails if email.contact_id == contact.pk],
            )
            for contact in contacts
        ],
        phones=[phone for phone in phones if phone.contact_id is None],
        emails=[email for email in emails if email.contact_id is None],
        addresses=addresses,
        tags=tags,
        own=own_lines(viewer, client),
        stands=stands(viewer, client, contacts),
        comment=without_contacts(client.comment) if hidden else client.comment,
        hidden=hidden,
    )


def _part(model: Any, row: dict[str, Any]) -> Any:
    """A row as JSON tells it; days and moments come as text."""
    for name in _IN_TEXT & row.keys():
        read = dt.datetime.fromisoformat if name == "created_at" else dt.date.fromisoformat
        row[name] = read(row[name]) if row[name] else None
    part = model(**row)
    part._state.adding, part._state.db = False, connection.alias
    return part


_IN_TEXT = {"birthday", "created_at", "valid_from", "valid_to"}


def find(viewer: Viewer, text: str, limit: int) -> list[Client]:
    """This function will find a few clients by any part, those whose name begins with the text first."""
    if len(text.strip()) < 2:
        return []
    rows = search(Client.objects.visible_to(viewer).filter(archived_at=None), text, viewer)
    begins = text.lower().replace("ё", "е").strip()
    first = list(rows.filter(name_key__startswith=begins).order_by("name_key", "pk")[:limit])
    if len(first) < limit:
        known = [client.pk for client in first]
        first += rows.exclude(pk__in=known).order_by(F("name_key"), "pk")[: limit - len(first)]
    return first


def owners_of(clients: QuerySet[Client]) -> list[tuple[str, int]]:
    """This function will say whose these clients are: (name, how many), the most first; '' has no owner."""
    rows = clients.order_by().values_list("owner__name").annotate(n=Count("pk")).order_by("-n")
    return [(name or "", count) for name, count in rows]


_MERGED = """
WITH RECURSIVE those AS (
    SELECT id FROM clients_client WHERE merged_into_id = %s
    UNION SELECT c.id FROM clients_client c JOIN those ON c.merged_into_id = those.id
)
SELECT id FROM those ORDER BY id
"""


def merged_into(client_id: int) -> list[int]:
    """This function will list the clients who were merged into this one, and into those. Runs inside the wall."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, [client_id])
        return [row[0] for row in cursor.fetchall()]
