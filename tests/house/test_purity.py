"""
Below the entrances there is no clock and no printing; in the cellar and in rules/ there is no Django.

Time and actor are arguments: `now()` belongs to views, api, jobs, commands, middleware and sessions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "ritm"
FILES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}


def _below_entrances(path: Path) -> bool:
    inside = path.relative_to(ROOT).parts
    return (
        "kernel" in inside
        or "rules" in inside
        or "operations" in inside
        or path.name in {"operations.py", "queries.py", "models.py", "events.py", "access.py"}
    )


def clock_calls(tree: ast.AST) -> Iterator[int]:
    """Lines that ask what time it is: timezone.now(), dt.date.today(), time.time(), or a bare now()."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func
        bare = isinstance(name, ast.Name) and name.id in CLOCKS
        # A socket's or a row's own `.now()` would be odd enough to be looked at too.
        asked = isinstance(name, ast.Attribute) and name.attr in CLOCKS and not node.args
        seconds = isinstance(name, ast.Attribute) and name.attr == "time" and getattr(name.value, "id", "") == "time"
        if bare or asked or seconds:
            yield node.lineno


def imported(tree: ast.AST) -> Iterator[str]:
    """The top packages that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", [p for p in FILES if _below_entrances(p)], ids=lambda p: str(p.relative_to(ROOT)))
def test_no_clock_below_the_entrances(path):
    lines = list(clock_calls(ast.parse(path.read_text())))
    assert not lines, f"{path.relative_to(ROOT)}: asks the clock in lines {lines}; take the moment as an argument"


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if "kernel" in p.parts or "rules" in p.relative_to(ROOT).parts],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_thought_knows_no_django(path):
    known = set(imported(ast.parse(path.read_text()))) & {"django", "psycopg", "procrastinate", "ninja", "requests"}
    assert not known, f"{path.relative_to(ROOT)} imports {known}"


def _is_command(path: Path) -> bool:
    inside = path.relative_to(ROOT)
    # `ritm rhythm` needs no database and so no Django command.
    return "commands" in inside.parts or inside.parts[0] == "config" or str(inside) == "bridge/rhythm_of_a_file.py"


def test_nothing_prints_but_commands():
    prints = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if not _is_command(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert prints == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("timezone.now()", 1), ("dt.date.today()", 1), ("now()", 1), ("time.time()", 1),
        ("at.time()", 0), ("publish(event, at=at)", 0), ("time.monotonic()", 0),
    ],
)  # fmt: skip
def test_the_lint_itself_sees_what_it_should(text, found):
    assert len(list(clock_calls(ast.parse(text)))) == found
