"""Clients entered twice: pairs that wait for somebody to judge them, and a family that was made one."""

from __future__ import annotations

from ritm.clients import operations as clients
from ritm.clients.models import Client, Email, Phone
from ritm.demo.story.scene import Scene
from ritm.journal import tenancy

HOME = "Санкт-Петербург, ул. Садовая, д. 54, кв. 17"
OTHER_HOME = "Санкт-Петербург, Заневский пр., д. 20, кв. 61"


def pairs(scene: Scene) -> None:
    """This act enters three of Maxim's clients once more, as busy people do: one INN, one number, one e-mail."""
    with tenancy.organisation(scene.organisation_id):
        mine = list(scene.clients("seller").filter(kind="company")[6:9])
        if len(mine) < 3:
            return
        maxim, anna = scene.people["seller"], scene.people["seller2"]
        names = [one.name.replace("«", "").replace("»", "") for one in mine]
        phone = Phone.objects.filter(client=mine[1]).order_by("pk")[0]
        email = Email.objects.filter(client=mine[2]).order_by("pk")[0]
        by_inn = clients.create(
            name=names[0], legal={"inn": mine[0].inn}, owner=anna, comment="Заявка с сайта", source="Сайт",
            by=scene.by("desk"), at=scene.ago(6),
        )  # fmt: skip
        by_phone = clients.create(
            name=f"{names[1]} (филиал)", owner=maxim, phones=[phone.e164], source="Звонок",
            by=scene.by("seller"), at=scene.ago(4),
        )  # fmt: skip
        by_email = clients.create(
            name=f"Магазин {names[2]}", owner=maxim, emails=[email.address], source="Сайт",
            by=scene.by("seller"), at=scene.ago(2),
        )  # fmt: skip
        families = [
            _family(scene, name, person, HOME, days)
            for name, person, days in (("Лебедевы", "Ольга Лебедева", 60), ("Лебедев Артём", "Артём Лебедев", 12))
        ]
        _look(scene, [by_inn, by_phone, by_email, *families])


def household(scene: Scene) -> None:
    """This act has the head make one household of a mother and a son who live behind one door."""
    with tenancy.organisation(scene.organisation_id):
        keep = _family(scene, "Широковы, Заневский пр., 20", "Нина Широкова", OTHER_HOME, 90)
        gone = _family(scene, "Широков Павел", "Павел Широков", OTHER_HOME, 15)
        _look(scene, [keep, gone])
        clients.merge(keep=keep, gone=gone, by=scene.by("head"), at=scene.ago(8))


def _family(scene: Scene, name: str, person: str, home: str, days: int) -> Client:
    number = f"+7948{sum(map(ord, name)) % 10_000_000:07d}"
    return clients.create(
        name=name, kind="household", contact=person, phones=[number], addresses=[("actual", home)],
        owner=scene.people["seller"], by=scene.by("seller"), at=scene.ago(days),
    )  # fmt: skip


def _look(scene: Scene, made: list[Client]) -> None:
    # The worker would look a second later; a demo without a worker shows its pairs, too.
    ids = [one.pk for one in made]
    clients.look_for_pairs(client_ids=ids, by=scene.by("seller"), at=scene.ago(1))
