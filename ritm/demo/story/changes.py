"""Saved views, and changes of many clients: one done, one stopped half-way, one taken back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from ritm.clients import operations as clients
from ritm.clients.models import Client
from ritm.clients.operations import batches
from ritm.demo.story.scene import Scene
from ritm.journal import tenancy
from ritm.journal.models import Batch

# As many of Pavel's clients are handed over; a third of them waits when it is stopped.
HANDED = 120

VIEWS = (
    ("director", "Без согласия на рассылку", "consent=mailing&sort=-worth", "all"),
    ("director", "Красные, дороже 200 000 ₽ в год", "zone=red&worth=200000&sort=-worth", "all"),
    ("head", "Договор кончился", "own-dogovor_do={day}&sort=own-dogovor_do&columns=name,zone,own-dogovor_do,worth,owner", "unit"),
    ("seller", "Школы и сады", "q=школа&sort=-last_order", "private"),
)  # fmt: skip


def views(scene: Scene) -> None:
    """This act saves lists that people come back to."""
    with tenancy.organisation(scene.organisation_id):
        for who, name, query, scope in VIEWS:
            clients.save_view(
                name=name, query=query.format(day=scene.as_of), scope=scope, by=scene.by(who), at=scene.ago(30)
            )


def many_at_once(scene: Scene) -> None:
    """This act has Vera tag her unit's clients, hand some over and stop, archive a few, and take a tag back."""
    with tenancy.organisation(scene.organisation_id):
        head, org = scene.by("head"), scene.organisation_id
        west = ("seller", "seller2", "seller3")
        tenders = _ids(scene, *west)[::6]
        done = batches.begin(
            order=batches.to_tag("Участвует в тендерах", organisation_id=org), chosen=_these(tenders),
            by=head, at=scene.ago(20),
        )  # fmt: skip
        while batches.step(batch_id=done.pk, at=scene.ago(20)):
            pass
        clients.tag_many(client_ids=_ids(scene, "seller")[1::9], name="Ключевой", by=head, at=scene.ago(19))

        pavels = _ids(scene, "seller3")[:HANDED]
        handed: Batch = batches.begin(
            order=batches.to_reassign(owner=scene.people["seller2"], why="Отпуск Павла Ремизова"),
            chosen=_these(pavels), by=head, at=scene.ago(5),
        )  # fmt: skip
        batches.step(batch_id=handed.pk, at=scene.ago(5), size=max(1, len(pavels) * 2 // 3))
        handed.refresh_from_db()
        if handed.state == Batch.State.RUNNING:
            batches.cancel(batch=handed, at=scene.ago(5, 10))

        clients.archive_many(client_ids=_ids(scene, "seller2")[10:16], by=head, at=scene.ago(3))
        wrong = clients.tag_many(client_ids=_ids(scene, *west)[5::11], name="Обзвон", by=head, at=scene.ago(2))
        clients.undo_batch(batch=wrong, by=head, at=scene.ago(2, 10))


def _ids(scene: Scene, *owners: str) -> list[int]:
    return list(scene.clients(*owners).values_list("pk", flat=True))


def _these(ids: Sequence[int]) -> QuerySet[Client]:
    chosen: QuerySet[Client] = Client.objects.filter(pk__in=ids)
    return chosen
