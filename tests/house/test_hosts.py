"""Nothing in the repository names a machine: no registry host, no absolute path of somebody's disk."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Spelt apart, so that this file does not find itself.
REGISTRIES = [
    "pypi" + ".org", "files.python" + "hosted.org", "registry." + "npmjs.org", "registry." + "yarnpkg.com",
    "--index" + "-url",
]  # fmt: skip
PATHS = re.compile(r"(?<![\w.])/(?:work|home|Users|root)/[\w.-]+")
# A page may tell an administrator where things go on *his* machine.
TELLS_PATHS = ("docs/operate/",)
TEXT = {".py", ".toml", ".txt", ".in", ".md", ".json", ".html", ".css", ".js", ".sh", ".cfg", ".yml", ".npmrc", ""}


def _files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _texts() -> dict[str, str]:
    found = {}
    for path in _files():
        if path.suffix in TEXT and path.stat().st_size < 3_000_000:
            found[str(path.relative_to(ROOT))] = path.read_text(errors="replace")
    return found


def test_no_registry_is_named():
    named = [
        f"{name}: {host}"
        for name, text in _texts().items()
        for host in REGISTRIES
        if host in text and not name.startswith("docs/")
    ]
    assert named == []


def test_no_machine_is_named_by_its_paths():
    named = [
        f"{name}: {found.group()}"
        for name, text in _texts().items()
        if not name.startswith(TELLS_PATHS)
        for found in PATHS.finditer(text)
    ]
    assert named == []


def test_the_lock_of_npm_says_what_and_not_where_from():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    resolved = [name for name, package in lock["packages"].items() if "resolved" in package]
    assert resolved == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
