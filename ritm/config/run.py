"""
`ritm run`: the whole of Ritm under one command.

Starts PostgreSQL (the embedded one, unless DATABASE_URL names another), brings the schema up to date, loads the
demo company the first time, then keeps the web server and the worker alive until told to stop. This process
holds no Django and no data: whatever is killed, it starts again, and nothing is lost.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from ritm.config import postgres

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """In the child, before exec: when this supervisor is killed outright, its children end too (Linux)."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process that is started again when it ends by itself, more slowly each time it does so at once."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)

    def start(self) -> None:
        self.started = time.monotonic()
        # A session of its own: Ctrl-C reaches us alone, and we stop everybody in order.
        self.process = subprocess.Popen(self.command, cwd=ROOT, start_new_session=True, preexec_fn=_die_with_parent)

    def tend(self) -> None:
        """Start when due; note an unexpected end."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        if self.process.poll() is None:
            if now - self.started > 60:
                self.failures = 0
            return
        self._sweep()
        self.failures += 1
        pause = min(30, 2 ** (self.failures - 1) - 1)
        print(f"ritm: {self.name} ended ({self.process.returncode}); starting it again in {pause} s", flush=True)
        self.process, self.due = None, now + pause

    def _sweep(self) -> None:
        """What the ended process left behind in its group (granian's own workers) must not hold the port."""
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"ritm: {self.name} did not stop in {STOP_SECONDS} s; killing it", flush=True)
        self._sweep()


def main(argv: list[str]) -> int:
    """This function will run Ritm in the foreground until SIGINT or SIGTERM; it returns the exit code."""
    parser = argparse.ArgumentParser(prog="ritm run", description="Start Ritm: PostgreSQL, web server and worker.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--threads", type=int, default=4, help="requests served at once")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo company into an empty base")
    asked = parser.parse_args(argv)

    taken = _port_taken(asked.host, asked.port)
    if taken:
        print(f"ritm: {taken}", file=sys.stderr)
        return 1
    stopping = _on_signal()
    home = Path(os.environ.get("RITM_HOME", ROOT / "var")).resolve()
    embedded = not os.environ.get("DATABASE_URL")
    try:
        if embedded:
            os.environ["DATABASE_URL"] = postgres.start(home)
        prepared = subprocess.run(
            [PYTHON, "-m", "ritm.config.cli", "prepare", *(["--no-demo"] if asked.no_demo else [])],
            cwd=ROOT,
            check=False,
        )
        if prepared.returncode != 0 or stopping():
            return prepared.returncode
        return _serve(asked, stopping, home if embedded else None)
    finally:
        if embedded:
            postgres.stop(home)


def _serve(asked: argparse.Namespace, stopping: Callable[[], bool], home: Path | None) -> int:
    web = [
        PYTHON, "-m", "granian", "ritm.config.wsgi:application", "--interface", "wsgi",
        "--host", asked.host, "--port", str(asked.port), "--workers", "1", "--no-ws",
        "--blocking-threads", str(asked.threads), "--respawn-failed-workers", "--log-level", "warning",
    ]  # fmt: skip
    worker = [PYTHON, "-m", "ritm.config.cli", "worker"]
    children = [Child("web", web), Child("worker", worker)]
    for child in children:
        child.start()
    _announce(asked)
    while not stopping():
        for child in children:
            child.tend()
        if home is not None:
            # A killed server is started again; the application reconnects by itself.
            postgres.start(home)
        time.sleep(0.5)
    print("\nritm: stopping …", flush=True)
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait(deadline)
    return 0


def _announce(asked: argparse.Namespace) -> None:
    """Say the address only when it answers."""
    deadline = time.monotonic() + 30
    shown = "localhost" if asked.host in ("127.0.0.1", "0.0.0.0", "::") else asked.host  # noqa: S104
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((asked.host if asked.host != "0.0.0.0" else "127.0.0.1", asked.port)) == 0:  # noqa: S104
                print(f"\n  Ritm: http://{shown}:{asked.port}\n  Ctrl-C stops it.\n", flush=True)
                return
        time.sleep(0.1)
    print("ritm: the web server does not answer yet; see its messages above", file=sys.stderr, flush=True)


def _port_taken(host: str, port: int) -> str | None:
    """The sentence to show when we could not listen there; None when we can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return (
                f"port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop what listens there, or choose another: make run PORT={port + 1}"
            )
    return None


def _on_signal() -> Callable[[], bool]:
    heard: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        heard.append(number)

    signal.signal(signal.SIGINT, note)
    signal.signal(signal.SIGTERM, note)
    return lambda: bool(heard)
