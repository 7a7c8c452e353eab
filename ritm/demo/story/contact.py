"""The exchange, absences and excuses, files of a meeting, and rules: one planned, one tried on history."""

from __future__ import annotations

import io
from dataclasses import dataclass

from ritm.clients import operations as clients
from ritm.clients.models import Client
from ritm.conversations import attaching
from ritm.conversations import operations as conversations
from ritm.demo.story.scene import Scene
from ritm.journal import tenancy
from ritm.retention import queries, zone_queries
from ritm.retention.backtest_queries import rhythm_rule, usual_period, zone_rule
from ritm.retention.models import ContactClock
from ritm.retention.operations import backtest, backtest_run, policy, zones
from ritm.retention.operations import exchange as exchange_operations
from ritm.staff.operations import employees
from ritm.trade.models import Product


def exchange(scene: Scene) -> None:
    """
    This act takes clients from the exchange: some are owed a call yet, one has had it, one went back for want of it,
    one was given away by a head.
    """
    with tenancy.organisation(scene.organisation_id):
        free = Client.objects.filter(released_at__lt=scene.ago(60), organisation_id=scene.organisation_id)
        taken = list(free.order_by("pk")[:7])
        for client, (who, days) in zip(
            taken,
            (("seller6", 17), ("seller3", 12), ("seller", 12), ("seller", 3), ("seller", 3), ("seller2", 1)),
            strict=False,
        ):
            exchange_operations.claim(client_id=client.pk, by=scene.by(who), at=scene.ago(days))
        if len(taken) > 1:
            conversations.record(
                client=taken[1], kind="call", result="thinking", duration_seconds=340,
                text="Обиделись на задержку в июне, готовы попробовать снова. Выслать условия и новый прайс.",
                by=scene.by("seller3"), at=scene.ago(9),
            )  # fmt: skip
        if len(taken) > 6:
            clients.assign(
                client=taken[6], owner=scene.people["seller2"], why="Просили именно Анну", by=scene.by("head"),
                at=scene.ago(1),
            )  # fmt: skip


def absences(scene: Scene) -> None:
    """This act sends Pavel on leave with Maxim in his place, and excuses the silence of three clients."""
    with tenancy.organisation(scene.organisation_id):
        employees.go_away(
            employee=scene.people["seller3"], until=scene.day(10), substitute=scene.people["seller"],
            today=scene.as_of, by=scene.by("head"), at=scene.ago(4),
        )  # fmt: skip
        quiet = ContactClock.objects.filter(client__in=scene.clients("seller"), zone__in=("yellow", "red"))
        for row, why, days in zip(
            quiet.select_related("client").order_by("-zone", "client_id")[:3],
            (
                "Магазин на ремонте, просили не звонить до открытия",
                "Закупают раз в год, к сентябрю",
                "Переезжают на новый склад",
            ),
            (47, 180, 21),
            strict=False,
        ):
            zones.excuse(client=row.client, until=scene.day(days), why=why, by=scene.by("seller"), at=scene.ago(7))


@dataclass
class _File:
    """A file as `attaching` takes it."""

    name: str | None
    content: bytes

    def chunks(self) -> tuple[bytes]:
        return (self.content,)


def papers(scene: Scene) -> None:
    """This act enters a meeting of Maxim's with the price list and the notes of it attached."""
    with tenancy.organisation(scene.organisation_id):
        # One who is in the accounting's list, too: his card shows what came with it.
        known = list(scene.clients("seller").filter(kind="company", external_id__isnull=False)[:8])
        if not known:
            return
        client = known[-1]
        met = conversations.record(
            client=client, kind="meeting", result="thinking", duration_seconds=3_000,
            text="Показал новинки к сезону. Берут на пробу три позиции, ждут счёт и отсрочку 14 дней.",
            by=scene.by("seller"), at=scene.ago(1, 11),
        )  # fmt: skip
        notes = (
            "Итоги встречи\r\n\r\n1. Пробная партия – три позиции.\r\n2. Отсрочка 14 дней.\r\n3. Счёт до пятницы.\r\n"
        )
        files = [
            _File("Прайс-лист Сойка-Опт.xlsx", _price_list(scene)),
            _File("Итоги встречи.txt", notes.encode()),
        ]
        attaching.attach(interaction=met, uploads=files, by=scene.by("seller"), at=scene.ago(1, 12))


def _price_list(scene: Scene) -> bytes:
    import xlsxwriter

    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Прайс")
        sheet.write_row(0, 0, ("Артикул", "Товар", "Ед.", "Цена, ₽"))
        goods = Product.objects.filter(organisation_id=scene.organisation_id).order_by("sku")
        for number, one in enumerate(goods.values_list("sku", "name", "unit_name", "price")[:200], 1):
            sheet.write_row(number, 0, (*one[:3], float(one[3] or 0)))
    return body.getvalue()


def rules(scene: Scene) -> None:
    """This act plans a shorter policy for the shops' unit, tries what is in force on last year, and rings the clocks."""
    org = scene.organisation_id
    with tenancy.organisation(org):
        director = scene.by("director")
        in_force = zone_queries.policy_on(org, scene.as_of)
        policy.change_policy(
            numbers=in_force.numbers() | {"red": 3, "release": 5}, unit=scene.people["head4"].unit,
            effective_on=scene.day(30), by=director, at=scene.ago(4),
        )  # fmt: skip
        since, until = usual_period(scene.as_of)
        row = backtest.start(
            rules=[rhythm_rule(queries.rule_on(org, scene.as_of)), zone_rule(in_force)],
            since=since, until=until, unit=None, by=director, at=scene.ago(1),
        )  # fmt: skip
    backtest_run.run(organisation_id=org, backtest_id=row.pk, at=scene.ago(1))
    zones.tick(organisation_id=org, now=scene.now)
