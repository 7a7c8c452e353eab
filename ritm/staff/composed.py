"""
Statements that Django composes once.

To turn a queryset into SQL costs more than PostgreSQL needs to answer it: a third of a page's time, spent on writing
the same text again. A builder under `@composed` is asked for its queryset once for each viewer (and each further
positional argument) and from then on only what differs from page to page is filled in:

    @composed
    def _zones(viewer: Viewer, *, ids: list[int]) -> QuerySet[Any]:
        return ContactClock.objects.visible_to(viewer).filter(client_id__among=ids).values_list("client_id", "zone")

    rows = _zones(viewer, ids=ids)  # a list

The viewer is compared by all that he is – his grants, his units, his people – so that a changed role, or a colleague
he stands in for, is another statement. A builder reads no clock: a day is handed in, as everywhere.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from decimal import Decimal
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

from ritm.journal.prepared import prepared

# A statement is some twenty kilobytes; a hundred people at work use some thousand of them.
KEPT = 1024

P = ParamSpec("P")
M = TypeVar("M", bound=Model)


@overload
def composed(build: Callable[P, QuerySet[M]]) -> Composed[P, M]: ...


@overload
def composed(*, plan_kept: bool) -> Callable[[Callable[P, QuerySet[M]]], Composed[P, M]]: ...


def composed(build: Any = None, *, plan_kept: bool = True) -> Any:
    """
    This decorator will make a builder of querysets into a function that gives their rows.

    Positional arguments belong to the statement; keyword arguments (numbers, days, moments, text, lists of ids) are
    its places, and must reach it as they are: TypeError when the builder looks into one, or changes it. Whether one is
    None belongs to the statement. PostgreSQL keeps its plan (journal/prepared.py); where the best plan hangs on what is
    asked for, as in a list with conditions, say `plan_kept=False`.
    """
    return Composed(build, plan_kept) if build else functools.partial(Composed, plan_kept=plan_kept)


class Composed(Generic[P, M]):
    """A builder and the statements made of it. Called, it gives the rows; `count` gives their number alone."""

    def __init__(self, build: Callable[P, QuerySet[M]], plan_kept: bool) -> None:
        functools.update_wrapper(self, build)
        self._build: Any = build
        self._keeping = prepared if plan_kept else nullcontext
        self._statement = functools.lru_cache(maxsize=KEPT)(self._compose)

    def __call__(self, *shape: P.args, **values: P.kwargs) -> list[M]:
        if [] in values.values():
            # Among none: there is nothing to fill in, and as a rule nothing to ask.
            return list(self._build(*shape, **values))
        with self._keeping():
            return cast("list[M]", self._of(shape, values).rows(values))

    def count(self, *shape: P.args, **values: P.kwargs) -> int:
        """This method will count the rows, without reading them."""
        if [] in values.values():
            return cast("int", self._build(*shape, **values).count())
        with self._keeping():
            return self._of(shape, values).count(values)

    def _of(self, shape: Any, values: dict[str, Any]) -> _Statement:
        return self._statement(tuple(values), tuple(map(type, values.values())), *shape)

    def _compose(self, names: tuple[str, ...], kinds: tuple[type, ...], *shape: Hashable) -> _Statement:
        return _Statement(self._build, names, kinds, shape)


class _Statement:
    """A queryset with its text; `places` says where in its parameters each value goes."""

    def __init__(
        self, build: Callable[..., QuerySet[Any]], names: tuple[str, ...], kinds: tuple[type, ...], shape: Any
    ) -> None:
        first, second = _stand_ins(names, kinds, 1), _stand_ins(names, kinds, 2)
        self.queryset = build(*shape, **first)
        self.compiler = self.queryset.query.get_compiler(self.queryset.db)
        try:
            self.text, params = self.compiler.as_sql()
            # What changes with the values, and is none of them, was reckoned from them and would stay as it is.
            other = build(*shape, **second)
            text, others = other.query.get_compiler(other.db).as_sql()
        except EmptyResultSet:
            self.text, params, text, others = "", (), "", ()
        self.params = list(params)
        given = [name for name in names if first[name] is not None]
        self.places: list[tuple[int, str, Callable[[Any], Any]]] = []
        for at, (one, another) in enumerate(zip(params, others, strict=text == self.text)):
            for name in given:
                if isinstance(one, type(first[name])) and (one, another) == (first[name], second[name]):
                    # The driver is told the width of a number by its class.
                    self.places.append((at, name, type(one) if isinstance(one, int) else _as_it_is))
                    break
            else:
                if one != another:
                    raise TypeError(f"{build.__qualname__} changes a value on its way into the statement: {one!r}")
        missing = set(given) - {name for _, name, _ in self.places}
        if text != self.text or (missing and self.text):
            raise TypeError(f"{build.__qualname__} does not hand its values on as they are: {missing or names}")

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """This function will ask for the rows with these values."""
        if not self.text:
            return []
        params = self._filled(values)
        compiler: Any = copy.copy(self.compiler)
        compiler.connection = connections[compiler.using]  # each thread has its own
        compiler.as_sql = lambda *args, **kwargs: (self.text, params)
        asked = self.queryset.all()
        asked.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
        return list(asked)

    def count(self, values: dict[str, Any]) -> int:
        """This function will ask for the number of rows with these values."""
        if not self.text:
            return 0
        with connections[self.compiler.using].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({self.text}) AS found", self._filled(values))
            return int(cursor.fetchone()[0])

    def _filled(self, values: dict[str, Any]) -> tuple[Any, ...]:
        params = self.params.copy()
        for at, name, made in self.places:
            params[at] = made(values[name])
        return tuple(params)


def _as_it_is(value: Any) -> Any:
    return value


def _stand_ins(names: tuple[str, ...], kinds: tuple[type, ...], turn: int) -> dict[str, Any]:
    """Values that nobody means, each unlike the others and those of the other turn."""
    made: dict[str, Any] = {}
    for at, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        number = 7_310_000_000_000_000 + 100 * turn + at
        day = dt.date(9000 + turn, 1, 1 + at)
        made[name] = {
            type(None): None,
            int: number,
            float: float(number),
            Decimal: Decimal(number),
            str: f"stands-in-{number}",
            list: [number],
            dt.date: day,
            dt.datetime: dt.datetime(day.year, 1, day.day, tzinfo=dt.UTC),
        }[kind]
    return made
