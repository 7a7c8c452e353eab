"""The tables of docs/rules/queue.md, and what must hold for every list."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.desk.rules.queue import Item, back_on, build, deadline_factor, rank, reachable

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules" / "queue.md"
TODAY = dt.date(2026, 3, 16)


def table(name: str) -> list[dict[str, str]]:
    """The rows of one table of the page, cells as text ('-' for nothing)."""
    lines = iter(PAGE.read_text().splitlines())
    for line in lines:
        if line == f"<!-- table: {name} -->":
            break
    head = [cell.strip() for cell in next(lines).strip("|").split("|")]
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows.append(dict(zip(head, ("" if cell == "-" else cell for cell in cells), strict=True)))
    assert rows
    return rows


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@pytest.mark.parametrize("row", table("reachable"), ids=lambda row: " ".join(row.values()))
def test_reachable(row: dict[str, str]) -> None:
    found = reachable(row["status"], orders=int(row["orders"]), days_lost=int(row["days_lost"]))
    assert found == pytest.approx(float(row["reachable"]))


@pytest.mark.parametrize("row", table("deadline"), ids=lambda row: row["days_left"])
def test_deadline_factor(row: dict[str, str]) -> None:
    deadline = None if row["days_left"] == "none" else TODAY + dt.timedelta(days=int(row["days_left"]))
    assert deadline_factor(deadline, TODAY) == pytest.approx(float(row["factor"]))


@pytest.mark.parametrize("row", table("returns"), ids=lambda row: " ".join(row.values()))
def test_when_an_item_comes_back(row: dict[str, str]) -> None:
    today = day(row["today"])
    assert today is not None
    until = back_on(row["result"], today, asked=day(row["asked"]), calendar={})
    assert until == (None if row["until"] == "never" else day(row["until"]))


def test_holidays_are_skipped() -> None:
    holidays = {dt.date(2026, 3, 17): False, dt.date(2026, 3, 18): False}
    assert back_on("no_answer", TODAY, asked=None, calendar=holidays) == dt.date(2026, 3, 19)


def test_an_unknown_verdict_is_a_bug() -> None:
    for result in ("maybe", "snoozed"):
        with pytest.raises(ValueError, match=r"result|some day"):
            back_on(result, TODAY, asked=None, calendar={})


def morning() -> list[Item]:
    return [
        Item(
            row["source"],
            int(row["client"]),
            f"{row['source']}:x",
            float(row["stake"]),
            float(row["chance"]),
            day(row["deadline"]),
            why="",
        )
        for row in table("morning")
    ]


def test_the_worked_morning() -> None:
    items = morning()
    for item, row in zip(items, table("morning"), strict=True):
        assert rank(item, TODAY) == pytest.approx(float(row["rank"]))
    queue = build(items, TODAY, room=4)
    assert [entry.item.client_id for entry in queue.items] == [2, 4, 3, 6]
    assert queue.items[1].item.source == "obligation"
    assert [item.source for item in queue.items[1].beside] == ["rhythm"]
    assert (queue.waiting, queue.waiting_stake) == (2, 1_205_000)
    assert [entry.item.client_id for entry in build(items, TODAY, room=3).items] == [2, 4, 3]
    assert build(items, TODAY, room=-1).items == ()


ITEMS = st.builds(
    Item,
    source=st.sampled_from(["rhythm", "zone", "obligation"]),
    client_id=st.integers(1, 12),
    episode=st.sampled_from(["a", "b"]),
    stake=st.floats(-1e6, 1e9),
    chance=st.floats(0, 1),
    deadline=st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2028, 1, 1)),
    why=st.just(""),
)


@given(item=ITEMS, more=st.floats(0, 1e6))
def test_more_stake_never_ranks_lower(item: Item, more: float) -> None:
    assert rank(replace(item, stake=item.stake + more), TODAY) >= rank(item, TODAY)


@given(item=ITEMS, share=st.floats(0, 1))
def test_more_chance_never_ranks_lower(item: Item, share: float) -> None:
    assert rank(replace(item, chance=item.chance + (1 - item.chance) * share), TODAY) >= rank(item, TODAY)


@given(item=ITEMS, later=st.integers(0, 400))
def test_being_later_never_ranks_lower(item: Item, later: int) -> None:
    assert rank(item, TODAY + dt.timedelta(days=later)) >= rank(item, TODAY)


@given(item=ITEMS)
def test_a_deadline_at_most_doubles_the_money(item: Item) -> None:
    # Products of tiny numbers are rounded: the order of multiplication may cost the last digit.
    assert 0 <= rank(item, TODAY) <= 2 * max(0.0, item.stake) * item.chance * (1 + 1e-9) + 1e-300


@given(orders=st.integers(2, 50), days=st.integers(0, 2000), more=st.integers(0, 2000))
def test_the_door_only_closes(orders: int, days: int, more: int) -> None:
    steps = [
        reachable("overdue", orders=orders),
        reachable("slipping", orders=orders),
        reachable("lost", orders=orders, days_lost=days),
        reachable("lost", orders=orders, days_lost=days + more),
    ]
    assert steps == sorted(steps, reverse=True)


@given(items=st.lists(ITEMS, max_size=30), room=st.integers(0, 15), data=st.data())
def test_the_list(items: list[Item], room: int, data: st.DataObject) -> None:
    unique = list({(item.source, item.client_id, item.episode): item for item in items}.values())
    queue = build(unique, TODAY, room=room)
    assert build(data.draw(st.permutations(unique)), TODAY, room=room) == queue
    clients = [entry.item.client_id for entry in queue.items]
    assert len(set(clients)) == len(clients) <= room
    assert len(clients) + queue.waiting == len({item.client_id for item in unique})
    ranks = [entry.rank for entry in queue.items]
    assert ranks == sorted(ranks, reverse=True)
    listed = set(clients)
    if ranks:
        assert all(rank(item, TODAY) <= ranks[-1] for item in unique if item.client_id not in listed)


@pytest.mark.parametrize(
    ("drives", "first", "beside"),
    [("both", "zones", ["rhythm"]), ("zone", "zones", ["rhythm"]), ("rhythm", "rhythm", ["zones"])],
)
def test_the_clock_that_drives_speaks_and_the_other_stands_beside(drives, first, beside):
    def of(source: str, clock: str, stake: float) -> Item:
        return Item(source, 1, f"{source}:1", stake, 0.5, None, "", clock=clock)

    occasions = [of("rhythm", "rhythm", 100), of("zones", "zone", 200)]
    (entry,) = build(occasions, TODAY, room=5, drives=lambda client_id: drives).items
    assert (entry.item.source, [item.source for item in entry.beside]) == (first, beside)
    # Alone, the other clock asks for no work; what takes the client away does under any of them.
    alone = [one for one in occasions if one.clock != drives]
    assert bool(build(alone, TODAY, room=5, drives=lambda client_id: drives).items) is (drives == "both")
    assert build([of("zones", "", 1)], TODAY, room=5, drives=lambda client_id: drives).items
