"""The room's own columns and conditions of the list; rooms above plug in theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from ritm.clients import consents
from ritm.clients.models import Client, Phone, Tag, Tagging
from ritm.clients.sockets import COLUMNS, FILTERS, Column, Filter, plug
from ritm.kernel.phone import show_phone
from ritm.kernel.stated import read_day, read_id
from ritm.staff.composed import composed
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer


def _phones(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, tuple[str, str]]:
    return {pk: (e164, extension) for pk, e164, extension in _first_phones(viewer, ids=list(ids))}


@composed
def _first_phones(viewer: Viewer, *, ids: list[int]) -> QuerySet[Any]:
    rows = Phone.objects.listed_to(viewer).filter(client_id__among=ids).order_by("client_id", "id")
    return rows.distinct("client_id").values_list("client_id", "e164", "extension")


# Cells of fifty rows: the tags are written here, and everything between them is escaped here.
def _name(client: Client, cell: Any, came_from: str) -> SafeString:
    path = _page(0).replace("/0/", f"/{client.pk}/")
    back = f"?in={quote(came_from, safe='')}" if came_from else ""
    inn = f'<span class="clients__inn">{escape(client.inn)}</span>' if client.inn else ""
    return SafeString(f'<a href="{path}{back}">{escape(client.name)}</a>{inn}')


@cache
def _page(pk: int) -> str:
    # One look-up for all rows: the address differs in its number alone.
    return reverse("clients:page", args=[pk])


def _owner_cell(client: Client, cell: Any, came_from: str) -> SafeString:
    if client.owner is not None:
        return SafeString(escape(client.owner.name))
    return SafeString(f'<span class="muted">{escape(gettext("on the exchange")) if client.released_at else "–"}</span>')


def _phone_cell(client: Client, cell: Any, came_from: str) -> SafeString:
    if cell is None:
        return SafeString("")
    e164, extension = cell
    shown = show_phone(e164, extension, lang=get_language() or "ru")
    return SafeString(f'<a class="clients__phone" href="tel:{escape(e164)}">{escape(shown)}</a>')


plug(COLUMNS, Column("name", _("Client"), "", order_by="name_key", on_phone=True, draw=_name), order=10)
plug(COLUMNS, Column("owner", _("Owner"), "", draw=_owner_cell), order=70)
plug(COLUMNS, Column("phone", _("Phone"), "", cells=_phones, draw=_phone_cell), order=80)


def _tags(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, list[str]]:
    rows = Tagging.objects.filter(client_id__in=ids, organisation_id=viewer.organisation_id).select_related("tag")
    found: dict[int, list[str]] = {}
    for row in rows.order_by("tag__name"):
        found.setdefault(row.client_id, []).append(row.tag.name)
    return found


plug(COLUMNS, Column("tags", _("Tags"), "clients/cells/tags.html", cells=_tags, default=False), order=82)
plug(COLUMNS, Column("source", _("Source"), "clients/cells/source.html", default=False), order=85)
plug(
    COLUMNS,
    Column("created", _("Created"), "clients/cells/created.html", order_by="-created_at", default=False),
    order=90,
)

IS = (("is", _("is")), ("not", _("is not")))


def _kind(rows: QuerySet[Any], operator: str, values: Sequence[str]) -> QuerySet[Any]:
    known = [value for value in values if value in Client.Kind.values]
    return rows.exclude(kind__in=known) if operator == "not" else rows.filter(kind__in=known)


def _owner(rows: QuerySet[Any], operator: str, values: Sequence[str]) -> QuerySet[Any]:
    ids = [pk for value in values if (pk := read_id(value))]
    if operator == "not":
        return rows.exclude(owner_id__in=ids)
    found = rows.filter(owner_id__in=ids)
    return rows.filter(owner_id=None) if "0" in values else found


def owners(viewer: Viewer) -> list[tuple[str, Any]]:
    """This function will list the people whose clients the viewer may see, and 'nobody'."""
    from ritm.kernel.reach import Reach

    people = Employee.objects.visible_to(viewer).filter(left_on=None).order_by("name")
    reach = viewer.reach("client")
    if reach < Reach.ORGANISATION:
        people = people.filter(pk__in=viewer.people(reach))
    return [*((str(pk), name) for pk, name in people.values_list("pk", "name")), ("0", _("nobody"))]


def _created(rows: QuerySet[Any], operator: str, values: Sequence[str]) -> QuerySet[Any]:
    from django.utils import timezone

    day = read_day(values[0])
    if day is None:
        raise ValueError(_("Write a date."))
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    if operator == "before":
        return rows.filter(created_at__lt=start)
    return rows.filter(created_at__gte=start)


def _source(rows: QuerySet[Any], operator: str, values: Sequence[str]) -> QuerySet[Any]:
    return rows.filter(source__icontains=values[0])


plug(FILTERS, Filter("owner", _("Owner"), "choice", IS, _owner, choices=owners), order=20)
plug(
    FILTERS,
    Filter("kind", _("Kind"), "choice", IS, _kind, choices=lambda viewer: Client.Kind.choices),
    order=30,
)
plug(
    FILTERS, Filter("created", _("Created"), "date", (("from", _("from")), ("before", _("before"))), _created), order=80
)


def _tag(rows: QuerySet[Any], operator: str, values: Sequence[str]) -> QuerySet[Any]:
    ids = [pk for value in values if (pk := read_id(value))]
    bearing = Tagging.objects.filter(tag_id__in=ids).values("client_id")
    return rows.exclude(pk__in=bearing) if operator == "not" else rows.filter(pk__in=bearing)


def tags(viewer: Viewer) -> list[tuple[str, Any]]:
    """This function will list the organisation's tags."""
    rows = Tag.objects.visible_to(viewer).order_by("name")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


plug(FILTERS, Filter("tag", _("Tag"), "choice", IS, _tag, choices=tags), order=40)
plug(FILTERS, Filter("source", _("Source"), "text", (("has", _("contains")),), _source), order=85)


def _consent(rows: QuerySet[Any], operator: str, values: Sequence[str]) -> QuerySet[Any]:
    known = [value for value in values if value in consents.Purpose.values]
    if not known:
        raise ValueError(values[0])
    return consents.with_consent(rows, known, without=operator == "missing")


plug(
    FILTERS,
    Filter(
        "consent",
        _("Consent"),
        "choice",
        (("missing", _("is missing")), ("given", _("is given"))),
        _consent,
        choices=lambda viewer: consents.Purpose.choices,
    ),
    order=86,
)
