"""Two clients turn out to be one: everything of the one goes to the other, and can be brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ritm.clients import own
from ritm.clients.events import ClientsMerged
from ritm.clients.models import Client, Pair
from ritm.clients.operations import own_values, parts, requisites, search
from ritm.clients.operations.editing import OWN_FIELDS, edit
from ritm.clients.sockets import MERGES, Children, plug
from ritm.journal.models import Batch, BatchRow
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal

MERGE = "clients.merge"
# What may be taken from either of the two, field by field.
CHOICES = ("name", "kind", "source", "comment", *requisites.FIELDS)

plug(
    MERGES,
    Children(
        "clients",
        tables=(
            ("clients_contact", "client_id"),
            ("clients_phone", "client_id"),
            ("clients_email", "client_id"),
            ("clients_address", "client_id"),
            ("clients_consent", "client_id"),
        ),
    ),
    order=10,
)

# Table and column names, and conditions, come from the socket, that is from code.
_NOTE = """
INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id)
SELECT %(organisation)s, %(batch)s, %(kind)s, t.id FROM {table} t WHERE t.{column} = %(gone)s {only}
"""
_MOVE = "UPDATE {table} t SET {column} = %(keep)s WHERE t.{column} = %(gone)s {only}"
_BACK = """
UPDATE {table} t SET {column} = %s FROM journal_batchrow r
WHERE r.batch_id = %s AND r.subject_kind = %s AND r.subject_id = t.id AND t.{column} = %s
"""
_TAGS = """
UPDATE clients_tagging t SET client_id = %s WHERE client_id = %s
    AND NOT EXISTS (SELECT 1 FROM clients_tagging o WHERE o.client_id = %s AND o.tag_id = t.tag_id)
"""


def _tables() -> list[tuple[str, str, str]]:
    """Tables that move, with the column that holds the client and what narrows them."""
    return [
        (table, column, f"AND ({children.only[table]})" if table in children.only else "")
        for children in MERGES
        for table, column in children.tables
    ]


def _settle(ids: list[int], *, by: Actor, at: dt.datetime) -> None:
    search.refresh(ids)
    for children in MERGES:
        if children.settle is not None:
            children.settle(ids, by, at)


def values_of(client: Client) -> dict[str, str]:
    """This function will give what a person chooses between, by field."""
    own = {field: getattr(client, field) or "" for field in OWN_FIELDS}
    return {field: value for field, value in (own | requisites.present(client)).items() if field in CHOICES}


@transaction.atomic
def merge(*, keep: Client, gone: Client, take: Collection[str] = (), by: Actor, at: dt.datetime) -> Batch:
    """
    This function will make one client of two: `keep` gets everything of `gone`, and the fields named in `take`.

    `gone` stays in the archive, pointing at whom he became, so that an undo can bring him back and an import that
    still knows him by his old id finds the right one. Both are locked, the smaller id first.
    """
    if keep.pk == gone.pk:
        raise Refusal(_("A client cannot be merged with himself."), code="same", field="other")
    locked = {
        row.pk: row
        for row in Client.objects.filter(pk__in=(keep.pk, gone.pk)).order_by("pk").select_for_update(of=("self",))
    }
    keep, gone = locked[keep.pk], locked[gone.pk]
    if gone.merged_into_id or keep.merged_into_id:
        raise Refusal(_("One of these clients has been merged already."), code="merged", field="other")
    chosen = {field: value for field, value in values_of(gone).items() if field in take}
    known = [one for one in own.all_definitions(keep.organisation_id) if one.token in take]
    held = own.values_of([keep.pk, gone.pk], known)
    batch = Batch.objects.create(
        organisation_id=by.organisation_id,
        kind=MERGE,
        title=_("%(gone)s merged into %(keep)s") % {"gone": gone.name[:120], "keep": keep.name[:120]},
        employee_id=by.employee_id,
        started_at=at,
        total=1,
    )
    with connection.cursor() as cursor:
        said: dict[str, Any] = {"organisation": by.organisation_id, "batch": batch.pk, "keep": keep.pk, "gone": gone.pk}
        for table, column, only in _tables():
            said["kind"] = f"{table}.{column}"
            cursor.execute(_NOTE.format(table=table, column=column, only=only), said)
            cursor.execute(_MOVE.format(table=table, column=column, only=only), said)
        cursor.execute(_TAGS, [keep.pk, gone.pk, keep.pk])
    before = values_of(keep)
    # What stands on the other card was judged when it came there.
    unjudged = Actor(by.organisation_id, by.employee_id, "import")
    if chosen:
        edit(client=keep, changes=chosen, by=unjudged, at=at)
    changed = own_values.write(
        "client",
        keep.pk,
        {one.id: held.get(gone.pk, {}).get(one.id) for one in known},
        known,
        organisation_id=keep.organisation_id,
    )
    if changed:
        parts.publish_changed(keep, changed, by=by, at=at)
    BatchRow.objects.create(
        organisation_id=by.organisation_id,
        batch=batch,
        subject_kind="merge",
        subject_id=keep.pk,
        before={"gone": gone.pk, "archived": gone.archived_at is not None}
        | {"fields": {field: before[field] for field in chosen}, "own": {token: was for token, was, _now in changed}},
        after={"fields": chosen, "own": {token: now for token, _was, now in changed}},
    )
    Client.objects.filter(pk=gone.pk).update(merged_into=keep, archived_at=gone.archived_at or at, updated_at=at)
    Pair.objects.filter(low_id__in=(keep.pk, gone.pk), high_id__in=(keep.pk, gone.pk)).delete()
    _settle([keep.pk, gone.pk], by=by, at=at)
    publish(ClientsMerged(client_id=keep.pk, gone_id=gone.pk), by=by, at=at)
    batch.state, batch.done, batch.ended_at = Batch.State.DONE, 1, at
    batch.save(update_fields=["state", "done", "ended_at"])
    return batch


@transaction.atomic
def unmerge(*, batch: Batch, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """
    This function will take a merge back: rows that are still where it put them return, and fields that nobody has
    changed since. It returns {'restored': 1, 'kept': number of fields changed later}.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != Batch.State.DONE or batch.kind != MERGE:
        raise Refusal(_("This has been undone already, or cannot be."), code="not_undoable")
    note: Any = BatchRow.objects.get(batch=batch, subject_kind="merge")
    keep_id, gone_id = note.subject_id, note.before["gone"]
    with connection.cursor() as cursor:
        for table, column, _only in _tables():
            cursor.execute(_BACK.format(table=table, column=column), [gone_id, batch.pk, f"{table}.{column}", keep_id])
    keep = Client.objects.get(pk=keep_id)
    present = values_of(keep)
    back = {
        field: value for field, value in note.before["fields"].items() if present[field] == note.after["fields"][field]
    }
    if back:
        edit(client=keep, changes=back, by=Actor(by.organisation_id, by.employee_id, "import"), at=at)
    own_back, own_kept = _own_back(keep, note)
    if own_back:
        parts.publish_changed(keep, own_back, by=by, at=at)
    changes: dict[str, Any] = {"merged_into": None, "updated_at": at}
    if not note.before["archived"]:
        changes["archived_at"] = None
    Client.objects.filter(pk=gone_id).update(**changes)
    _settle([keep_id, gone_id], by=by, at=at)
    publish(ClientsMerged(client_id=keep_id, gone_id=gone_id, undone=True), by=by, at=at)
    report = {"restored": 1, "kept": len(note.before["fields"]) - len(back) + own_kept}
    batch.state, batch.undo_report = Batch.State.UNDONE, report
    batch.save(update_fields=["state", "undo_report"])
    return report


def _own_back(keep: Client, note: Any) -> tuple[list[own_values.Change], int]:
    """Own fields that still say what the merge made them say go back; (what changed, how many were kept)."""
    taken = note.after.get("own", {})
    known = own.all_definitions(keep.organisation_id) if taken else ()
    back = [
        change
        for token, now in taken.items()
        if (change := own_values.put_back(keep, token, note.before["own"][token], now, known)) is not None
    ]
    return back, len(taken) - len(back)
