"""Verbs of the demo: load an invented wholesaler and its sister company, and remove them wholly."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from ritm.bridge import files as imports
from ritm.bridge.models import Import
from ritm.conversations import files as attachments
from ritm.conversations.models import Attachment
from ritm.demo import catalogue, office, population, trading
from ritm.demo.aside import aside
from ritm.demo.models import Company
from ritm.demo.population import Market
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.retention import zone_queries
from ritm.retention.operations import feeds, policy, rhythm_clock
from ritm.staff import operations as staff
from ritm.staff.models import Assignment, Employee, Organisation, Person, Role, Unit
from ritm.staff.operations import calendar
from ritm.staff.production_calendar import YEARS

# Above this many clients the demo is a bench: no lines, indexes laid aside while writing.
LINES_UP_TO = 20_000
CLIENTS_PER_SELLER = 400

_BULKY = (
    "clients_client",
    "clients_contact",
    "clients_phone",
    "clients_email",
    "clients_address",
    "clients_requisites",
    "clients_tenure",
    "retention_rhythm",
    "trade_order",
    "trade_payment",
    "conversations_interaction",
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What was asked for: how large, from which seed, as of which day."""

    clients: int
    orders_per_client: int
    seed: int
    as_of: dt.date


def schema_is_behind() -> bool:
    """This function will tell whether migrations wait: nothing can be loaded before they have run."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def companies() -> list[Company]:
    """This function will list the invented organisations on this installation."""
    with tenancy.installation():
        return list(Company.objects.select_related("organisation").order_by("organisation_id"))


def load(order: Order, *, at: dt.datetime, say: Say) -> list[int]:
    """
    This function will load both companies in one transaction and return their organisations' ids.

    `at` is the moment that is written as the time of loading; everything else follows from `order` alone.
    """
    with transaction.atomic():
        born = dt.datetime.combine(order.as_of, dt.time(6, 0), tzinfo=dt.UTC) - dt.timedelta(days=4 * 365)
        people = _people(born)
        large = order.clients > LINES_UP_TO
        with ExitStack() as stack:
            if large:
                stack.enter_context(aside(_BULKY))
            first = _load_one(
                office.WHOLESALER,
                catalogue.STATIONERY,
                people,
                order,
                at=at,
                born=born,
                lines=not large,
                say=say,
            )
            sister = Order(max(12, min(60, order.clients // 60)), 6, order.seed + 1, order.as_of)
            second = _load_one(office.LAW_FIRM, catalogue.LEGAL, people, sister, at=at, born=born, lines=True, say=say)
            if large:
                # The scope must show the rows that the returning keys are checked against.
                tenancy.enter(organisation_id=first)
    return [first, second]


def _load_one(
    plan: office.Office,
    groups: tuple[catalogue.Group, ...],
    people: dict[str, Person],
    order: Order,
    *,
    at: dt.datetime,
    born: dt.datetime,
    lines: bool,
    say: Say,
) -> int:
    organisation = staff.open_organisation(name=plan.name, at=born)
    organisation.legal_name = plan.legal_name
    organisation.area_code = "812"
    organisation.save(update_fields=["legal_name", "area_code"])
    Company.objects.create(
        organisation=organisation,
        clients=order.clients,
        orders_per_client=order.orders_per_client,
        seed=order.seed,
        as_of=order.as_of,
        loaded_at=at,
    )
    with tenancy.organisation(organisation.pk):
        _calendars(organisation, order.as_of, at=at)
        seats = _seat(plan, organisation, people, at=born)
        owners = _owners(plan, organisation, seats, clients=order.clients, at=born)
        market = Market(
            organisation_id=organisation.pk,
            clients=order.clients,
            orders_per_client=order.orders_per_client,
            seed=order.seed,
            as_of=order.as_of,
            owners=owners,
            releases=lines,
        )
        if lines:
            _release_by_clock(organisation.pk, seats["director"], at=born)
        say(f"{plan.name}: {order.clients} клиентов")
        population.invent_people(market)
        population.write_people(market)
        # Whoever vacuums a half-loaded table sees none of its rows, and the planner would look for each order's client
        # through all of them. Looking from within tells it the truth, and keeps autovacuum away until the commit.
        tidy(("clients_client", "clients_contact"))
        products = trading.write_goods(market, groups, seats, at=born)
        tidy(("trade_product",))
        say(f"{plan.name}: заказы")
        trading.write_trade(market, lines=lines, products=products)
        trading.write_talks(market)
        _drop_scratch()
    return organisation.pk


def _people(at: dt.datetime) -> dict[str, Person]:
    """Everybody who signs in. All share one password, hashed once: it guards invented data only."""
    password = make_password(office.PASSWORD)
    found: dict[str, Person] = {}
    for seat in (*office.WHOLESALER.seats, *office.LAW_FIRM.seats):
        if seat.key not in found:
            found[seat.key], _ = Person.objects.update_or_create(
                email=office.email_of(seat.key),
                defaults={
                    "name": seat.name,
                    "password": password,
                    "is_active": True,
                    "last_employee_id": None,
                },
                create_defaults={
                    "name": seat.name,
                    "password": password,
                    "created_at": at,
                },
            )
    return found


def _calendars(organisation: Organisation, as_of: dt.date, *, at: dt.datetime) -> None:
    """The production calendar of the year before, of this one and of the next, as far as they are known."""
    for year in range(as_of.year - 1, as_of.year + 2):
        if year in YEARS:
            calendar.bring_in(organisation=organisation, year=year, by=Actor(organisation.pk, via="demo"), at=at)


def _seat(
    plan: office.Office, organisation: Organisation, people: dict[str, Person], *, at: dt.datetime
) -> dict[str, Employee]:
    units = {"root": Unit.objects.get(organisation=organisation, parent=None)}
    for key, (name, parent) in plan.units.items():
        if key != "root":
            units[key] = staff.add_unit(organisation=organisation, name=name, parent=units[parent])
    return {
        seat.key: staff.hire(
            organisation=organisation,
            unit=units[seat.unit],
            name=seat.name,
            role=seat.role,
            person=people[seat.key],
            position=seat.position,
            heads=seat.heads,
            at=at,
        )
        for seat in plan.seats
    }


def _owners(
    plan: office.Office,
    organisation: Organisation,
    seats: dict[str, Employee],
    *,
    clients: int,
    at: dt.datetime,
) -> tuple[tuple[int, int], ...]:
    """Who owns clients, as (employee id, unit id): the sellers on the plan, and as many more as the base needs."""
    sellers = [seats[seat.key] for seat in plan.seats if seat.role == "sales"]
    missing = math.ceil(clients / CLIENTS_PER_SELLER) - len(sellers)
    if missing > 0:
        root = Unit.objects.get(organisation=organisation, parent=None)
        role = Role.objects.get(organisation=organisation, key="sales")
        branches = [
            staff.add_unit(organisation=organisation, name=f"Филиал № {number}", parent=root)
            for number in range(1, math.ceil(missing / 25) + 1)
        ]
        more = Employee.objects.bulk_create(
            Employee(
                organisation=organisation,
                unit=branches[number // 25],
                name=f"Менеджер {number + 1:04d}",
                position="Менеджер по продажам",
                hired_on=at.date(),
            )
            for number in range(missing)
        )
        Assignment.objects.bulk_create(
            Assignment(organisation=organisation, employee=employee, role=role) for employee in more
        )
        sellers += more
    return tuple((seller.pk, seller.unit_id) for seller in sellers)


def _release_by_clock(organisation_id: int, director: Employee, *, at: dt.datetime) -> None:
    """The office has worked with the exchange from the first day; shipped, Ritm takes nobody's clients by itself."""
    numbers = zone_queries.policy_on(organisation_id, at.date()).numbers() | {"releases": True}
    by = Actor(organisation_id, director.pk)
    policy.change_policy(numbers=numbers, unit=None, effective_on=at.date(), by=by, at=at)


def _drop_scratch() -> None:
    """Temporary tables would last until the commit, and the next company needs their names."""
    for table in ("demo_line", "demo_order", "demo_product", "demo_client", "demo_shape", "demo_base"):
        population.run(f"DROP TABLE IF EXISTS {table}")


def rebuild(organisation_ids: list[int], *, at: dt.datetime) -> None:
    """This function will have retention look which feeds are silent, and work out every client's rhythm."""
    for organisation_id in organisation_ids:
        feeds.tick(organisation_id=organisation_id, now=at)
        rhythm_clock.rebuild(organisation_id=organisation_id, now=at, anew=True)


def tidy(tables: tuple[str, ...] = (*_BULKY, "trade_line")) -> None:
    """This function will have PostgreSQL look at what was written; after a bulk load its guesses are worthless."""
    verb = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    for table in tables:
        population.run(f"{verb} {table}")


@transaction.atomic
def remove(organisation_ids: list[int]) -> None:
    """
    This function will remove invented organisations with every row of theirs.

    Refuses (ValueError) anything that the demo did not make.
    """
    known = {company.organisation_id for company in companies()}
    strangers = set(organisation_ids) - known
    if strangers:
        raise ValueError(f"not made by the demo: {sorted(strangers)}")
    tables = _tables_of_organisations()
    for organisation_id in organisation_ids:
        _forget_files(organisation_id)
        with tenancy.organisation(organisation_id):
            # Row by row, each client would look for his orders through tables that were just emptied.
            with aside(tables, indexes=False):
                _empty(tables, organisation_id)
            population.run("DELETE FROM demo_company WHERE organisation_id = %(id)s", {"id": organisation_id})
            population.run("DELETE FROM staff_organisation WHERE id = %(id)s", {"id": organisation_id})
    # People belong to the installation: those of the demo leave with their last place.
    for person in Person.objects.filter(email__endswith=f"@{office.DOMAIN}"):
        tenancy.enter(person_id=person.pk)
        if not Employee.objects.filter(person=person).exists():
            person.delete()
    tenancy.enter()


def _forget_files(organisation_id: int) -> None:
    """What was brought in and attached goes from the disk when its rows have gone."""
    with tenancy.organisation(organisation_id):
        brought = list(Import.objects.exclude(stored="").values_list("stored", flat=True))
        attached = list(Attachment.objects.values_list("stored", flat=True))
    for stored in brought:
        transaction.on_commit(partial(imports.forget, stored))
    for stored in attached:
        transaction.on_commit(partial(attachments.forget, stored))


_WITH_ORGANISATION = """
SELECT c.oid::regclass::text,
    ARRAY(SELECT DISTINCT k.confrelid::regclass::text FROM pg_constraint k
          WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1
"""


def _tables_of_organisations() -> list[str]:
    """Every table with an organisation's rows: those that point at others come first. The note comes last."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_ORGANISATION)
        points = {table: set(targets) for table, targets in cursor.fetchall()}
    ordered: list[str] = []
    # staff_unit and staff_employee point at each other: what is left in a circle goes in any order, keys deferred.
    waiting = {table for table in points if table != "demo_company"}
    while waiting:
        free = {t for t in waiting if not any(t in points[other] for other in waiting if other != t)} or waiting
        ordered += sorted(free)
        waiting -= free
    return ordered


def _empty(tables: list[str], organisation_id: int) -> None:
    # Checks that wait for the commit would refuse to let a table be altered.
    population.run("SET CONSTRAINTS ALL IMMEDIATE")
    population.run("SET CONSTRAINTS ALL DEFERRED")
    for table in tables:
        # Append-only tables refuse the deletion of a row; the whole company may go.
        population.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table in tables:
        population.run(f"DELETE FROM {table} WHERE organisation_id = %(id)s", {"id": organisation_id})
    population.run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        population.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    population.run("SET CONSTRAINTS ALL DEFERRED")
