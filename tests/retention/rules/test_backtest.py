"""The back-test of rules: the tables of docs/rules/backtest.md, and what must hold for every history."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.kernel.calendar import add_months
from ritm.retention.rules import backtest, rhythm_arrays
from ritm.retention.rules.backtest import NEVER, OUTCOMES, Held

PAGE = Path(__file__).parents[3] / "docs/rules/backtest.md"
END = dt.date(2026, 3, 16).toordinal()


def table(name: str) -> list[dict[str, str]]:
    """The rows of the table that the page marks with `<!-- table: name … -->`."""
    found = re.search(rf"<!-- table: {name}\b[^>]*-->\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"))
    assert found is not None
    head, _rule, *rows = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in found[1].splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def ordinal(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def written(day: int) -> str:
    return "-" if day == NEVER else dt.date.fromordinal(int(day)).isoformat()


def history(rows: list[tuple[int, int]]):
    client = np.array([who for who, _day in rows], np.int64)
    day = np.array([day for _who, day in rows], np.int64)
    beats = rhythm_arrays.unfold(client, day, np.full(len(rows), 30.0))
    return client, beats, backtest.silences(client, beats)


def test_the_table():
    rows = table("silences")
    _client, beats, found = history([(ord(row["client"]), ordinal(row["order_on"])) for row in rows])
    talks = [(ord(row["client"]), ordinal(talk)) for row in rows for talk in row["talks"].split()]
    due = rhythm_arrays.stamps(beats)
    rhythm = backtest.rhythm_flags(found, due.slipping, due.lost, END)
    zone = backtest.zone_flags(found, *np.array(talks, np.int64).T, 5, 6, END)
    said = [
        {
            "client": row["client"], "order_on": row["order_on"], "talks": row["talks"],
            "next_on": written(found.following[i]), "gone_on": written(found.gone[i]),
            "outcome": OUTCOMES[backtest.outcomes(found, END)[i]],
            "rhythm": written(rhythm.on[i]), "lost_on": written(rhythm.boundary[i]),
            "zone": written(zone.on[i]), "release_on": written(zone.boundary[i]),
        }
        for i, row in enumerate(rows)
    ]  # fmt: skip
    assert said == rows


@given(st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31)), st.integers(0, 40))
def test_months_are_those_of_the_calendar(day, months):
    (found,) = backtest.months_after(np.array([day.toordinal()]), months)
    assert dt.date.fromordinal(int(found)) == add_months(day, months)


@given(
    st.sets(st.integers(730_000, 731_000), min_size=1, max_size=8),
    st.sets(st.integers(729_500, 731_200), max_size=8),
    st.integers(1, 6),
)
def test_a_zone_speaks_when_a_contact_grows_old(orders, talks, months):
    """The columns say what a walk through the days says."""
    end = 731_300
    _client, _beats, found = history([(7, day) for day in sorted(orders)])
    contacts = sorted(orders | talks)
    flags = backtest.zone_flags(found, np.full(len(talks), 7), np.array(sorted(talks), np.int64), months, 9, end)
    for i, day in enumerate(sorted(orders)):
        ends = min((later for later in orders if later > day), default=NEVER)
        expected = NEVER
        for contact in (one for one in contacts if day <= one < ends):
            due = add_months(dt.date.fromordinal(contact), months).toordinal()
            if due <= end and not any(contact < later <= due for later in contacts):
                expected = due
                break
        assert flags.on[i] == expected


def test_nothing_in_nothing_out():
    client, beats, found = history([])
    flags = backtest.zone_flags(found, np.array([1]), np.array([730_000]), 1, 2, END)
    due = rhythm_arrays.stamps(beats)
    assert len(client) == len(flags.on) == len(backtest.rhythm_flags(found, due.slipping, due.lost, END).on) == 0
    assert len(backtest.outcomes(found, END)) == 0


@pytest.mark.parametrize("name", ["rule", "numbers"])
def test_the_numbers_of_the_page_are_reckoned_from_its_silences(name):
    """Section 3 of the page: flags, shares, days and money, by hand from the table of silences."""
    worth = {row["client"]: int(row["worth"]) for row in table("worth")}
    rows = table("silences")
    for said in table("numbers"):
        flag, since, until = said["rule"], "2025-03-16", "2026-03-15"
        mine = [row for row in rows if row[flag] != "-" and since <= row[flag] <= until]
        judged = [row for row in mine if row["outcome"] != "open"]
        gone = [row for row in judged if row["outcome"] in ("gone", "never")]
        losses = [row for row in rows if row["outcome"] in ("gone", "never") and since <= row["gone_on"] <= until]
        in_time = [row for row in losses if row[flag] != "-" and row[flag] < row["gone_on"]]
        days = sorted(ordinal(row["gone_on"]) - ordinal(row[flag]) for row in gone)
        assert len(mine) == int(said["flags"])
        assert len(judged) - len(gone) == int(said["false"])
        assert sum(row["outcome"] == "never" for row in judged) == int(said["never"])
        assert len(losses) == int(said["losses"]) and len(in_time) == int(said["in_time"])
        assert float(np.median(days)) == float(said["warning"])
        share = sum(worth[row["client"]] for row in in_time) / sum(worth[row["client"]] for row in losses)
        assert f"{share:.3f}" == said["covered"]


@pytest.mark.parametrize(
    "row", table("held"), ids=lambda row: "-".join(row[name] for name in ("client", "rule", "feed", "since"))
)
def test_a_flag_waits_for_the_end_of_a_silence(row):
    rows = table("silences")
    _client, beats, found = history([(ord(one["client"]), ordinal(one["order_on"])) for one in rows])
    talks = np.array([(ord(one["client"]), ordinal(day)) for one in rows for day in one["talks"].split()], np.int64).T
    until = NEVER if row["until"] == "-" else ordinal(row["until"])
    # Silent calls do not stop the rhythm, and hold only who was phoned.
    who = None if row["feed"] == "orders" else np.unique(talks[0])
    held = [Held(ordinal(row["since"]), until, who)] if (row["rule"], row["feed"]) != ("rhythm", "calls") else []
    due = rhythm_arrays.stamps(beats)
    at = next(i for i, one in enumerate(rows) if (one["client"], one["order_on"]) == (row["client"], row["order_on"]))

    def flag(holds: list[Held]) -> str:
        if row["rule"] == "rhythm":
            return written(backtest.rhythm_flags(found, due.slipping, due.lost, END, holds).on[at])
        return written(backtest.zone_flags(found, *talks, 5, 6, END, holds).on[at])

    assert (flag([]), flag(held)) == (row["due"], row["flag"])


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.booleans()), max_size=4)


@given(st.lists(st.integers(0, 80), min_size=1, max_size=6), spans)
def test_no_day_is_left_within_a_silence(days, holds):
    day, client = np.array(days, np.int64), np.arange(len(days)) % 2
    held = [Held(since, since + long, np.array([1]) if some else None) for since, long, some in holds]
    moved = backtest.postponed(day, client, held)
    assert (moved >= day).all()
    for one in held:
        mine = client == 1 if one.clients is not None else np.ones(len(day), bool)
        assert not ((moved >= one.since) & (moved < one.until) & mine).any()
    # Whoever was in no silence stands where he stood.
    free = np.array([all(not (one.since <= day[i] < one.until) for one in held) for i in range(len(day))])
    assert (moved[free] == day[free]).all()
