"""What the list shows, read from its URL and written back: text, conditions, order, columns, place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from ritm.clients.listing.catalogue import Catalogue, catalogue
from ritm.clients.listing.keyset import Mark, Order
from ritm.clients.sockets import Column, Filter
from ritm.kernel.stated import read_id
from ritm.staff.viewer import Viewer

# `add`, `op` and `value` come from the form of one more condition; the list answers them with its plain URL.
RESERVED = frozenset({"q", "sort", "columns", "after", "before", "archived", "view", "in", "add", "op", "value"})
DEFAULT_SORT = "name"


@dataclass(frozen=True)
class Condition:
    """A filter in use; `wrong` says what is the matter with its value ('' when it is applied)."""

    filter: Filter
    operator: str
    values: tuple[str, ...]
    wrong: str = ""

    @property
    def name(self) -> str:
        """This property is the URL parameter: 'status' or 'worth.over'."""
        usual = self.filter.operators[0][0]
        return self.filter.key if self.operator == usual else f"{self.filter.key}.{self.operator}"

    @property
    def operator_words(self) -> Any:
        return dict(self.filter.operators)[self.operator]

    @property
    def bare(self) -> bool:
        """This property says that there is no value to show."""
        return self.filter.kind == "flag" or self.operator in self.filter.bare

    def shown(self, viewer: Viewer) -> str:
        """This function will say the values as people see them, '' where there are none."""
        if self.bare:
            return ""
        if self.filter.choices is None:
            return ", ".join(self.values)
        words = dict(self.filter.choices(viewer))
        return ", ".join(str(words.get(value, value)) for value in self.values)


@dataclass(frozen=True)
class Asked:
    """One state of the list. Frozen; the functions give the URL of a neighbouring state."""

    catalogue: Catalogue = field(compare=False, repr=False)
    q: str = ""
    sort: str = DEFAULT_SORT
    reverse: bool = False
    archived: bool = False
    conditions: tuple[Condition, ...] = ()
    columns: tuple[str, ...] = ()  # empty: the usual ones
    after: Mark | None = None
    before: Mark | None = None
    view_id: int | None = None

    @classmethod
    def read(cls, params: QueryDict, viewer: Viewer) -> Asked:
        """This function will read a query string; what it (or the viewer) does not know, it leaves out."""
        known = catalogue(viewer)
        sort = params.get("sort", DEFAULT_SORT)
        column = known.columns.get(sort.lstrip("-"))
        if column is None or not column.order_by:
            sort = DEFAULT_SORT
        wanted = {key for piece in params.getlist("columns") for key in piece.split(",")}
        chosen = tuple(key for key in known.columns if key in wanted)
        view = params.get("view", "")
        return cls(
            catalogue=known,
            q=" ".join(params.get("q", "").split())[:200],
            sort=sort.lstrip("-"),
            reverse=sort.startswith("-"),
            archived=params.get("archived") == "1",
            conditions=tuple(_conditions(params, known)),
            columns=chosen,
            after=_mark(params.get("after")),
            before=_mark(params.get("before")),
            view_id=read_id(view),
        )

    @property
    def sorted_by(self) -> Column:
        return self.catalogue.columns[self.sort]

    @property
    def order(self) -> Order:
        column = self.sorted_by
        return Order.along(column.order_by, reverse=self.reverse, nullable=column.nullable)

    @property
    def shown_columns(self) -> list[Column]:
        """This property lists the columns in the order of the socket."""
        return [c for c in self.catalogue.columns.values() if (c.key in self.columns if self.columns else c.default)]

    def pairs(self, *, place: bool = False) -> list[tuple[str, str]]:
        """This function will give the URL parameters; `place` keeps the page one is on."""
        found: list[tuple[str, str]] = [("q", self.q)] if self.q else []
        for condition in self.conditions:
            found += [(condition.name, value) for value in condition.values]
        if self.archived:
            found.append(("archived", "1"))
        if self.sort != DEFAULT_SORT or self.reverse:
            found.append(("sort", f"-{self.sort}" if self.reverse else self.sort))
        if self.columns:
            found.append(("columns", ",".join(self.columns)))
        if self.view_id:
            found.append(("view", str(self.view_id)))
        if place and self.after:
            found.append(("after", self.after.write()))
        if place and self.before:
            found.append(("before", self.before.write()))
        return found

    def url(self, *, place: bool = False) -> str:
        """This function will give the query string with its '?'."""
        return "?" + urlencode(self.pairs(place=place))

    def beside(self, **changes: Any) -> Asked:
        """This function will give the first page of a changed list."""
        return replace(self, **({"after": None, "before": None} | changes))

    def without(self, condition: Condition) -> Asked:
        return self.beside(conditions=tuple(one for one in self.conditions if one is not condition))


def _conditions(params: QueryDict, catalogue: Catalogue) -> Iterator[Condition]:
    for name in params:
        if name in RESERVED:
            continue
        key, _dot, operator = name.partition(".")
        known = catalogue.filters.get(key)
        if known is None:
            continue
        operator = operator or known.operators[0][0]
        values = tuple(value.strip() for value in params.getlist(name) if value.strip())
        if operator in dict(known.operators) and values:
            yield Condition(known, operator, values)

    added = catalogue.filters.get(params.get("add", ""))
    if added is not None:
        operator = params.get("op") or added.operators[0][0]
        values = tuple(value.strip() for value in params.getlist("value") if value.strip())
        if operator in dict(added.operators) and (values or added.kind == "flag" or operator in added.bare):
            yield Condition(added, operator, ("1",) if operator in added.bare else values or ("1",))


def _mark(text: str | None) -> Mark | None:
    if not text:
        return None
    try:
        return Mark.read(text)
    except ValueError:
        return None  # a mangled link opens the first page


@dataclass
class Listed:
    """One page of the list, ready to show."""

    asked: Asked
    rows: list[Any]
    columns: list[Column]
    cells: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    count_is_capped: bool = False
    previous: str = ""
    next: str = ""
    wrong: tuple[Condition, ...] = ()
