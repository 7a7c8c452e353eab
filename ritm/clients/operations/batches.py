"""
Changes of many clients at once, each a Batch that can be taken back: another owner, the archive, a tag.

All are set-wise. An undo restores what is still as the batch left it; what somebody changed later is kept and said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ritm.clients.events import ClientsArchived, ClientsBatchUndone, ClientsTagged
from ritm.clients.models import Client, Tag, Tagging
from ritm.clients.operations import ownership
from ritm.clients.sockets import GOES_ALONG
from ritm.journal.models import Batch, BatchRow
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee

REASSIGN, ARCHIVE, TAG = "clients.reassign", "clients.archive", "clients.tag"


def _open(kind: str, title: str, total: int, *, by: Actor, at: dt.datetime) -> Batch:
    return Batch.objects.create(
        organisation_id=by.organisation_id,
        kind=kind,
        title=title[:300],
        employee_id=by.employee_id,
        started_at=at,
        total=total,
    )


def _close(batch: Batch, done: int, counts: dict[str, Any], *, at: dt.datetime) -> Batch:
    batch.state, batch.done, batch.counts, batch.ended_at = Batch.State.DONE, done, counts, at
    batch.save(update_fields=["state", "done", "counts", "ended_at"])
    return batch


def _note(batch: Batch, kind: str, rows: Iterable[tuple[int, Any, Any]]) -> None:
    BatchRow.objects.bulk_create(
        (
            BatchRow(
                organisation_id=batch.organisation_id,
                batch=batch,
                subject_kind=kind,
                subject_id=pk,
                before=before,
                after=after,
            )
            for pk, before, after in rows
        ),
        batch_size=2000,
    )


@transaction.atomic
def reassign(*, client_ids: Collection[int], owner: Employee | None, why: str, by: Actor, at: dt.datetime) -> Batch:
    """
    This function will give these clients to `owner` with everything open of theirs that rooms above have plugged in.

    One transaction. The ids must be within the author's reach already.
    """
    title = _("%(count)s clients to %(name)s") % {"count": len(client_ids), "name": owner or _("nobody")}
    batch = _open(REASSIGN, title, len(client_ids), by=by, at=at)
    moved = ownership.assign_many(client_ids=client_ids, owner=owner, why=why, by=by, at=at)
    to = owner.pk if owner else None
    _note(batch, "client", ((pk, {"owner_id": former}, {"owner_id": to}) for pk, former in moved))
    ids = [pk for pk, _former in moved]
    counts = {"client": len(ids)}
    for companion in GOES_ALONG:
        rows = companion.move(client_ids=ids, owner_id=to, by=by, at=at)
        for kind, pk, before, after in rows:
            _note(batch, f"{companion.key}:{kind}", [(pk, before, after)])
        counts[companion.key] = len(rows)
    return _close(batch, len(ids), counts, at=at)


@transaction.atomic
def archive_many(*, client_ids: Collection[int], by: Actor, at: dt.datetime) -> Batch:
    """This function will put clients away; those who are away already are left alone."""
    batch = _open(ARCHIVE, _("%(count)s clients archived") % {"count": len(client_ids)}, len(client_ids), by=by, at=at)
    rows = Client.objects.filter(pk__in=client_ids, archived_at=None).order_by("pk").select_for_update(of=("self",))
    ids = list(rows.values_list("pk", flat=True))
    Client.objects.filter(pk__in=ids).update(archived_at=at, updated_at=at)
    _note(batch, "client", ((pk, {"archived": False}, {"archived": True}) for pk in ids))
    if ids:
        publish(ClientsArchived(client_ids=tuple(ids)), by=by, at=at)
    return _close(batch, len(ids), {"client": len(ids)}, at=at)


def tag_named(name: str, *, organisation_id: int) -> Tag:
    """This function will find a tag whatever the case, or make it; an empty one is refused."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refusal(_("Write a tag of at most 60 letters."), code="tag", field="tag")
    known = Tag.objects.filter(organisation_id=organisation_id, name__iexact=name).first()
    return known or Tag.objects.create(organisation_id=organisation_id, name=name)


@transaction.atomic
def tag_many(*, client_ids: Collection[int], name: str, by: Actor, at: dt.datetime) -> Batch:
    """This function will put a tag on clients; those who bear it already are left alone."""
    tag = tag_named(name, organisation_id=by.organisation_id)
    title = _("%(count)s clients tagged “%(tag)s”") % {"count": len(client_ids), "tag": tag.name}
    batch = _open(TAG, title, len(client_ids), by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clients_tagging (organisation_id, client_id, tag_id, at)"
            " SELECT organisation_id, id, %s, %s FROM clients_client WHERE id = ANY(%s)"
            " ON CONFLICT (client_id, tag_id) DO NOTHING RETURNING client_id",
            [tag.pk, at, list(client_ids)],
        )
        ids = sorted(row[0] for row in cursor.fetchall())
    _note(batch, "client", ((pk, {"tag_id": None}, {"tag_id": tag.pk}) for pk in ids))
    if ids:
        publish(ClientsTagged(client_ids=tuple(ids), tag=tag.name), by=by, at=at)
    return _close(batch, len(ids), {"client": len(ids)}, at=at)


@transaction.atomic
def untag(*, client: Client, tag: Tag, by: Actor, at: dt.datetime) -> None:
    """This function will take a tag off a client."""
    gone, _rows = Tagging.objects.filter(client=client, tag=tag).delete()
    if gone:
        publish(ClientsTagged(client_ids=(client.pk,), tag=tag.name, off=True), by=by, at=at)


@transaction.atomic
def undo_batch(*, batch: Batch, by: Actor, at: dt.datetime) -> dict[str, int]:
    """
    This function will take a batch back and return {'restored': …, 'kept': …}: kept are clients whom somebody
    changed after it.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != Batch.State.DONE or batch.kind not in (REASSIGN, ARCHIVE, TAG):
        raise Refusal(_("This has been undone already, or cannot be."), code="not_undoable")
    rows: list[Any] = list(BatchRow.objects.filter(batch=batch, subject_kind="client").order_by("subject_id"))
    if batch.kind == REASSIGN:
        restored = _owners_back(batch, rows, by=by, at=at)
    elif batch.kind == ARCHIVE:
        ids = [row.subject_id for row in rows]
        # Archived at that very moment, or archived again since by somebody who meant it.
        still = Client.objects.filter(pk__in=ids, archived_at=batch.started_at)
        restored = still.update(archived_at=None, updated_at=at)
    else:
        tag_id = rows[0].after["tag_id"] if rows else 0
        ids = [row.subject_id for row in rows]
        restored, _rows = Tagging.objects.filter(client_id__in=ids, tag_id=tag_id, at=batch.started_at).delete()
    report = {"restored": restored, "kept": len(rows) - restored}
    batch.state, batch.undo_report = Batch.State.UNDONE, report
    batch.save(update_fields=["state", "undo_report"])
    publish(ClientsBatchUndone(batch_id=batch.pk, title=batch.title, **report), by=by, at=at)
    return report


def _owners_back(batch: Batch, rows: list[Any], *, by: Actor, at: dt.datetime) -> int:
    present = dict(Client.objects.filter(pk__in=[row.subject_id for row in rows]).values_list("pk", "owner_id"))
    back: dict[int | None, list[int]] = {}
    for row in rows:
        if present.get(row.subject_id, 0) == row.after["owner_id"]:
            back.setdefault(row.before["owner_id"], []).append(row.subject_id)
    people = Employee.objects.in_bulk([pk for pk in back if pk is not None])
    restored = 0
    for former, ids in back.items():
        owner = people.get(former) if former is not None else None
        if owner is not None and owner.left_on is not None:
            continue  # whoever has left cannot have them back: they stay where they are, and are counted as kept
        restored += len(ownership.assign_many(client_ids=ids, owner=owner, why=_("undone"), by=by, at=at))
    for companion in GOES_ALONG:
        theirs = BatchRow.objects.filter(batch=batch, subject_kind__startswith=f"{companion.key}:")
        companion.put_back(rows=list(theirs), by=by, at=at)
    return restored
