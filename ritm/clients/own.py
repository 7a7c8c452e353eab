"""Questions about own fields: which there are for somebody, and what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from ritm.clients.models import OwnField, OwnOption
from ritm.clients.rules.own import PLACES, Definition, Kind, Option, Value, Wrong
from ritm.clients.sockets import OWN_NOUNS, OwnNoun
from ritm.kernel.money import show_money
from ritm.shell.writing import language, show_day_year, show_number
from ritm.staff.composed import composed
from ritm.staff.models import Assignment, Employee, Unit
from ritm.staff.viewer import Viewer


def fields_of(viewer: Viewer, noun: str = "client") -> QuerySet[OwnField]:
    """This function will give the fields in use that the viewer's roles and his unit let him see, in order."""
    his = ArraySubquery(Assignment.objects.filter(employee_id=viewer.employee_id).values("role_id"))
    place = Employee.objects.filter(pk=viewer.employee_id).values("unit__path")[:1]
    above = Unit.objects.filter(organisation_id=viewer.organisation_id).alias(
        place=Subquery(place, output_field=CharField())
    )
    around = ArraySubquery(above.filter(place__startswith=F("path")).values("pk"))
    rows: QuerySet[OwnField] = OwnField.objects.visible_to(viewer).filter(noun=noun, archived_at=None)
    return rows.filter(
        Q(roles=[]) | Q(roles__overlap=his),
        Q(units=[]) | Q(units__overlap=list(viewer.units)) | Q(units__overlap=around),
    ).order_by("position", "pk")


def definitions(viewer: Viewer, noun: str = "client") -> tuple[Definition, ...]:
    """This function will give the definitions that the viewer sees: one query, two when lists are among them."""
    return _defined(_fields(viewer, noun))


@composed
def _fields(viewer: Viewer, noun: str) -> QuerySet[OwnField]:
    return fields_of(viewer, noun)


def all_definitions(organisation_id: int, noun: str = "client") -> tuple[Definition, ...]:
    """This function will give every definition in use, whoever sees it: for writes that no viewer makes."""
    return _defined(_all_fields(noun, organisation_id=organisation_id))


@composed
def _all_fields(noun: str, *, organisation_id: int) -> QuerySet[OwnField]:
    rows = OwnField.objects.filter(organisation_id=organisation_id, noun=noun, archived_at=None)
    return rows.order_by("position", "pk")


def _defined(rows: Iterable[OwnField]) -> tuple[Definition, ...]:
    found = list(rows)
    lists = [row.pk for row in found if row.kind in (Kind.CHOICE.value, Kind.CHOICES.value)]
    options: dict[int, list[Option]] = {}
    if lists:
        for one in OwnOption.objects.filter(field_id__in=lists).order_by("pk"):
            options.setdefault(one.field_id, []).append(Option(one.pk, one.name, one.archived_at is not None))
    return tuple(
        Definition(
            row.pk, row.key, Kind(row.kind), row.name, row.help, row.unit, row.required, tuple(options.get(row.pk, ()))
        )
        for row in found
    )


def noun_of(key: str) -> OwnNoun:
    """This function will give the noun that was plugged in under `key`."""
    return OWN_NOUNS[key]


def values_of(ids: Collection[int], known: Collection[Definition], noun: str = "client") -> dict[int, dict[int, Value]]:
    """This function will read the values of these fields, by subject and field: one query, none without fields."""
    if not known or not ids:
        return {}
    table = noun_of(noun)
    columns = {one.id: one.column for one in known}
    rows: Any = table.values.objects.filter(**{f"{table.subject}_id__in": list(ids)}, field_id__in=list(columns))
    found: dict[int, dict[int, Value]] = {}
    for row in rows:
        found.setdefault(getattr(row, f"{table.subject}_id"), {})[row.field_id] = value_in(row, columns[row.field_id])
    return found


def value_in(row: Any, column: str) -> Value:
    """This function will take the value out of a row of a table of values."""
    if column == "option":
        return row.option_id  # type: ignore[no-any-return]
    held = getattr(row, column)
    return tuple(held) if column == "options" else held


def shown(definition: Definition, value: Value, currency: str = "RUB") -> str:
    """This function will write a value for people, '' for nothing: '14 дн.', '1 250 ₽', 'да', 'опт, розница'."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if definition.kind is Kind.MONEY:
        assert isinstance(value, Decimal)
        return show_money(value, currency, lang=language(), kopecks=value != round(value))
    if isinstance(value, Decimal):
        places = max(0, -int(value.normalize().as_tuple().exponent)) if PLACES[definition.kind] else 0
        number = show_number(value, places)
        return f"{number}\u00a0{definition.unit}" if definition.unit else number
    if isinstance(value, int):
        return ", ".join(definition.words([value]))
    if isinstance(value, tuple):
        return ", ".join(definition.words(value))
    return value if isinstance(value, str) else show_day_year(value)


def sentence(wrong: Wrong) -> str:
    """This function will say why a value does not fit its field."""
    sentences = {
        "long": _("At most %(most)s characters fit."),
        "number": _("Write a number."),
        "large": _("The number is too large."),
        "whole": _("Write a whole number."),
        "places": _("At most %(places)s digits after the comma."),
        "date": _("Write a date: 31.12.2026."),
        "yes_no": _("Write yes or no."),
        "one_only": _("Choose one."),
        "option": _("There is no “%(value)s” in the list. Choose from: %(names)s."),
    }
    return sentences[wrong.code] % wrong.detail
