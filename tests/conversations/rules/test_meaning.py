"""The tables of docs/rules/meaning.md, and what must hold for every conversation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.conversations.rules.meaning import DEFAULT_RULE, Rule, judge

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules" / "meaning.md"
STRICT = Rule(version=2, call_seconds=180, result_seconds=30, results=frozenset({"ordered", "refused"}), replies=False)

KINDS = st.sampled_from(["call", "meeting", "letter", "message", "note"])
DIRECTIONS = st.sampled_from(["in", "out", "none"])
RESULTS = st.sampled_from(["", "ordered", "thinking", "call_back", "no_answer", "refused"])
SECONDS = st.none() | st.integers(0, 7200)
RULES = st.builds(
    Rule,
    call_seconds=st.integers(0, 600),
    result_seconds=st.integers(0, 60),
    results=st.frozensets(st.sampled_from(["ordered", "thinking", "call_back", "refused"])),
    replies=st.booleans(),
)


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


@pytest.mark.parametrize(
    ("row", "rule"),
    [(row, DEFAULT_RULE) for row in table("meaning")] + [(row, STRICT) for row in table("strict")],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else f"v{value.version}",
)
def test_the_tables_of_the_page(row: dict[str, str], rule: Rule) -> None:
    answer = judge(
        kind=row["kind"],
        direction=row["direction"],
        result=row["result"],
        seconds=int(row["seconds"]) if row["seconds"] else None,
        rule=rule,
    )
    assert (answer.meaningful, answer.because) == (row["meaningful"] == "yes", row["because"])


@given(rule=RULES, direction=DIRECTIONS, result=RESULTS, short=st.integers(0, 7200), more=st.integers(0, 7200))
def test_a_longer_call_never_counts_less(rule: Rule, direction: str, result: str, short: int, more: int) -> None:
    before = judge(kind="call", direction=direction, result=result, seconds=short, rule=rule)
    after = judge(kind="call", direction=direction, result=result, seconds=short + more, rule=rule)
    assert after.meaningful >= before.meaningful


@given(rule=RULES, kind=st.sampled_from(["letter", "message"]), result=RESULTS, seconds=SECONDS)
def test_what_goes_out_never_counts(rule: Rule, kind: str, result: str, seconds: int | None) -> None:
    assert not judge(kind=kind, direction="out", result=result, seconds=seconds, rule=rule).meaningful


@given(rule=RULES, direction=DIRECTIONS, result=RESULTS, seconds=SECONDS)
def test_a_note_never_counts(rule: Rule, direction: str, result: str, seconds: int | None) -> None:
    assert not judge(kind="note", direction=direction, result=result, seconds=seconds, rule=rule).meaningful


@given(rule=RULES, kind=st.sampled_from(["call", "meeting"]), direction=DIRECTIONS, seconds=SECONDS)
def test_no_answer_never_counts(rule: Rule, kind: str, direction: str, seconds: int | None) -> None:
    assert not judge(kind=kind, direction=direction, result="no_answer", seconds=seconds, rule=rule).meaningful


def test_an_unknown_kind_is_a_bug_not_a_quiet_no() -> None:
    with pytest.raises(ValueError, match="fax"):
        judge(kind="fax", direction="in")
