"""Verbs of the bridge: take a file, agree on its columns, have it checked, brought in, taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.bridge import files
from ritm.bridge.kinds import KINDS, Kind, Mapping, plain_role
from ritm.bridge.models import Import, MappingMemory
from ritm.bridge.rules.documents import open_document
from ritm.bridge.rules.refused import UnreadableFile
from ritm.bridge.rules.tables import Table
from ritm.journal.models import Batch
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal

State = Import.State
# Rows shown under each column.
SAMPLES = 8


def kind_of(source: Import) -> Kind:
    """This function will give the kind that reads an import."""
    return KINDS[source.kind]


def read(stored: str, *, sheet: str | None = None) -> Table:
    """This function will open a stored file; what cannot be read at all is refused with the reason."""
    try:
        return open_document(files.place(stored), sheet=sheet)
    except UnreadableFile as error:
        from django.utils.translation import get_language

        lang = "en" if (get_language() or "ru").startswith("en") else "ru"
        sentence = error.reason.say(lang)  # type: ignore[arg-type]
        raise Refusal(f"{sentence[:1].upper()}{sentence[1:]}.", code=error.reason.code, field="file") from error


@transaction.atomic
def take_file(*, kind: str, filename: str, pieces: Iterable[bytes], by: Actor, at: dt.datetime) -> Import:
    """
    This function will keep a file, look into it and propose how to read it.

    The columns are mapped as last time when a file with the same columns came before. Refuses a file that is no
    table, is empty, too large or damaged; nothing of it stays on disk then.
    """
    if KINDS.get(kind) is None:
        raise Refusal(_("Choose what the file brings."), code="no_kind", field="kind")
    stored = files.keep(pieces)
    try:
        table = read(stored.path)
        return Import.objects.create(
            organisation_id=by.organisation_id,
            kind=kind,
            filename=filename[-300:] or "file",
            stored=stored.path,
            size=stored.size,
            digest=stored.digest,
            understood=describe(table),
            mapping=_propose(kind, table, by.organisation_id).as_json(),
            created_by_id=by.employee_id,
            created_at=at,
        )
    except BaseException:
        files.forget(stored.path)
        raise


def describe(table: Table) -> dict[str, Any]:
    """This function will say what was understood of a file, as plain values."""
    return {
        "format": table.format,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "header_row": table.header_row,
        "columns": list(table.columns),
        "samples": [[_shown(cell) for cell in row] for row in table.samples[:SAMPLES]],
    }


@transaction.atomic
def choose_sheet(*, source: Import, sheet: str, by: Actor) -> None:
    """This function will look at another sheet of the workbook."""
    _expect(source, State.UPLOADED, State.CHECKED, State.FAILED)
    table = read(source.stored, sheet=sheet)
    source.understood = describe(table)
    source.mapping = _propose(source.kind, table, by.organisation_id).as_json()
    source.save(update_fields=["understood", "mapping"])


@transaction.atomic
def agree_on_columns(*, source: Import, mapping: Mapping, by: Actor, at: dt.datetime) -> None:
    """
    This function will fix how the file is read, remember that for files with the same columns, and await the dry run.

    Refuses a mapping without what the kind needs, and a file that is being brought in or is in already.
    """
    _expect(source, State.UPLOADED, State.CHECKED, State.FAILED, State.DRY)
    kind = kind_of(source)
    columns = source.understood["columns"]
    taken = list(mapping.roles.values())
    if len(set(taken)) != len(taken) or not all(0 <= column < len(columns) for column in taken):
        raise Refusal(_("One column cannot be two things."), code="column_twice")
    kind.check(mapping)
    source.mapping = mapping.as_json()
    source.state = State.DRY
    source.counts, source.failure, source.done_rows = {}, "", 0
    source.save(update_fields=["mapping", "state", "counts", "failure", "done_rows"])
    MappingMemory.objects.update_or_create(
        organisation_id=by.organisation_id,
        kind=source.kind,
        columns_digest=columns_digest(columns),
        defaults={
            "mapping": {"roles": {role: columns[i] for role, i in mapping.roles.items()}, "options": mapping.options},
            "used_at": at,
        },
    )


@transaction.atomic
def begin(*, source: Import, by: Actor, at: dt.datetime) -> None:
    """This function will mark a checked file for being brought in, and open the batch that its undo will need."""
    _expect(source, State.CHECKED, State.FAILED)
    if source.batch_id is None:
        source.batch = Batch.objects.create(
            organisation_id=by.organisation_id,
            kind=f"import.{source.kind}",
            title=source.filename,
            employee_id=by.employee_id,
            started_at=at,
            total=source.total_rows,
        )
    else:
        Batch.objects.filter(pk=source.batch_id).update(state=Batch.State.RUNNING, ended_at=None)
    source.state = State.RUNNING
    source.failure, source.done_rows = "", 0
    source.save(update_fields=["state", "batch", "failure", "done_rows"])


@transaction.atomic
def begin_undo(*, source: Import, by: Actor, at: dt.datetime) -> None:
    """This function will mark what the file brought for being taken back."""
    if source.batch_id is None:
        raise Refusal(_("This file has brought nothing in."), code="nothing_to_undo")
    _expect(source, State.DONE, State.FAILED)
    source.state = State.UNDOING
    source.save(update_fields=["state"])


def _shown(cell: object) -> str:
    """A cell as its spreadsheet shows it: 1 and not 1.0."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)[:80]


def columns_digest(columns: Iterable[str]) -> str:
    """This function will give the mark by which files with the same columns are known."""
    return hashlib.sha256(json.dumps(list(columns), ensure_ascii=False).encode()).hexdigest()


def _propose(kind: str, table: Table, organisation_id: int) -> Mapping:
    """The guess, with the roles as they were agreed last time for the same columns."""
    guess = KINDS[kind].guess(table, organisation_id)
    known = MappingMemory.objects.filter(
        organisation_id=organisation_id, kind=kind, columns_digest=columns_digest(table.columns)
    ).first()
    if known is None:
        return guess
    place = {name: i for i, name in enumerate(table.columns)}
    roles = {role: place[name] for role, name in known.mapping["roles"].items() if name in place}
    # An own field may have been put away since.
    offered = KINDS[kind].roles(organisation_id)
    roles = {role: at for role, at in roles.items() if plain_role(role) in offered}
    return Mapping(roles, guess.day_first, guess.decimal, guess.sheet, known.mapping.get("options", guess.options))


def _expect(source: Import, *states: str) -> None:
    """The row is locked, so that two clicks do not start the same thing twice."""
    now = Import.objects.select_for_update().only("state").get(pk=source.pk).state
    if now not in states:
        raise Refusal(_("This file is %(state)s now.") % {"state": State(now).label}, code="wrong_state")
