"""Own fields of the office, and who agreed to be written to."""

from __future__ import annotations

from ritm.clients import operations as clients
from ritm.clients.models import Consent, Contact
from ritm.demo.story.scene import Scene, chance
from ritm.journal import tenancy

FORMATS = ("Магазин у дома", "Сеть", "Супермаркет", "Офис", "Школа или сад", "Маркетплейс")
GOODS = ("Бумага", "Письменные принадлежности", "Товары для школы", "Бытовая химия", "Посуда", "Упаковка")

# (kind, name, help, unit, options): what a wholesaler's sales team writes on the margins of a card.
FIELDS = (
    ("choice", "Формат магазина", "Где и кому клиент продаёт", "", FORMATS),
    ("choices", "Что берёт", "Группы товаров, о которых есть смысл говорить", "", GOODS),
    ("date", "Договор до", "После этого дня отгружаем только по предоплате", "", ()),
    ("whole", "Отсрочка", "", "дн.", ()),
    ("money", "Кредитный лимит", "", "", ()),
    ("yes_no", "Документы по ЭДО", "", "", ()),
    ("text", "Как проехать", "Для водителя: въезд, пропуск, часы приёмки", "", ()),
)

PROCESSING = """\
Я даю ООО «Сойка-Опт» согласие на обработку моих персональных данных: имени, должности, телефона и адреса электронной \
почты, – чтобы принимать и исполнять заказы организации, которую я представляю. Согласие действует до отзыва; отозвать \
его можно письмом на адрес, с которого приходят счета."""
MAILING_FIRST = """\
Я согласен получать от ООО «Сойка-Опт» новости и предложения по электронной почте. Отказаться можно в любое время."""
MAILING = """\
Я согласен получать от ООО «Сойка-Опт» новости, прайс-листы и предложения по электронной почте, в сообщениях и по \
телефону. Отказаться можно в любое время: ответом на письмо или по телефону менеджера."""


def own_fields(scene: Scene) -> None:
    """This act defines the office's own fields; the accounting's file fills them in."""
    with tenancy.organisation(scene.organisation_id):
        for kind, name, help_text, unit, options in FIELDS:
            clients.define(
                noun="client", kind=kind, name=name, help=help_text, unit=unit, options=options,
                by=scene.by("admin"), at=scene.ago(210),
            )  # fmt: skip


def consents(scene: Scene) -> None:
    """This act writes the texts, of which one has a second version, and records who agreed and who took it back."""
    with tenancy.organisation(scene.organisation_id):
        director = scene.by("director")
        texts = [
            clients.write_consent_text(
                purpose=purpose, text=text, valid_from=scene.day(-days), by=director, at=scene.ago(days)
            )
            for purpose, text, days in (
                ("processing", PROCESSING, 700),
                ("mailing", MAILING_FIRST, 640),
                ("mailing", MAILING, 75),
            )
        ]
        ids = list(scene.clients("seller", "seller2").values_list("pk", flat=True)[:80])
        main = Contact.objects.filter(client_id__in=ids, is_main=True).select_related("client").order_by("pk")
        for contact in main:
            lot = chance("consent", contact.client.name)
            if lot < 0.45:
                continue
            on_paper, agreed = round(90 + lot * 400), round(2 + lot * 60)
            clients.give_consent(
                client=contact.client, contact=contact, text=texts[0], given_on=scene.day(-on_paper), how=Consent.How.PAPER,
                proof="Анкета к договору, папка «Согласия»", by=scene.by("desk"), at=scene.ago(on_paper - 1),
            )  # fmt: skip
            if lot < 0.62:
                continue
            given = clients.give_consent(
                client=contact.client, contact=contact, text=texts[2], given_on=scene.day(-agreed),
                how=Consent.How.SITE if lot < 0.85 else Consent.How.CALL, by=scene.by("seller"), at=scene.ago(agreed),
            )  # fmt: skip
            if lot > 0.95:
                clients.withdraw_consent(
                    consent=given, on=scene.day(-1), how=Consent.How.MESSAGE, by=scene.by("seller"), at=scene.ago(1)
                )
