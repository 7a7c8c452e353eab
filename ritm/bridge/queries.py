"""Questions to the bridge: what was understood, what came of it, and the refused rows as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ritm.bridge.models import Import, Problem
from ritm.shell.nouns import count_of
from ritm.shell.progress import Progress
from ritm.shell.writing import show_number

FORMATS = {
    "csv": "CSV",
    "xlsx": "Excel (XLSX)",
    "xls": "Excel (XLS)",
    "ods": "OpenDocument (ODS)",
    "html": "HTML",
    "xml": "XML",
}
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1251": "Windows-1251", "utf-16": "UTF-16"}
# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def understood_facts(understood: dict[str, Any]) -> list[tuple[str, str]]:
    """This function will give what was understood of a file as pairs of a label and a value."""
    delimiters = {";": _("semicolon"), ",": _("comma"), "\t": _("tab"), "|": _("bar")}
    facts = [(_("Format"), FORMATS.get(understood["format"], understood["format"]))]
    if understood.get("encoding"):
        encoding = understood["encoding"]
        facts.append((_("Encoding"), ENCODINGS.get(encoding, encoding)))
    if understood.get("delimiter"):
        facts.append((_("Delimiter"), delimiters.get(understood["delimiter"], understood["delimiter"])))
    if understood.get("sheet"):
        facts.append((_("Sheet"), understood["sheet"]))
    header = understood.get("header_row")
    facts.append((_("Header"), _("row %(row)s") % {"row": header} if header else _("none")))
    return facts


def understood_words(understood: dict[str, Any]) -> list[str]:
    """This function will say what was understood of a file, a line per fact."""
    return [f"{label}: {value}" for label, value in understood_facts(understood)]


def count_words(source: Import) -> list[tuple[str, int]]:
    """This function will give the counts of a pass with their labels, those that say something."""
    after = source.state in (Import.State.DONE, Import.State.UNDONE, Import.State.UNDOING)
    labels = {
        "rows": _("rows in the file"),
        "orders_new": _("orders created") if after else _("new orders"),
        "orders_changed": _("orders updated") if after else _("orders to update"),
        "orders_same": _("orders unchanged"),
        "returns": _("of them returns"),
        "clients_new": _("clients created") if after else _("new clients"),
        "clients_changed": _("clients updated") if after else _("clients to update"),
        "clients_same": _("clients unchanged"),
        "clients_known": _("known clients"),
        "duplicates": _("possible duplicates"),
        "lines": _("order lines"),
        "products": pgettext("count", "products"),
        "totals": _("rows of totals, left out"),
        "refused": _("rows refused"),
    }
    always = {"rows", "orders_new", "clients_new", "refused"}
    return [
        (label, source.counts[key])
        for key, label in labels.items()
        if key in source.counts and (source.counts[key] or key in always)
    ]


def progress(source: Import) -> Progress:
    """This function will say how far the pass over a file has come."""
    done, total = source.done_rows, source.total_rows or 0
    if source.state == Import.State.UNDOING:
        return Progress(None, _("Taking back what the file brought…"))
    if source.state == Import.State.DRY:
        return Progress(
            None, _("Checking: %(done)s rows read") % {"done": show_number(done)} if done else _("Checking…")
        )
    share = done / total if total else 0.0
    words = {"done": show_number(done), "total": show_number(total)}
    # Reading the file again takes about a third of the way, writing the rest.
    if source.counts.get("phase") == "writing":
        return Progress(0.3 + 0.7 * share, _("Bringing in: %(done)s of %(total)s rows") % words)
    return Progress(0.3 * share, _("Reading: %(done)s of %(total)s rows") % words)


def summary(source: Import) -> str:
    """This function will say in a few words what came of a file."""
    if source.state not in (Import.State.DONE, Import.State.CHECKED):
        return ""
    wanted = (("orders_new", "order"), ("clients_new", "client"))
    parts = [
        count_of(source.counts[key], noun, show_number(source.counts[key]))
        for key, noun in wanted
        if source.counts.get(key)
    ]
    changed = source.counts.get(f"{source.kind}_changed")
    if changed:
        parts.append(ngettext("%(n)s updated", "%(n)s updated", changed) % {"n": show_number(changed)})
    refused = source.counts.get("refused")
    if refused:
        parts.append(ngettext("%(n)s row refused", "%(n)s rows refused", refused) % {"n": show_number(refused)})
    return ", ".join(parts)


def first_problems(source: Import, count: int) -> list[Problem]:
    """This function will give the first problems of a file, refused rows before mere warnings."""
    return list(Problem.objects.filter(source_id=source.pk).order_by("-refused", "row", "id")[:count])


def refused_count(source: Import) -> int:
    """This function will count the rows that were not taken."""
    return refused_rows(source).count()


def problem_columns(source: Import) -> list[str]:
    """This function will name the columns that are shown beside a refused row: those that play a role."""
    columns = source.understood.get("columns", [])
    return [columns[at] for at in sorted(source.mapping.get("roles", {}).values()) if at < len(columns)]


def undo_words(source: Import) -> list[tuple[str, int]]:
    """This function will say what an undo took back and what it left, and why."""
    report = source.batch.undo_report if source.batch_id and source.batch else None
    labels = {
        "orders_removed": _("orders taken back"),
        "orders_restored": _("orders put back as they were"),
        "orders_kept": _("orders kept: changed or paid since"),
        "clients_removed": _("clients taken back"),
        "clients_restored": _("clients put back as they were"),
        "clients_kept": _("clients kept: somebody has worked with them since"),
        "fields_restored": _("fields put back as they were"),
        "parts_removed": _("contacts, numbers and addresses taken back"),
        "fields_kept": _("fields kept: edited by hand since"),
    }
    return [(label, report[key]) for key, label in labels.items() if report and report.get(key)]


def option_question(key: str) -> str:
    """This function will ask what an option of an import decides."""
    return {
        "rows_are": _("Several rows with one order number are"),
        "duplicates": _("A client who is here already"),
    }[key]


def refused_rows(source: Import) -> QuerySet[Problem]:
    """This function will give the rows that were not taken, in the order of the file."""
    return Problem.objects.filter(source_id=source.pk, refused=True).order_by("row", "id")


def error_lines(source: Import) -> Iterator[str]:
    """
    This function will give the refused rows as lines of CSV (semicolons, as Excel opens them): number, column, value,
    reason, then the row's own cells, so that it can be mended and brought in again.
    """
    for row in _error_rows(source):
        line = io.StringIO()
        csv.writer(line, delimiter=";").writerow(row)
        yield line.getvalue()


def write_error_book(source: Import, target: Path) -> None:
    """This function will write the same as a workbook; every cell is text, so that no formula can come alive."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(target), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("Refused rows")[:31])
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    for at, row in enumerate(_error_rows(source, guarded=False)):
        for column, cell in enumerate(row):
            sheet.write_string(at, column, str(cell), text if at else bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 2, 20)
    sheet.set_column(3, 3, 60)
    book.close()


def _error_rows(source: Import, *, guarded: bool = True) -> Iterator[list[str]]:
    guard = _guarded if guarded else str
    yield [_("Row"), _("Column"), _("Value"), _("Reason"), *map(guard, source.understood.get("columns", []))]
    for problem in refused_rows(source).iterator(2000):
        yield [str(problem.row), *map(guard, (problem.column, problem.value, problem.sentence, *problem.cells))]


def _guarded(cell: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula; a plain negative number stays one."""
    if cell.startswith(_FORMULA) and not cell[1:].replace(".", "").replace(",", "").replace(" ", "").isdigit():
        return f"'{cell}"
    return cell
