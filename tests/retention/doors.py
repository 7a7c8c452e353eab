"""Who may enter the retention room's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ritm.retention.models import Backtest, FeedHealth, ZonePolicy
from tests.cast import NOW, Cast
from tests.factories.retention import buyer


def _policy(cast: Cast) -> dict[str, Any]:
    row = ZonePolicy.objects.create(
        organisation=cast.home, version=1, effective_on=NOW.date(), numbers={}, created_at=NOW
    )
    return {"version": row.version}


def _backtest(cast: Cast) -> dict[str, Any]:
    row = Backtest.objects.create(
        organisation=cast.home, rules=[], since=NOW.date(), until=NOW.date(), known_until=NOW.date(), made_at=NOW,
        state="done", result={"rules": [], "working_days": 1},
    )  # fmt: skip
    return {"backtest_id": row.pk}


def _rows(cast: Cast) -> dict[str, Any]:
    asked = _backtest(cast)
    rule = {"clock": "zone", "numbers": {"yellow": 1, "red": 5, "release": 6, "flag": "red"}, "version": 0}
    Backtest.objects.filter(pk=asked["backtest_id"]).update(rules=[rule])
    return asked


def _feed(cast: Cast) -> dict[str, Any]:
    FeedHealth.objects.create(organisation=cast.home, feed="calls", last_on=NOW.date(), usual_days=0)
    return {"feed": "calls"}


DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "retention:rhythm": (
        lambda cast: {"client_id": buyer(cast).pk},
        {"max", "vera", "nina", "adam", "dina", "oleg"},
    ),
    "retention:exchange": (lambda cast: {}, {"max", "lena", "vera", "nina", "adam"}),
    "retention:look": (
        lambda cast: {"client_id": buyer(cast, owner=None, released_at=NOW).pk},
        {"max", "lena", "vera", "nina", "adam"},
    ),
    "retention:claim": (
        lambda cast: {"client_id": buyer(cast, owner=None, released_at=NOW).pk},
        {"max", "lena", "vera"},
    ),
    "retention:excuse": (lambda cast: {"client_id": buyer(cast).pk}, {"max", "vera", "nina", "adam", "dina"}),
    "retention:policy": (lambda cast: {}, {"nina", "adam"}),
    "retention:take_back": (_policy, {"nina", "adam"}),
    "retention:accept_silence": (_feed, {"nina", "adam"}),
    "retention:doubt_silence": (_feed, {"nina", "adam"}),
    "retention:try_policy": (lambda cast: {}, {"nina", "adam"}),
    "retention:rhythm_rule": (lambda cast: {}, {"nina", "adam"}),
    "retention:try_rhythm": (lambda cast: {}, {"nina", "adam"}),
    "retention:backtests": (lambda cast: {}, {"nina", "adam"}),
    "retention:backtest": (_backtest, {"nina", "adam"}),
    "retention:backtest_rows": (_rows, {"nina", "adam"}),
    "retention:slipping": (lambda cast: {}, {"max", "lena", "vera", "nina", "adam", "dina"}),
}
