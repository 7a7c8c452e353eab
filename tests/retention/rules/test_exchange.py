"""The verdict of the exchange: the tables of docs/rules/exchange.md."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ritm.retention.rules.exchange import Terms, obliged_until, verdict

PAGE = (Path(__file__).parents[3] / "docs/rules/exchange.md").read_text()
day = dt.date.fromisoformat


def table(name: str) -> list[list[str]]:
    """The cells of the rows under `<!-- table: name … -->`, without its head."""
    lines = PAGE.split(f"<!-- table: {name}")[1].split("\n\n")[0].splitlines()[3:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", table("verdicts"), ids=" ".join)
def test_verdict(row):
    on_exchange, former_until, claims_today, expected = row
    said = verdict(
        on_exchange=on_exchange == "yes",
        former_until=None if former_until == "–" else day(former_until),
        claims_today=int(claims_today),
        today=day("2026-08-10"),
    )
    assert said == expected


@pytest.mark.parametrize("row", table("obligations"), ids=" ".join)
def test_obligation(row):
    assert obliged_until(day(row[0])) == day(row[1])


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Terms(claims_per_day=-1)
