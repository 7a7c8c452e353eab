"""Pages at the server: whole requests through Django's handler with the real middleware, signed in as one of the demo."""

from __future__ import annotations

import datetime as dt
import re
import statistics
import time
from collections.abc import Callable, Iterator
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from ritm.clients.models import Client, OwnField
from ritm.clients.operations import own_fields, ownership
from ritm.demo import office
from ritm.demo.bench.table import Measured
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.clock import CLOCKS
from ritm.kernel.memory import settle
from ritm.kernel.requisites import inn_is_valid
from ritm.staff import operations as staff
from ritm.staff.models import Assignment, Person, Unit
from ritm.staff.operations import units

# A tenth of the best peer measured on the same machine, medians in seconds, at 100,000 clients.
SMALL = {"list": 0.012, "deep": 0.019, "search": 0.022, "client": 0.018, "create": 0.010}
LARGE_P95 = 0.100
ON_EXCHANGE = 100_000


class Stopwatch:
    """How long PostgreSQL takes for the statements of a request."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started


def measure(organisation_id: int, size: str, runs: int) -> Iterator[Measured]:
    """This function will measure every page, `runs` times each after three to warm up, settled as a web process is."""
    settle()
    director, seller = _sign_in("director"), _sign_in("seller")
    listing = reverse("clients:list")
    for kind, name, browser, ask in (
        ("list", "client list, by name", director, _same(listing)),
        ("list", "client list, by worth", director, _same(f"{listing}?sort=worth")),
        ("list", "client list, slipping by worth", director, _same(f"{listing}?sort=worth&status=slipping")),
        ("list", "client list of a seller", seller, _same(listing)),
        ("deep", "deep page, by name", director, _walk(director, f"{listing}?sort=name", organisation_id)),
        ("search", "search, rare fragment", director, _same(f"{listing}?q=магистраль-клин")),
        ("search", "search, common fragment", director, _same(f"{listing}?q=рассвет")),
        ("search", "search, part of an INN", director, _inn(organisation_id, listing)),
        ("client", "client page", director, _clients(organisation_id)),
        ("today", "Today of a seller", seller, _same(reverse("desk:today"))),
        ("orders", "orders, all", director, _same(reverse("trade:orders"))),
        ("orders", "orders of a seller", seller, _same(reverse("trade:orders"))),
    ):
        yield _measured(name, browser, ask, runs, kind, size)
    yield _created(director, runs, size)


def measure_heads(organisation_id: int, size: str, runs: int) -> Iterator[Measured]:
    """This function will measure what heads look at: Team, flow, the exchange, conditions, who is like whom."""
    _fill_the_exchange(organisation_id, size)
    # The worker would have done it by now: what ripened, and the sums that Team is read from.
    for clock in CLOCKS:
        clock.ring(organisation_id, timezone.now())
    director, head, seller = _sign_in("director"), _sign_in("head"), _sign_in("seller")
    listing = reverse("clients:list")
    conditions = "status=slipping&worth.more=50000&last_order.before=2026-02-01"
    own = f"status=slipping&worth.more=50000&own-{_own_field(organisation_id)}.from=90"
    for name, browser, ask in (
        (f"Team of a head, {_sellers(organisation_id)} sellers in the office", head, _same(reverse("desk:home"))),
        ("Team, the whole office", director, _same(reverse("desk:home"))),
        ("Team, 500 sellers", director, _same(f"{reverse('desk:home')}?unit={_unit_of(organisation_id, 500)}")),
        ("flow and portfolios as of two days", head, _same(f"{reverse('desk:flow')}?clock=zone")),
        ("flow and portfolios, the whole office", director, _same(f"{reverse('desk:flow')}?clock=zone")),
        ("flow, 500 sellers", director, _same(f"{reverse('desk:flow')}?unit={_unit_of(organisation_id, 500)}")),
        ("twelve weeks drawn, the whole office", director, _same(_drawn())),
        ("twelve weeks drawn, 500 sellers", director, _same(f"{_drawn()}&unit={_unit_of(organisation_id, 500)}")),
        ("passages behind a number, the whole office", director, _same(f"{reverse('desk:flow_rows')}?became=lost")),
        ("exchange", seller, _same(reverse("retention:exchange"))),
        ("exchange, by a fragment of the name", seller, _same(f"{reverse('retention:exchange')}?q=рассвет")),
        ("exchange, of one last owner", seller, _same(f"{reverse('retention:exchange')}?owner=40")),
        ("client list, three conditions, by worth", director, _same(f"{listing}?{conditions}&sort=worth")),
        ("client list, three conditions, by name", director, _same(f"{listing}?{conditions}&sort=name")),
        ("client list, two conditions and an own field", director, _same(f"{listing}?{own}&sort=worth")),
        ("who is like the client being typed", seller, _typed()),
        ("zones policy", director, _same(reverse("retention:policy"))),
    ):
        yield _measured(name, browser, ask, runs, "", size)


def _drawn() -> str:
    until = timezone.now().date()
    return f"{reverse('desk:flow')}?part=charts&since={until - dt.timedelta(weeks=12)}&until={until}"


def _fill_the_exchange(organisation_id: int, size: str) -> None:
    """A large base is measured with a hundred thousand clients on the exchange; the first sellers' go there."""
    by, at = Actor(organisation_id, None, "command"), timezone.now()
    while size == "large":
        with tenancy.organisation(organisation_id):
            wanted = ON_EXCHANGE - Client.objects.filter(released_at__isnull=False, archived_at=None).count()
            owned = Client.objects.filter(owner__isnull=False, archived_at=None).order_by("owner_id", "pk")
            ids = list(owned.values_list("pk", flat=True)[: max(0, min(wanted, 10_000))])
            if not ids:
                return
            ownership.release_many(client_ids=ids, why="", rule="zones.release", by=by, at=at)


def _sellers(organisation_id: int) -> int:
    with tenancy.organisation(organisation_id):
        return Assignment.objects.filter(role__key="sales").values("employee").distinct().count()


def _unit_of(organisation_id: int, sellers: int) -> int:
    """A unit with about so many sellers below it: branches of the bench are put below one unit until it has them."""
    name, by, at = f"Дивизион на {sellers}", Actor(organisation_id, None, "command"), timezone.now()
    with tenancy.organisation(organisation_id):
        found = Unit.objects.filter(name=name).first()
        if found is None:
            root = Unit.objects.get(parent=None)
            found = staff.add_unit(organisation=root.organisation, name=name, parent=root)
            for branch in Unit.objects.filter(name__startswith="Филиал №").order_by("id")[: sellers // 25]:
                units.edit(unit=branch, name=branch.name, parent=found, head=None, by=by, at=at)
        return found.pk


def _own_field(organisation_id: int) -> str:
    """A numeric field of the office's own, filled in for every client with a number below 100."""
    name, by = "Площадь торгового зала", Actor(organisation_id, None, "command")
    with tenancy.organisation(organisation_id):
        found = OwnField.objects.filter(noun="client", name=name).first()
        if found is None:
            found = own_fields.define(noun="client", kind="whole", name=name, by=by, at=timezone.now())
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO clients_clientvalue (organisation_id, field_id, client_id, number)"
                    " SELECT organisation_id, %s, id, id %% 100 FROM clients_client WHERE organisation_id = %s",
                    [found.pk, organisation_id],
                )
        return found.key


def _typed() -> Iterator[str]:
    """A name typed letter by letter, then a phone."""
    url = reverse("clients:similar")
    words = ("Рассвет", "ООО Магистраль", "ТД Северный ветер", "Канцтовары Плюс")
    while True:
        for word in words:
            for length in range(4, len(word) + 1):
                yield f"{url}?{urlencode({'name': word[:length]})}"
            yield f"{url}?{urlencode({'name': word, 'phone': '+7 921 123 45 67'})}"


def _sign_in(key: str) -> Browser:
    browser = Browser()
    browser.force_login(Person.objects.get(email=office.email_of(key)))
    return browser


def _same(url: str) -> Iterator[str]:
    while True:
        yield url


def _clients(organisation_id: int) -> Iterator[str]:
    """Clients far apart, so that no page profits from the one before."""
    with tenancy.organisation(organisation_id), connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM clients_client")
        first, last = cursor.fetchone()
    step = (last - first) * 382 // 1000 + 1
    for number in count():
        yield reverse("clients:page", args=[first + number * step % (last - first)])


def _inn(organisation_id: int, listing: str) -> Iterator[str]:
    with tenancy.organisation(organisation_id), connection.cursor() as cursor:
        cursor.execute("SELECT inn FROM clients_client WHERE inn <> '' ORDER BY id LIMIT 400")
        numbers = [row[0] for row in cursor.fetchall()]
    for number in count():
        yield f"{listing}?q={numbers[number * 7 % len(numbers)][1:9]}"


def _walk(browser: Browser, url: str, organisation_id: int) -> Iterator[str]:
    """Pages from the middle of the list on: the first is asked for by a mark that the list itself would write."""
    from ritm.clients.listing.keyset import Mark

    with tenancy.organisation(organisation_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT name_key, id FROM clients_client WHERE organisation_id = %s ORDER BY name_key, id"
            " OFFSET (SELECT count(*) / 2 FROM clients_client) LIMIT 1",
            [organisation_id],
        )
        name, pk = cursor.fetchone()
    middle = at = f"{url}&after={Mark(name, pk).write()}"
    while True:
        yield at
        found = re.search(r'rel="next" href="([^"]+)"', browser.get(at).text)
        at = url.partition("?")[0] + unescape(found[1]) if found else middle


def _measured(name: str, browser: Browser, ask: Iterator[str], runs: int, kind: str, size: str) -> Measured:
    seconds: list[float] = []
    database: list[float] = []
    python: list[float] = []
    for number in range(runs + 3):
        url = next(ask)
        watch = Stopwatch()
        with connection.execute_wrapper(watch):
            started, worked = time.perf_counter(), time.process_time()
            answer = browser.get(url)
            spent, worked = time.perf_counter() - started, time.process_time() - worked
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}")
        if number >= 3:
            seconds.append(spent)
            database.append(watch.seconds)
            python.append(worked)
    # On a busy machine the wall clock says more about the neighbours: our own processor time stands beside it.
    note = f"python {statistics.median(python) * 1000:.1f} ms"
    return _judged(name, seconds, statistics.median(database), kind, size, note)


def _judged(name: str, seconds: list[float], floor: float, kind: str, size: str, note: str = "") -> Measured:
    if size == "large":
        return Measured(name, tuple(seconds), floor, "p95", LARGE_P95, note)
    return Measured(name, tuple(seconds), floor, "median", SMALL.get(kind), note)


def _created(browser: Browser, runs: int, size: str) -> Measured:
    """A client typed in with requisites, a contact and a phone."""
    url = reverse("clients:new")
    seconds: list[float] = []
    database: list[float] = []
    inns = (str(n) for n in count(9_800_000_000 + time.time_ns() % 90_000_000 * 2) if inn_is_valid(str(n)))
    for number in range(runs + 3):
        inn = next(inns)
        typed = {
            "kind": "company", "name": f"ООО «Замер {inn}»", "inn": inn, "contact": "Анна Замерова",
            "phone": f"+7 945 {number:03} 00 11", "address": "Псков, ул. Мира, 7",
        }  # fmt: skip
        watch = Stopwatch()
        with connection.execute_wrapper(watch):
            started = time.perf_counter()
            answer = browser.post(url, typed)
            spent = time.perf_counter() - started
        if answer.status_code != 302:
            raise RuntimeError(f"creating answered {answer.status_code}")
        if number >= 3:
            seconds.append(spent)
            database.append(watch.seconds)
    return _judged("create a client", seconds, statistics.median(database), "create", size)
