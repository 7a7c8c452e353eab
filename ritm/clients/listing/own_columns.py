"""An own field as a column and as a condition of the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from html import escape
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ritm.clients import own
from ritm.clients.models import Client, ClientValue
from ritm.clients.rules.own import Definition, Kind, Value, Wrong, read
from ritm.clients.sockets import Column, Filter
from ritm.kernel.stated import read_id
from ritm.staff.viewer import Viewer

# The columns of one page are asked one after another with the same ids and moment: they share one reading.
_page: ContextVar[tuple[object, dict[int, dict[int, Value]]] | None] = ContextVar("own_page", default=None)

_SORTED = {"text": "text_key", "number": "number", "date": "date", "flag": "flag", "option": "option_id"}


def column(definition: Definition, known: tuple[Definition, ...], viewer: Viewer) -> Column:
    """This function will make a column of a field; a list of several has no order to sort by."""

    def cells(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, str]:
        asked = (viewer.employee_id, tuple(ids), now)
        held = _page.get()
        if held is None or held[0] != asked:
            held = (asked, own.values_of(ids, known))
            _page.set(held)
        return {
            pk: own.shown(definition, values[definition.id], viewer.currency)
            for pk, values in held[1].items()
            if definition.id in values
        }

    def join(rows: QuerySet[Client]) -> QuerySet[Client]:
        return rows.annotate(
            **{
                _alias(definition): FilteredRelation(
                    "own_values",
                    condition=Q(own_values__field_id=definition.id, own_values__organisation_id=viewer.organisation_id),
                )
            }
        )

    place = _SORTED.get(definition.column, "")
    path = f"{_alias(definition)}__{place}" if place else ""
    return Column(
        f"own-{definition.key}",
        definition.name,
        "",
        cells,
        order_by=path,
        nullable=True,
        align="end" if definition.column == "number" else "start",
        default=False,
        total=path if definition.column == "number" else "",
        total_as="money" if definition.kind is Kind.MONEY else "number",
        draw=_draw,
        join=join if path else None,
    )


def _alias(definition: Definition) -> str:
    return f"own{definition.id}"


def _draw(client: Client, cell: Any, came_from: str) -> SafeString:
    return SafeString(escape(cell or ""))


EMPTY = (("filled", _("is filled in")), ("empty", _("is empty")))
_OPERATORS: dict[str, tuple[tuple[str, Any], ...]] = {
    "text": (("has", _("contains")), ("is", _("is")), ("begins", _("begins with"))),
    "number": (("from", _("from")), ("to", _("up to")), ("is", _("equals"))),
    "date": (("from", _("from")), ("to", _("up to and including")), ("is", _("on"))),
    "flag": (("is", _("is")),),
    "option": (("is", _("is")), ("not", _("is not"))),
    "options": (("is", _("is")), ("not", _("is not"))),
}
_FORMS: dict[str, Any] = {"text": "text", "number": "number", "date": "date"}


def condition(definition: Definition, viewer: Viewer) -> Filter:
    """This function will make a condition of a field; 'is empty' asks for clients of whom it says nothing."""
    by_choice = definition.column in ("flag", "option", "options")
    return Filter(
        f"own-{definition.key}",
        definition.name,
        _FORMS.get(definition.column, "choice"),
        (*_OPERATORS[definition.column], *EMPTY),
        _apply(definition, viewer),
        choices=(lambda viewer: _choices(definition)) if by_choice else None,
        unit=definition.unit,
        bare=frozenset(("filled", "empty")),
        of_sorted=_of_sorted(definition) if definition.column != "options" else None,
    )


def _choices(definition: Definition) -> list[tuple[str, Any]]:
    if definition.kind is Kind.YES_NO:
        return [("1", _("yes")), ("0", _("no"))]
    return [(str(option.id), option.name) for option in definition.options]


def _apply(definition: Definition, viewer: Viewer) -> Callable[[Any, str, Sequence[str]], Any]:
    def apply(rows: QuerySet[Client], operator: str, values: Sequence[str]) -> QuerySet[Client]:
        said = ClientValue.objects.filter(
            client_id=OuterRef("pk"), field_id=definition.id, organisation_id=viewer.organisation_id
        )
        if operator == "filled":
            return rows.filter(Exists(said))
        if operator == "empty":
            return rows.filter(~Exists(said))
        matching = Exists(said.filter(_matches(definition, operator, values)))
        return rows.filter(~matching if operator == "not" else matching)

    return apply


def _of_sorted(definition: Definition) -> Callable[[str, Sequence[str]], Q]:
    def of_sorted(operator: str, values: Sequence[str]) -> Q:
        if operator == "filled":
            return Q(sort_value__isnull=False)
        if operator in ("not", "empty"):
            return Q()
        return _matches(definition, operator, values, "sort_value")

    return of_sorted


def _matches(definition: Definition, operator: str, values: Sequence[str], path: str = "") -> Q:
    """The condition on a row of values; with `path`, on the annotation that holds its sorted column."""
    column = definition.column
    if column in ("option", "options"):
        ids = [pk for value in values if (pk := read_id(value))]
        if not ids:
            raise ValueError(values[0])
        return Q(options__overlap=ids) if column == "options" else Q(**{f"{path or 'option_id'}__in": ids})
    if column == "flag":
        if not set(values) <= {"0", "1"}:
            raise ValueError(values[0])
        return Q(**{f"{path or 'flag'}__in": [value == "1" for value in values]})
    if column == "text":
        text = " ".join(values[0].lower().replace("ё", "е").split())
        how = {"has": "__contains", "is": "", "begins": "__startswith"}[operator]
        return Q(**{f"{path or 'text_key'}{how}": text})
    try:
        value = read(definition, values[0])
    except Wrong as wrong:
        raise ValueError(own.sentence(wrong)) from wrong
    how = {"from": "__gte", "to": "__lte", "is": ""}[operator]
    return Q(**{f"{path or column}{how}": value})
