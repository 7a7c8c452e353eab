"""Whatever we lean on is told in docs/dependencies.md: what for, and why this one."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "dependencies.md"


def _asked_for() -> set[str]:
    names = set()
    for path in (ROOT / "requirements").glob("*.in"):
        for line in path.read_text().splitlines():
            line = line.partition("#")[0].strip()
            if line and not line.startswith("-"):
                names.add(re.split(r"[\[<>=~!; ]", line, maxsplit=1)[0].lower())
    package = json.loads((ROOT / "package.json").read_text())
    return names | set(package.get("dependencies", {})) | set(package.get("devDependencies", {}))


def _told() -> set[str]:
    rows = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(), flags=re.MULTILINE)
    return {name.lower() for name in rows}


def test_every_dependency_is_told():
    assert _asked_for() - _told() == set()


def test_nothing_is_told_that_we_do_not_use():
    assert _told() - _asked_for() == set()
