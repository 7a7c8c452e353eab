"""
The passes over a file: the dry run, the run, the undo.

A pass is many transactions, one per chunk, so that its progress is seen and a killed worker loses at most one of them.
What is done already is recognised and skipped, so a pass may always be started again from the beginning. One pass at
a time per organisation: a lock of the database session, which the database itself lets go when the worker dies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from ritm.bridge import operations
from ritm.bridge.events import ImportFinished, ImportUndone
from ritm.bridge.kinds import Kind, Mapping, Session
from ritm.bridge.kinds import Problem as Found
from ritm.bridge.models import Import, Problem
from ritm.bridge.rules.tables import Table
from ritm.journal import tenancy
from ritm.journal.models import Batch
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Organisation, Person

State = Import.State
# The first half of an advisory lock's key: 'imports'.
_LOCK = 0x494D50


class Busy(Refusal):
    """Another file of this organisation is being brought in."""


Watch = Callable[[str, int, int], None]


def _unwatched(phase: str, done: int, total: int) -> None:
    return None


def check(*, organisation_id: int, import_id: int, at: dt.datetime, watch: Watch = _unwatched) -> bool:
    """
    This function will read the whole file and count what bringing it in would do, without doing it.

    Returns False when there is nothing to do (done already, or taken back). Raises Busy.
    """
    return _pass(organisation_id, import_id, State.DRY, at, watch, dry=True)


def run(*, organisation_id: int, import_id: int, at: dt.datetime, watch: Watch = _unwatched) -> bool:
    """This function will bring the file in; it may be called again after it was cut off. Raises Busy."""
    return _pass(organisation_id, import_id, State.RUNNING, at, watch, dry=False)


def undo(*, organisation_id: int, import_id: int, at: dt.datetime) -> bool:
    """This function will take back what the file brought, but for what was touched since. Raises Busy."""
    with _alone(organisation_id), tenancy.organisation(organisation_id):
        source = Import.objects.select_related("batch").get(pk=import_id)
        if source.state != State.UNDOING or source.batch is None:
            return False
        by = Actor(organisation_id, source.created_by_id, "import")
        report = operations.kind_of(source).undo(source.batch.pk, by=by, at=at)
        Batch.objects.filter(pk=source.batch.pk).update(state=Batch.State.UNDONE, ended_at=at, undo_report=report)
        source.state, source.ended_at = State.UNDONE, at
        source.save(update_fields=["state", "ended_at"])
        kept = sum(count for key, count in report.items() if key.endswith("_kept"))
        publish(ImportUndone(import_id=source.pk, kind=source.kind, filename=source.filename, kept=kept), by=by, at=at)
    return True


def fail(*, organisation_id: int, import_id: int, sentence: str, at: dt.datetime) -> None:
    """This function will say on the import why its pass stopped; it can be started again."""
    with tenancy.organisation(organisation_id):
        Import.objects.filter(pk=import_id).update(state=State.FAILED, failure=sentence, ended_at=at)
        stopped = Import.objects.filter(pk=import_id).values("batch_id")
        Batch.objects.filter(pk__in=stopped, state=Batch.State.RUNNING).update(state=Batch.State.FAILED, ended_at=at)


def _pass(organisation_id: int, import_id: int, state: str, at: dt.datetime, watch: Watch, *, dry: bool) -> bool:
    with _alone(organisation_id):
        with tenancy.organisation(organisation_id):
            source = Import.objects.get(pk=import_id)
            if source.state != state:
                return False
            session, language = _session(source, at)
            Problem.objects.filter(source_id=source.pk).delete()
        kind = operations.kind_of(source)
        try:
            with override(language):
                try:
                    _read(kind, session, source, watch, language)
                    if dry:
                        _checked(kind, session, source)
                    else:
                        _bring_in(kind, session, source, at, watch)
                finally:
                    if not connection.needs_rollback:
                        kind.close()
        except (OperationalError, InterfaceError):
            # The database went away: the job is done again.
            raise
        except Refusal as refusal:
            fail(organisation_id=organisation_id, import_id=import_id, sentence=str(refusal), at=at)
        except Exception:
            with override(language):
                sentence = _(
                    "Something went wrong on our side; it is written down. Start again: nothing comes in twice."
                )
            fail(organisation_id=organisation_id, import_id=import_id, sentence=sentence, at=at)
            raise
    return True


def _session(source: Import, at: dt.datetime) -> tuple[Session, str]:
    organisation = Organisation.objects.get(pk=source.organisation_id)
    language = "ru"
    if source.created_by is not None and source.created_by.person_id is not None:
        language = Person.objects.get(pk=source.created_by.person_id).language
    session = Session(
        organisation_id=source.organisation_id,
        today=local_date(at, organisation.timezone),
        mapping=Mapping.from_json(source.mapping),
        columns=tuple(source.understood["columns"]),
        area_code=organisation.area_code,
        batch_id=source.batch_id,
    )
    return session, language


def _read(kind: Kind, session: Session, source: Import, watch: Watch, language: str) -> None:
    """Stage and settle the whole file; each chunk's problems are kept at once."""
    table = operations.read(source.stored, sheet=session.mapping.sheet)
    if table.columns != session.columns:
        raise Refusal(_("The file has other columns now. Bring it in anew."), code="columns_changed")
    kind.open(session)
    refused = 0

    def seen(read: int, problems: Sequence[Found]) -> None:
        nonlocal refused
        refused += sum(problem.refused for problem in problems)
        with tenancy.organisation(session.organisation_id):
            _note(source, problems, language)
            Import.objects.filter(pk=source.pk).update(done_rows=read)
        watch("reading", read, source.total_rows or 0)

    counts = kind.stage(session, table, seen)
    missing: list[Found] = []
    with tenancy.organisation(session.organisation_id):
        for batch in kind.settle(session):
            refused += sum(problem.refused for problem in batch)
            missing.extend(problem for problem in batch if problem.refused)
            _note(source, batch, language)
        _fill_cells(source, table, missing)
        source.counts = counts | kind.verdict(session) | {"refused": refused}
        source.total_rows = counts["rows"]
        source.save(update_fields=["counts", "total_rows"])


def _checked(kind: Kind, session: Session, source: Import) -> None:
    with tenancy.organisation(session.organisation_id):
        source.state = State.CHECKED
        source.save(update_fields=["state"])


def _bring_in(kind: Kind, session: Session, source: Import, at: dt.datetime, watch: Watch) -> None:
    by = Actor(session.organisation_id, source.created_by_id, "import")
    total = source.total_rows or 0
    with tenancy.organisation(session.organisation_id):
        chunks = kind.chunks(session)
        Import.objects.filter(pk=source.pk).update(done_rows=0, counts=source.counts | {"phase": "writing"})
    done = 0
    for chunk in chunks:
        with tenancy.organisation(session.organisation_id):
            kind.bring_in(session, chunk, by=by, at=at)
            done += chunk.rows
            Import.objects.filter(pk=source.pk).update(done_rows=done)
            Batch.objects.filter(pk=session.batch_id or 0).update(done=done)
        watch("writing", done, total)
    with tenancy.organisation(session.organisation_id):
        source.counts |= kind.outcome(session)
        source.state, source.ended_at, source.done_rows = State.DONE, at, total
        source.save(update_fields=["counts", "state", "ended_at", "done_rows"])
        Batch.objects.filter(pk=session.batch_id or 0).update(state=Batch.State.DONE, ended_at=at, counts=source.counts)
        publish(
            ImportFinished(
                import_id=source.pk,
                kind=source.kind,
                filename=source.filename,
                created=source.counts.get(f"{kind.key}_new", 0),
                changed=source.counts.get(f"{kind.key}_changed", 0),
                refused=source.counts.get("refused", 0),
            ),
            by=by,
            at=at,
        )


def _note(source: Import, problems: Sequence[Found], language: str) -> None:
    Problem.objects.bulk_create(
        (
            Problem(
                organisation_id=source.organisation_id,
                source_id=source.pk,
                row=problem.row,
                column=problem.column[:200],
                value=problem.value[:500],
                code=problem.reason.code,
                sentence=problem.reason.say("en" if language == "en" else "ru")[:500],
                refused=problem.refused,
                cells=[_cell(cell) for cell in problem.cells],
            )
            for problem in problems
        ),
        batch_size=2000,
    )


def _fill_cells(source: Import, table: Table, problems: Sequence[Found]) -> None:
    """Rows that were refused after reading get their cells: the error file is to be mended and brought in again."""
    wanted = {problem.row for problem in problems}
    if not wanted:
        return
    cells = {
        number: [_cell(cell) for cell in row]
        for number, row in table.rows()
        if number in wanted and isinstance(row, list | tuple)
    }
    found: list[Problem] = []
    for problem in Problem.objects.filter(source_id=source.pk, refused=True, cells=[]).iterator(2000):
        if problem.row in cells:
            problem.cells = cells[problem.row]
            found.append(problem)
    Problem.objects.bulk_update(found, ["cells"], batch_size=500)


def _cell(cell: Any) -> Any:
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 2**53:
        return str(int(cell))
    return "" if cell is None else str(cell)[:1000].replace("\0", "")


@contextmanager
def _alone(organisation_id: int) -> Iterator[None]:
    """Hold the organisation's lock for imports for as long as the body runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, organisation_id])
        if not cursor.fetchone()[0]:
            raise Busy(
                _("Another file of this organisation is being brought in; this one waits for it."), code="import_busy"
            )
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, organisation_id])
