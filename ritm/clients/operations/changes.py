"""
What may be done to many clients at once, a chunk at a time, and how each is taken back.

Everything is set-wise and takes what it needs from `plan`, plain values that a job can keep. `mark` is the moment the
whole batch began: the archive and tags bear it, so that an undo knows its own work from what people did later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from ritm.clients import own
from ritm.clients.events import ClientsArchived, ClientsFilledIn, ClientsTagged
from ritm.clients.models import Client, Tagging
from ritm.clients.operations import own_values, ownership
from ritm.clients.rules.own import Definition, Value, unwritten, written
from ritm.journal.models import Batch, BatchRow
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee

REASSIGN, ARCHIVE, TAG, FILL = "clients.reassign", "clients.archive", "clients.tag", "clients.fill_in"

# Per client: what stood before, what stands now.
Changed = dict[int, tuple[dict[str, Any], dict[str, Any]]]


@dataclass(frozen=True)
class Change:
    """
    `verb` is the right it needs; `same` is the word for clients who were like that already.

    `do` changes what is not so yet and returns it; `back` restores what is still as the batch left it and returns the
    others, each with a word for why he was kept.
    """

    verb: str
    same: str
    do: Callable[..., Changed]
    back: Callable[..., dict[int, str]]


def _give(
    *, client_ids: Collection[int], plan: dict[str, Any], mark: dt.datetime, by: Actor, at: dt.datetime
) -> Changed:
    to = plan["owner_id"]
    owner = Employee.objects.get(pk=to) if to is not None else None
    moved = ownership.assign_many(client_ids=client_ids, owner=owner, why=plan["why"], by=by, at=at)
    return {pk: ({"owner_id": former}, {"owner_id": to}) for pk, former in moved}


def _take(*, rows: Sequence[BatchRow], mark: dt.datetime, by: Actor, at: dt.datetime) -> dict[int, str]:
    present = dict(_locked([row.subject_id for row in rows]).values_list("pk", "owner_id"))
    kept: dict[int, str] = {}
    back: dict[int, int | None] = {}
    # Whoever has left cannot have his clients back: they stay where they are.
    formers = {(row.before or {})["owner_id"] for row in rows} - {None}
    here = {None, *Employee.objects.filter(pk__in=formers, left_on=None).values_list("pk", flat=True)}
    for row in rows:
        former = (row.before or {})["owner_id"]
        if row.subject_id not in present:
            kept[row.subject_id] = "gone"
        elif present[row.subject_id] != (row.after or {})["owner_id"]:
            kept[row.subject_id] = "owner"
        elif former not in here:
            kept[row.subject_id] = "left"
        else:
            back[row.subject_id] = former
    ownership.give_back(owners=back, why=_("undone"), by=by, at=at)
    return kept


def _put_away(
    *, client_ids: Collection[int], plan: dict[str, Any], mark: dt.datetime, by: Actor, at: dt.datetime
) -> Changed:
    ids = list(_locked(client_ids).filter(archived_at=None).values_list("pk", flat=True))
    Client.objects.filter(pk__in=ids).update(archived_at=mark, updated_at=at)
    if ids:
        publish(ClientsArchived(client_ids=tuple(ids)), by=by, at=at)
    return {pk: ({"archived": False}, {"archived": True}) for pk in ids}


def _bring_out(*, rows: Sequence[BatchRow], mark: dt.datetime, by: Actor, at: dt.datetime) -> dict[int, str]:
    present = dict(_locked([row.subject_id for row in rows]).values_list("pk", "archived_at"))
    # Archived at that very moment, or archived again since by somebody who meant it.
    ours = [pk for pk, moment in present.items() if moment == mark]
    Client.objects.filter(pk__in=ours).update(archived_at=None, updated_at=at)
    return {pk: "archive" if pk in present else "gone" for pk in _but(rows, ours)}


def _tag(
    *, client_ids: Collection[int], plan: dict[str, Any], mark: dt.datetime, by: Actor, at: dt.datetime
) -> Changed:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clients_tagging (organisation_id, client_id, tag_id, at)"
            " SELECT organisation_id, id, %s, %s FROM clients_client WHERE id = ANY(%s)"
            " ON CONFLICT (client_id, tag_id) DO NOTHING RETURNING client_id",
            [plan["tag_id"], mark, list(client_ids)],
        )
        ids = sorted(row[0] for row in cursor.fetchall())
    if ids:
        publish(ClientsTagged(client_ids=tuple(ids), tag=plan["tag"]), by=by, at=at)
    return {pk: ({"tag_id": None}, {"tag_id": plan["tag_id"]}) for pk in ids}


def _untag(*, rows: Sequence[BatchRow], mark: dt.datetime, by: Actor, at: dt.datetime) -> dict[int, str]:
    tag_id = (rows[0].after or {})["tag_id"]
    theirs = Tagging.objects.filter(client_id__in=[row.subject_id for row in rows], tag_id=tag_id, at=mark)
    ours = list(theirs.select_for_update().values_list("client_id", flat=True))
    theirs.filter(client_id__in=ours).delete()
    return dict.fromkeys(_but(rows, ours), "tag")


def _fill(
    *, client_ids: Collection[int], plan: dict[str, Any], mark: dt.datetime, by: Actor, at: dt.datetime
) -> Changed:
    definition = _definition(plan, by)
    if definition is None:
        raise Refusal(_("This field has been put away."), code="field")
    ids = list(_locked(client_ids).values_list("pk", flat=True))
    value = unwritten(definition, plan["value"])
    held = own.values_of(ids, [definition])
    before = {pk: held.get(pk, {}).get(definition.id) for pk in ids}
    differ = {pk: was for pk, was in before.items() if was != value}
    own_values.write_many(dict.fromkeys(differ, value), definition, by=by)
    if differ:
        said = own_values.kept(definition, value)
        publish(ClientsFilledIn(client_ids=tuple(differ), field=definition.token, value=said), by=by, at=at)
    after = written(definition, value)
    return {pk: ({"value": written(definition, was)}, {"value": after}) for pk, was in differ.items()}


def _empty(*, rows: Sequence[BatchRow], mark: dt.datetime, by: Actor, at: dt.datetime) -> dict[int, str]:
    plan = Batch.objects.values_list("plan", flat=True).get(pk=rows[0].batch_id)
    definition = _definition(plan, by)
    if definition is None:
        return {row.subject_id: "field" for row in rows}
    ids = set(_locked([row.subject_id for row in rows]).values_list("pk", flat=True))
    held = own.values_of(ids, [definition])
    kept: dict[int, str] = {}
    back: dict[int, Value] = {}
    for row in rows:
        now = held.get(row.subject_id, {}).get(definition.id)
        if row.subject_id not in ids:
            kept[row.subject_id] = "gone"
        elif written(definition, now) != (row.after or {})["value"]:
            kept[row.subject_id] = "own"
        else:
            back[row.subject_id] = unwritten(definition, (row.before or {})["value"])
    own_values.write_many(back, definition, by=by)
    if back:
        publish(ClientsFilledIn(client_ids=tuple(back), field=definition.token, value="", undone=True), by=by, at=at)
    return kept


def _definition(plan: dict[str, Any], by: Actor) -> Definition | None:
    known = own.all_definitions(by.organisation_id)
    return next((one for one in known if one.id == plan["field_id"]), None)


def _locked(client_ids: Collection[int]) -> Any:
    return Client.objects.filter(pk__in=client_ids).order_by("pk").select_for_update(of=("self",))


def _but(rows: Sequence[BatchRow], ours: Collection[int]) -> list[int]:
    done = set(ours)
    return [row.subject_id for row in rows if row.subject_id not in done]


CHANGES = {
    REASSIGN: Change("assign", "same_owner", _give, _take),
    ARCHIVE: Change("archive", "same_archive", _put_away, _bring_out),
    TAG: Change("edit", "same_tag", _tag, _untag),
    FILL: Change("edit", "same_own", _fill, _empty),
}
