"""Contact zones: the tables of docs/rules/zones.md, and what must hold for every date."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.kernel.calendar import add_months
from ritm.retention.rules.zones import Policy, Silence, Zone, boundaries, next_change_on, passages, warnings, zone

PAGES = Path(__file__).parents[3] / "docs/rules"
RELEASES = Policy(releases=True)
day = dt.date.fromisoformat


def table(name: str, page: str = "zones") -> list[dict[str, str]]:
    """The rows of the table under `<!-- table: name … -->`."""
    lines = (PAGES / f"{page}.md").read_text().split(f"<!-- table: {name}")[1].splitlines()[1:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


@pytest.mark.parametrize("row", table("boundaries"), ids=lambda row: row["contact_on"])
def test_boundaries(row):
    due = boundaries(Silence(day(row["contact_on"])), RELEASES)
    assert due is not None
    assert [str(due.yellow_on), str(due.red_on), str(due.release_on)] == [
        row["yellow_on"], row["red_on"], row["release_on"],
    ]  # fmt: skip


@pytest.mark.parametrize("row", table("zones"), ids=lambda row: row["on"])
def test_zones(row):
    assert zone(Silence(day("2026-01-31")), day(row["on"]), RELEASES) == row["zone"]


def test_warnings():
    told = [
        {"given_on": str(w.given_on), "boundary": str(w.boundary), "on": str(w.on), "days": str(w.days)}
        for w in warnings(Silence(day("2026-01-15")), RELEASES)
    ]
    assert told == table("warnings")


@pytest.mark.parametrize("row", table("excused"), ids=lambda row: row["excused_until"])
def test_excused(row):
    silence = Silence(day("2026-01-15"), day(row["excused_on"]), day(row["excused_until"]))
    due = boundaries(silence, RELEASES)
    assert due is not None
    assert [str(due.yellow_on), str(due.red_on), str(due.release_on)] == [
        row["yellow_on"], row["red_on"], row["release_on"],
    ]  # fmt: skip


@pytest.mark.parametrize("row", table("obliged"), ids=lambda row: f"{row['on']} {row['contact_on']}")
def test_obliged(row):
    silence = Silence(day(row["contact_on"]), obliged_from=day("2026-08-01"), obliged_until=day("2026-08-15"))
    assert zone(silence, day(row["on"]), RELEASES) == row["zone"]


@pytest.mark.parametrize("row", table("held", "feeds"), ids=lambda row: f"{row['quiet_on']} {row['on']}")
def test_held(row):
    held = None if row["quiet_on"] == "–" else day(row["quiet_on"])
    assert zone(Silence(day("2026-01-15"), held_from=held), day(row["on"]), RELEASES) == row["zone"]


def test_never_contacted_is_not_at_risk():
    assert zone(Silence(None), day("2030-01-01"), RELEASES) == Zone.NEVER
    assert warnings(Silence(None), RELEASES) == []
    assert next_change_on(Silence(None), day("2030-01-01"), RELEASES) is None


def test_without_the_exchange_nobody_is_released():
    assert zone(Silence(day("2020-01-01")), day("2026-01-01")) == Zone.RED
    assert {w.boundary for w in warnings(Silence(day("2026-01-15")))} == {Zone.YELLOW, Zone.RED}


def test_overlapping_zones_are_refused():
    with pytest.raises(ValueError, match="ascend"):
        Policy(yellow=5, red=5)
    with pytest.raises(ValueError, match="ascend"):
        Policy(red=7)


DAYS = st.dates(day("2019-01-01"), day("2030-12-31"))
ORDER = [Zone.GREEN, Zone.YELLOW, Zone.RED, Zone.EXCHANGE]


@given(contact=DAYS, on=st.integers(0, 400))
def test_every_day_has_one_zone_and_time_only_worsens_it(contact, on):
    silence = Silence(contact)
    today = contact + dt.timedelta(days=on)
    now, tomorrow = (zone(silence, today + dt.timedelta(days=d), RELEASES) for d in (0, 1))
    assert ORDER.index(now) <= ORDER.index(tomorrow)
    months = max(m for m in range(20) if add_months(contact, m) <= today)
    assert now == ORDER[(months >= 1) + (months >= 5) + (months >= 6)]


@given(contact=DAYS, on=st.integers(0, 300))
def test_the_next_change_misses_nothing(contact, on):
    silence = Silence(contact)
    today = contact + dt.timedelta(days=on)
    due = next_change_on(silence, today, RELEASES)
    given = {w.given_on for w in warnings(silence, RELEASES)}
    step = today
    while step < (due or today + dt.timedelta(days=60)) - dt.timedelta(days=1):
        step += dt.timedelta(days=1)
        assert zone(silence, step, RELEASES) == zone(silence, today, RELEASES)
        assert step not in given


@pytest.mark.parametrize("row", table("passages"), ids=lambda row: row["contacts"].replace(" ", "-"))
def test_what_the_past_meant(row):
    until = day("2026-03-16")
    told = passages(map(day, row["contacts"].split()), add_months(until, -24), until)
    assert ", ".join(f"{one.became} {one.on}" for one in told) == row["passages"]


@given(st.sets(st.dates(dt.date(2024, 1, 1), dt.date(2026, 3, 16)), min_size=1, max_size=8), st.integers(0, 800))
def test_passages_tell_the_zone_of_every_day(contacts, ago):
    until = day("2026-03-16")
    asked = until - dt.timedelta(days=ago)
    told = passages(contacts, day("2023-01-01"), until)
    assert all(before.became == after.was for before, after in pairwise(told))
    standing = next((one.became for one in reversed(told) if one.on <= asked), Zone.NEVER)
    known = max((one for one in contacts if one <= asked), default=None)
    assert standing == zone(Silence(known), asked)
