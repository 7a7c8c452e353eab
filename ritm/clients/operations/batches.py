"""
Changes of many clients at once, each a Batch that can be taken back: another owner, the archive, a tag.

One engine for both sizes. A batch chooses its rows at the start and works them off in chunks: a few in the transaction
of who waits for them, many in a job (`step`), each chunk a transaction of its own. A killed worker loses at most one
chunk, and the next goes on where it stopped. An undo restores what is still as the batch left it; what somebody changed
later is kept, and named. What a chunk does, and how it is taken back, is in `changes.py`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from ritm.clients import own
from ritm.clients.events import ClientsBatchEnded, ClientsBatchUndone, ClientsTagged
from ritm.clients.models import Client, Tag, Tagging
from ritm.clients.operations import own_values, ownership
from ritm.clients.operations.changes import ARCHIVE, CHANGES, FILL, REASSIGN, TAG, Changed
from ritm.clients.rules.own import Definition, Value, written
from ritm.clients.sockets import GOES_ALONG
from ritm.journal.models import Batch, BatchRow
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.shell.writing import show_number
from ritm.staff.models import Employee, Organisation
from ritm.staff.queries import viewer_of

# Clients of one transaction, where a job is at work.
CHUNK = 1_000
# The first half of an advisory lock's key: 'bulk'.
_LOCK = 0x62756C6B
State, Row = Batch.State, BatchRow.State


@dataclass(frozen=True)
class Order:
    """What is to be done to many: `title` says %(count)s, `plan` is what `changes.py` needs, plain values."""

    kind: str
    title: str
    plan: dict[str, Any]


def to_reassign(*, owner: Employee | None, why: str) -> Order:
    """This function will word the order to give clients to `owner`; who has left is refused."""
    ownership.refuse_gone(owner)
    name = str(owner or _("nobody")).replace("%", "%%")
    title = _("%(count)s clients to %(name)s") % {"count": "%(count)s", "name": name}
    return Order(REASSIGN, title, {"owner_id": owner.pk if owner else None, "why": why})


def to_archive() -> Order:
    """This function will word the order to put clients away."""
    return Order(ARCHIVE, _("%(count)s clients archived"), {})


def to_tag(name: str, *, organisation_id: int) -> Order:
    """This function will word the order to put a tag on clients; a new tag is made."""
    tag = tag_named(name, organisation_id=organisation_id)
    said = {"count": "%(count)s", "tag": tag.name.replace("%", "%%")}
    return Order(TAG, _("%(count)s clients tagged “%(tag)s”") % said, {"tag_id": tag.pk, "tag": tag.name})


def to_fill_in(*, definition: Definition, value: Value, by: Actor) -> Order:
    """This function will word the order to fill an own field in; a required one is not emptied."""
    if definition.required and value is None:
        own_values.refuse_empty(definition, by=by)
    said = own.shown(definition, value).replace("%", "%%") or _("empty")
    words = {"count": "%(count)s", "field": definition.name.replace("%", "%%"), "value": said[:120]}
    title = _("“%(field)s”: %(value)s, clients: %(count)s") % words
    return Order(FILL, title, {"field_id": definition.id, "value": written(definition, value)})


@transaction.atomic
def at_once(*, order: Order, client_ids: Collection[int], by: Actor, at: dt.datetime) -> Batch:
    """This function will carry an order out in one transaction. The ids must be within the author's reach already."""
    change = CHANGES[order.kind]
    did = change.do(client_ids=client_ids, plan=order.plan, mark=at, by=by, at=at)
    along, counts = _companions(order.kind, order.plan, did, by=by, at=at)
    same = [pk for pk in client_ids if pk not in did]
    batch = _open(order, len(client_ids), by=by, at=at)
    batch.state, batch.done, batch.ended_at = State.DONE, len(did), at
    batch.counts = {"client": len(did)} | counts | ({"refused": len(same)} if same else {})
    batch.save()
    rows = [BatchRow(subject_kind="client", subject_id=pk, before=was, after=now) for pk, (was, now) in did.items()]
    rows += [BatchRow(subject_kind="client", subject_id=pk, state=Row.REFUSED, why=change.same) for pk in same]
    _note(batch, rows + along)
    return batch


@transaction.atomic
def begin(*, order: Order, chosen: QuerySet[Client], by: Actor, at: dt.datetime) -> Batch:
    """
    This function will open a batch for a job and choose its clients as they are now; nothing is done yet.

    One at a time: whoever has another one at work is refused.
    """
    _alone(by.organisation_id, by.employee_id)
    batch = _open(order, 0, by=by, at=at)
    batch.save()
    batch.total = _choose(batch, chosen)
    batch.title = _titled(order, batch.total)
    batch.save(update_fields=["total", "title"])
    return batch


def _alone(organisation_id: int, employee_id: int | None) -> None:
    """Refuses a second change of many clients by one person while his first is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, employee_id])
    busy = Batch.objects.filter(organisation_id=organisation_id, employee_id=employee_id, kind__in=CHANGES)
    if busy.filter(state__in=(State.RUNNING, State.UNDOING)).exists():
        raise Refusal(_("Another change of many clients of yours is at work. Wait until it is done."), code="busy")


def _open(order: Order, total: int, *, by: Actor, at: dt.datetime) -> Batch:
    return Batch(
        organisation_id=by.organisation_id,
        kind=order.kind,
        title=_titled(order, total),
        employee_id=by.employee_id,
        started_at=at,
        total=total,
        plan=order.plan | {"language": get_language() or "ru"},
    )


def _titled(order: Order, count: int) -> str:
    return (order.title % {"count": show_number(count)})[:300]


def _choose(batch: Batch, chosen: QuerySet[Client]) -> int:
    # In the order of ids, as every other place locks clients.
    sql, params = chosen.order_by("pk").values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id, state)"
            f" SELECT %s, %s, 'client', s.id, 'chosen' FROM ({sql}) s(id)",
            [batch.organisation_id, batch.pk, *params],
        )
        return int(cursor.rowcount)


@contextmanager
def in_its_language(batch_id: int) -> Iterator[None]:
    """This context will let its body speak as the batch's author reads."""
    plan = Batch.objects.values_list("plan", flat=True).get(pk=batch_id)
    with override(plan.get("language", "ru")):
        yield


@transaction.atomic
def step(*, batch_id: int, at: dt.datetime, size: int = CHUNK) -> bool:
    """
    This function will do the next `size` rows of a batch that is running, or being undone; False when none is left.

    It may be called again after it was cut off, and by two at once: the batch is locked for the chunk.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    with in_its_language(batch_id):
        if batch.state == State.RUNNING:
            return _forth(batch, size, at)
        if batch.state == State.UNDOING:
            return _back(batch, size, at)
    return False


def _forth(batch: Batch, size: int, at: dt.datetime) -> bool:
    by, change = Actor(batch.organisation_id, batch.employee_id), CHANGES[batch.kind]
    waiting = BatchRow.objects.filter(batch=batch, state=Row.CHOSEN).order_by("id")[:size]
    rows = dict(waiting.values_list("subject_id", "id"))
    if not rows:
        _finish(batch, at)
        return False
    within = _within_reach(batch, change.verb, rows, at)
    did = change.do(client_ids=within, plan=batch.plan, mark=batch.started_at, by=by, at=at) if within else {}
    told: list[tuple[int, str, str, Any, Any]] = [
        (rows[pk], Row.DONE, "", before, after) for pk, (before, after) in did.items()
    ]
    mine = set(within)
    told += [
        (row, Row.REFUSED, change.same if pk in mine else "reach", None, None)
        for pk, row in rows.items()
        if pk not in did
    ]
    _tell(told)
    along, moved = _companions(batch.kind, batch.plan, did, by=by, at=at)
    _note(batch, along)
    fresh = {"client": len(did)} | moved | ({"refused": len(rows) - len(did)} if len(did) < len(rows) else {})
    batch.counts |= {key: batch.counts.get(key, 0) + count for key, count in fresh.items()}
    batch.done += len(rows)
    if len(rows) < size:
        _finish(batch, at)
        return False
    batch.save(update_fields=["counts", "done"])
    return True


def _within_reach(batch: Batch, verb: str, rows: dict[int, int], at: dt.datetime) -> list[int]:
    """Those whom the author may still change: a job works behind his back, and a minute has passed, or a day."""
    viewer = viewer_of(batch.employee_id, at=at) if batch.employee_id is not None else None
    if viewer is None:
        raise Refusal(_("Whoever began this no longer works here."), code="author_left")
    found = Client.objects.visible_to(viewer, verb).filter(pk__in=rows)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _companions(
    kind: str, plan: dict[str, Any], did: Changed, *, by: Actor, at: dt.datetime
) -> tuple[list[BatchRow], dict[str, int]]:
    """What rooms above have plugged in goes along with clients who change hands: its rows, and how many of each."""
    rows: list[BatchRow] = []
    counts: dict[str, int] = {}
    if kind == REASSIGN and did:
        zone = Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id)
        today = local_date(at, zone)
        for companion in GOES_ALONG:
            if companion.move is None:
                counts[companion.key] = companion.count(list(did), today)
                continue
            moved = companion.move(client_ids=list(did), owner_id=plan["owner_id"], by=by, at=at)
            rows += [
                BatchRow(subject_kind=f"{companion.key}:{noun}", subject_id=pk, before=before, after=after)
                for noun, pk, before, after in moved
            ]
            counts[companion.key] = len(moved)
    return rows, {key: count for key, count in counts.items() if count}


def _finish(batch: Batch, at: dt.datetime) -> None:
    batch.state, batch.ended_at, batch.done = State.DONE, at, batch.counts.get("client", 0)
    batch.save(update_fields=["state", "ended_at", "counts", "done"])


def _tell(rows: list[tuple[int, str, str, Any, Any]]) -> None:
    """Write what became of rows: (row, state, why, before, after)."""
    columns = list(zip(*rows, strict=True))
    as_json = [[None if one is None else json.dumps(one) for one in column] for column in columns[3:]]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_batchrow r SET state = v.state, why = v.why, before = v.before::jsonb,"
            " after = v.after::jsonb FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])"
            " AS v(id, state, why, before, after) WHERE r.id = v.id",
            [*(list(map(str, column)) if i else list(column) for i, column in enumerate(columns[:3])), *as_json],
        )


def _note(batch: Batch, rows: list[BatchRow]) -> None:
    for row in rows:
        row.organisation_id, row.batch = batch.organisation_id, batch
    BatchRow.objects.bulk_create(rows, batch_size=2000)


def reassign(*, client_ids: Collection[int], owner: Employee | None, why: str, by: Actor, at: dt.datetime) -> Batch:
    """
    This function will give these clients to `owner` with everything open of theirs that rooms above have plugged in.

    One transaction. The ids must be within the author's reach already.
    """
    return at_once(order=to_reassign(owner=owner, why=why), client_ids=client_ids, by=by, at=at)


@transaction.atomic
def archive_many(*, client_ids: Collection[int], by: Actor, at: dt.datetime) -> Batch:
    """This function will put clients away; those who are away already are left alone."""
    return at_once(order=to_archive(), client_ids=client_ids, by=by, at=at)


@transaction.atomic
def tag_many(*, client_ids: Collection[int], name: str, by: Actor, at: dt.datetime) -> Batch:
    """This function will put a tag on clients; those who bear it already are left alone."""
    return at_once(order=to_tag(name, organisation_id=by.organisation_id), client_ids=client_ids, by=by, at=at)


def tag_named(name: str, *, organisation_id: int) -> Tag:
    """This function will find a tag whatever the case, or make it; an empty one is refused."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refusal(_("Write a tag of at most 60 letters."), code="tag", field="tag")
    known = Tag.objects.filter(organisation_id=organisation_id, name__iexact=name).first()
    return known or Tag.objects.create(organisation_id=organisation_id, name=name)


@transaction.atomic
def untag(*, client: Client, tag: Tag, by: Actor, at: dt.datetime) -> None:
    """This function will take a tag off a client."""
    gone, _rows = Tagging.objects.filter(client=client, tag=tag).delete()
    if gone:
        publish(ClientsTagged(client_ids=(client.pk,), tag=tag.name, off=True), by=by, at=at)


@transaction.atomic
def cancel(*, batch: Batch, at: dt.datetime) -> None:
    """This function will stop a batch after the chunk that is at work; what is done remains, and can be undone."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.RUNNING:
        raise Refusal(_("This is over already."), code="over")
    batch.state, batch.ended_at = State.CANCELLED, at
    batch.save(update_fields=["state", "ended_at"])


@transaction.atomic
def fail(*, batch_id: int, sentence: str, at: dt.datetime) -> None:
    """This function will say on a batch why it stopped; it can be taken up again."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state in (State.RUNNING, State.UNDOING):
        batch.plan |= {"failure": sentence, "stood": batch.state}
        batch.state, batch.ended_at = State.FAILED, at
        batch.save(update_fields=["state", "ended_at", "plan"])


@transaction.atomic
def tell_end(*, batch_id: int, at: dt.datetime) -> None:
    """This function will publish that the job of a batch has ended, for whoever began it and went on with his work."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state in (State.RUNNING, State.UNDOING):
        return  # another job is at it
    undo, counts = batch.undo_report or {}, batch.counts
    employee_id = batch.plan.get("undone_by", batch.employee_id) if undo else batch.employee_id
    publish(
        ClientsBatchEnded(
            batch_id=batch.pk,
            employee_id=employee_id,
            title=batch.title,
            state=batch.state,
            done=undo.get("restored", 0) if undo else counts.get("client", 0),
            left=undo.get("kept", 0) if undo else counts.get("refused", 0),
        ),
        by=Actor(batch.organisation_id, employee_id),
        at=at,
    )


@transaction.atomic
def go_on(*, batch: Batch) -> None:
    """This function will take up what was stopped, by an error or by hand."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in (State.FAILED, State.CANCELLED) or batch.kind not in CHANGES:
        raise Refusal(_("This is over already."), code="over")
    _alone(batch.organisation_id, batch.employee_id)
    batch.plan.pop("failure", None)
    batch.state, batch.ended_at = batch.plan.pop("stood", State.RUNNING), None
    batch.save(update_fields=["state", "ended_at", "plan"])


@transaction.atomic
def begin_undo(*, batch: Batch, by: Actor, at: dt.datetime) -> Batch:
    """This function will mark a batch for being taken back; what still waits in it will not be done any more."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in (State.DONE, State.CANCELLED, State.FAILED) or batch.kind not in CHANGES:
        raise Refusal(_("This has been undone already, or cannot be."), code="not_undoable")
    batch.plan.pop("failure", None)
    batch.plan.pop("stood", None)
    batch.plan |= {"undone_by": by.employee_id}
    batch.state, batch.undo_report = State.UNDOING, batch.undo_report or {"restored": 0, "kept": 0}
    batch.save(update_fields=["state", "undo_report", "plan"])
    return batch


@transaction.atomic
def undo_batch(*, batch: Batch, by: Actor, at: dt.datetime) -> dict[str, int]:
    """
    This function will take a batch back and return {'restored': …, 'kept': …}: kept are clients whom somebody
    changed after it. One transaction.
    """
    batch = begin_undo(batch=batch, by=by, at=at)
    while step(batch_id=batch.pk, at=at, size=2**31 - 1):
        pass
    batch.refresh_from_db()
    report: dict[str, int] = batch.undo_report or {}
    return report


def _back(batch: Batch, size: int, at: dt.datetime) -> bool:
    by = Actor(batch.organisation_id, batch.plan["undone_by"])
    done = BatchRow.objects.filter(batch=batch, state=Row.DONE).order_by("id")
    rows = list(done.filter(subject_kind="client")[:size])
    if rows:
        kept = CHANGES[batch.kind].back(rows=rows, mark=batch.started_at, by=by, at=at)
        _tell(
            [
                (row.pk, Row.KEPT if row.subject_id in kept else Row.RESTORED, kept.get(row.subject_id, ""),
                 row.before, row.after)
                for row in rows
            ]
        )  # fmt: skip
        report = batch.undo_report or {}
        batch.undo_report = {
            "restored": report.get("restored", 0) + len(rows) - len(kept),
            "kept": report.get("kept", 0) + len(kept),
        }
        batch.save(update_fields=["undo_report"])
        return True
    along = list(done[:size])
    if along:
        for companion in GOES_ALONG:
            theirs = [row for row in along if row.subject_kind.startswith(f"{companion.key}:")]
            if theirs and companion.put_back is not None:
                companion.put_back(rows=theirs, by=by, at=at)
        BatchRow.objects.filter(pk__in=[row.pk for row in along]).update(state=Row.RESTORED)
        return True
    batch.state, batch.ended_at = State.UNDONE, at
    batch.save(update_fields=["state", "ended_at"])
    publish(ClientsBatchUndone(batch_id=batch.pk, title=batch.title, **(batch.undo_report or {})), by=by, at=at)
    return False
