"""`ritm demo`: load, replace or remove the invented companies."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ritm.demo import office, operations, story
from ritm.demo.operations import Order
from ritm.kernel.calendar import local_date


class Command(BaseCommand):
    help = "Loads an invented wholesaler and its sister company (in Russian); the same seed gives the same companies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clients", type=int, default=4000, help="how many clients (default 4000)")
        parser.add_argument("--orders-per-client", type=int, default=20, help="on average (default 20)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--as-of", type=dt.date.fromisoformat, help="the day it is today (default: today)")
        parser.add_argument("--reset", action="store_true", help="remove the present demo companies first")
        parser.add_argument("--remove", action="store_true", help="only remove the demo companies")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["clients"] < 20 or options["orders_per_client"] < 2:
            raise CommandError("a demo needs at least 20 clients and 2 orders per client")
        if operations.schema_is_behind():
            raise CommandError("База данных ещё не готова: сначала выполните ritm migrate (или make run).")
        now = timezone.now()
        held = operations.companies()
        if options["reset"] or options["remove"]:
            operations.remove([company.organisation_id for company in held])
            held = []
        if options["remove"]:
            self.stdout.write("Демонстрационные компании удалены.")
            return
        if held:
            names = ", ".join(company.organisation.name for company in held)
            self.stdout.write(f"Уже загружено: {names}. Заново: ritm demo --reset")
            self._logins()
            return
        started = time.monotonic()
        order = Order(
            clients=options["clients"],
            orders_per_client=options["orders_per_client"],
            seed=options["seed"],
            as_of=options["as_of"] or local_date(now, "Europe/Moscow"),
        )
        made = operations.load(order, at=now, say=self.stdout.write)
        operations.tidy()
        self.stdout.write("Ритм клиентов")
        at = (
            now
            if order.as_of == local_date(now, "Europe/Moscow")
            else dt.datetime.combine(order.as_of, dt.time(6, 0), tzinfo=dt.UTC)
        )
        operations.rebuild(made, at=at)
        operations.tidy(("retention_rhythm",))
        if order.clients <= operations.LINES_UP_TO:
            self.stdout.write("Последние недели")
            story.tell(made[0], as_of=order.as_of, at=at)
        self.stdout.write(f"Готово за {time.monotonic() - started:.0f} с.")
        self._logins()

    def _logins(self) -> None:
        seats = {seat.key: seat for seat in (*office.LAW_FIRM.seats, *office.WHOLESALER.seats)}
        self.stdout.write(f"Вход (пароль у всех {office.PASSWORD}):")
        for key in office.SHOWN:
            seat = seats[key]
            self.stdout.write(f"  {office.email_of(key):24} {seat.name}, {seat.position[0].lower()}{seat.position[1:]}")
