"""Clients as a table for people: CSV as a stream, XLSX as a file; nothing in it can run as a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _

from ritm.clients import consents, own, queries
from ritm.clients.listing.keyset import Mark, read_page, reading
from ritm.clients.listing.request import Asked
from ritm.clients.models import Client, Contact, Email, Phone, hides_contacts
from ritm.clients.rules.own import Definition, Value
from ritm.journal import tenancy
from ritm.kernel.calendar import local_date
from ritm.kernel.phone import show_phone, without_contacts
from ritm.staff.viewer import Viewer

CHUNK = 2_000
# Excel itself takes no more in one sheet; the head is a row too.
XLSX_ROWS = 1_048_575
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+\-]?[\d\s().,\u00a0\u2011-]*$")


def harmless(text: str) -> str:
    """This function will disarm what a spreadsheet would take for a formula; phone numbers and amounts stay."""
    if _FORMULA.match(text) and not _NUMBER.match(text):
        return "'" + text
    return text


def heads(known: Sequence[Definition]) -> list[str]:
    """This function will give the first row; the own fields stand last."""
    return [
        _("Own id"), _("Name"), _("Kind"), _("INN"), _("KPP"), _("Owner"), _("Unit"), _("Contacts"), _("Phones"),
        _("E-mails"), _("Source"), _("Created"), _("Comment"),
        _("Consents"), *(harmless(one.name) for one in known),
    ]  # fmt: skip


def rows(viewer: Viewer, asked: Asked) -> Iterator[list[str]]:
    """
    This function will give the rows that the list asks for, in its order, a chunk of queries at a time.

    Each chunk stands in a transaction of its own inside the organisation's wall, and in the viewer's language: a stream
    outlives its request.
    """
    mark: Mark | None = None
    while True:
        with tenancy.organisation(viewer.organisation_id), translation.override(viewer.language):
            found, wrong = queries.listed_clients(viewer, asked)
            found = found.filter(pk__in=Client.objects.visible_to(viewer, "export").values("pk"))
            found = queries.in_order(found, viewer, asked, wrong).select_related("owner", "unit").defer("search")
            page = read_page(reading(found), asked.order, size=CHUNK, after=mark)
            made = _rows(page.rows, viewer, asked.catalogue.own)
        yield from made
        mark = page.after
        if mark is None:
            return


def _rows(clients: list[Client], viewer: Viewer, known: Sequence[Definition]) -> list[list[str]]:
    ids = [client.pk for client in clients]
    own_values = own.values_of(ids, known)
    agreed = consents.of_clients(ids)
    contacts, phones, emails = (
        _gather(model.objects.listed_to(viewer), ids, write)
        for model, write in (
            (Contact, lambda row: row.name),
            (Phone, lambda row: show_phone(row.e164, row.extension)),
            (Email, lambda row: row.address),
        )
    )
    kinds = dict(Client.Kind.choices)
    return [
        [
            harmless(str(value))
            for value in (
                client.external_id or "",
                client.name,
                kinds[client.kind],
                client.inn,
                client.kpp,
                client.owner.name if client.owner else "",
                client.unit.name if client.unit else "",
                contacts.get(client.pk, ""),
                phones.get(client.pk, ""),
                emails.get(client.pk, ""),
                client.source,
                local_date(client.created_at, viewer.timezone).isoformat(),
                without_contacts(client.comment) if hides_contacts(viewer, client) else client.comment,
                "" if hides_contacts(viewer, client) else agreed.get(client.pk, ""),
                *(_plain(one, own_values.get(client.pk, {}).get(one.id)) for one in known),
            )
        ]
        for client in clients
    ]


def _plain(definition: Definition, value: Value) -> str:
    """An own value as a file keeps it, so that it can be brought in again: '12,5', '2026-03-16', 'опт; розница'."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        # One whose digits are none of it is written without an exponent.
        return f"{value.normalize():f}".replace(".", ",")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(definition.words(value))
    return own.shown(definition, value)


def _gather(rows: Any, ids: list[int], write: Any) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for row in rows.filter(client_id__in=ids).order_by("client_id", "id"):
        found.setdefault(row.client_id, []).append(write(row))
    return {pk: "; ".join(texts) for pk, texts in found.items()}


def csv_stream(viewer: Viewer, asked: Asked) -> Iterator[bytes]:
    """This function will give the table as CSV: UTF-8 with a mark, semicolons, as Russian Excel opens it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    yield "\ufeff".encode()
    with translation.override(viewer.language):
        writer.writerow(heads(asked.catalogue.own))
    for number, row in enumerate(rows(viewer, asked)):
        writer.writerow(row)
        if number % 500 == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_file(viewer: Viewer, asked: Asked) -> IO[bytes]:
    """This function will give the table as XLSX in a temporary file; every cell is text."""
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Clients"))
    bold = book.add_format({"bold": True})
    for column, text in enumerate(heads(asked.catalogue.own)):
        sheet.write_string(0, column, text, bold)
    for number, row in enumerate(rows(viewer, asked), start=1):
        if number > XLSX_ROWS:
            break
        for column, text in enumerate(row):
            sheet.write_string(number, column, text)
    sheet.freeze_panes(1, 0)
    book.close()
    file.seek(0)
    return file


def file_name(extension: str, on: dt.date) -> str:
    """This function will name the file: 'clients-2026-03-16.csv'."""
    return f"clients-{on.isoformat()}.{extension}"
