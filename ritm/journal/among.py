"""
`__among`: an `IN` whose values travel as one array.

A page asks each table for the rows of its fifty clients. As `IN`, each id is a parameter of its own, which Django,
the driver and PostgreSQL read one by one – past fifty the driver keeps no parsed statement at all. With an
`ArraySubquery`, PostgreSQL finds the ids first and goes from them to the rows, whatever order is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BigAutoField, ForeignKey, Lookup
from django.db.models.expressions import BaseExpression


@BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`client_id__among=ids`: rows whose id is one of these; none when there are none."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Iterable[int] | BaseExpression) -> None:
        super().__init__(lhs, rhs if isinstance(rhs, BaseExpression) else [int(pk) for pk in rhs])

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet  # as an empty IN: nothing is asked
        lhs, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, BaseExpression):
            ids, values = compiler.compile(self.rhs)
            return f"{lhs} = ANY({ids})", (*params, *values)
        return f"{lhs} = ANY(%s::bigint[])", (*params, self.rhs)
