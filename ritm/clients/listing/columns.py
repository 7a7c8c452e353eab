"""The room's own columns and conditions of the list; rooms above plug in theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, Phone, Tag, Tagging
from ritm.clients.sockets import COLUMNS, FILTERS, Column, Filter, plug
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer


def _phones(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, Phone]:
    rows = Phone.objects.filter(client_id__in=ids, organisation_id=viewer.organisation_id)
    first = rows.order_by("client_id", "id").distinct("client_id")
    return {phone.client_id: phone for phone in first}


plug(
    COLUMNS,
    Column("name", _("Client"), "clients/cells/name.html", order_by="name_key", on_phone=True),
    order=10,
)
plug(COLUMNS, Column("owner", _("Owner"), "clients/cells/owner.html"), order=70)
plug(COLUMNS, Column("phone", _("Phone"), "clients/cells/phone.html", cells=_phones), order=80)


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
    ids = [int(value) for value in values if value.isdecimal() and value != "0"]
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

    day = dt.date.fromisoformat(values[0])
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
    ids = [int(value) for value in values if value.isdecimal()]
    bearing = Tagging.objects.filter(tag_id__in=ids).values("client_id")
    return rows.exclude(pk__in=bearing) if operator == "not" else rows.filter(pk__in=bearing)


def tags(viewer: Viewer) -> list[tuple[str, Any]]:
    """This function will list the organisation's tags."""
    rows = Tag.objects.visible_to(viewer).order_by("name")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


plug(FILTERS, Filter("tag", _("Tag"), "choice", IS, _tag, choices=tags), order=40)
plug(FILTERS, Filter("source", _("Source"), "text", (("has", _("contains")),), _source), order=85)
