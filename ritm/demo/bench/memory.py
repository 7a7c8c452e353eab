"""Memory of the whole stack at rest, PostgreSQL left out: each process's own share of what it maps (PSS)."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from ritm.demo.bench.table import Measured

LIMIT_MB = 250
REST_SECONDS = 12


def measure() -> Measured:
    """This function will start Ritm on a free port, ask for a page, let it rest, and add its processes up."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ritm.config.cli", "run", "--no-demo", "--port", str(port)]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/sign-in/")
        time.sleep(REST_SECONDS)
        family = _family(started.pid)
        shares = {pid: _share(pid) for pid in family}
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(60)
    total = sum(shares.values())
    return Measured("memory at rest", (total,), None, "value", LIMIT_MB, f"{len(shares)} processes", "MB")


def _await(url: str) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
                answer.read()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def _family(root: int) -> list[int]:
    """The process and all below it, without PostgreSQL's."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name, _, rest = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue
            names[int(entry.name)] = name.partition("(")[2]
            parents[int(entry.name)] = int(rest.split()[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return [pid for pid in found if not names[pid].startswith("postgres")]


def _share(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0]) / 1024
