"""`ritm run` as an operator meets it: real processes, a real PostgreSQL of its own, real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def run(home: Path, port: int) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "RITM_PLAIN_STATIC")}
    return subprocess.Popen(
        [sys.executable, "-m", "ritm.config.cli", "run", "--no-demo", "--port", str(port)],
        cwd=ROOT,
        env=environment | {"RITM_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def postgres_pid(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def test_a_taken_port_is_said_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = run(tmp_path, port)
        words, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"port {port}" in words
    assert f"PORT={port + 1}" in words
    assert not (tmp_path / "postgres").exists()


@pytest.mark.slow
@pytest.mark.xdist_group("run")
def test_it_starts_survives_kills_and_stops_cleanly(tmp_path):
    port = free_port()
    process = run(tmp_path, port)
    try:
        wait_until(lambda: answers(port) == 200, 120)
        children = psutil.Process(process.pid).children(recursive=True)

        web = next(child for child in children if "granian" in " ".join(child.cmdline()))
        web.send_signal(signal.SIGKILL)
        wait_until(lambda: not web.is_running() or web.status() == psutil.STATUS_ZOMBIE)
        wait_until(lambda: answers(port) == 200)

        killed = postgres_pid(tmp_path)
        os.kill(killed, signal.SIGKILL)
        # Recovery begins by writing every file of the server to the disk: a busy disk takes its time.
        wait_until(
            lambda: (tmp_path / "postgres" / "postmaster.pid").exists() and postgres_pid(tmp_path) != killed, 240
        )
        wait_until(lambda: answers(port) == 200)

        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(postgres_pid(tmp_path))]
        process.send_signal(signal.SIGINT)
        words, _ = process.communicate(timeout=60)
        assert process.returncode == 0, words
        assert f"http://localhost:{port}" in words
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []
        assert not (tmp_path / "postgres" / "postmaster.pid").exists()

        started = time.monotonic()
        process = run(tmp_path, port)
        wait_until(lambda: answers(port) == 200, 60)
        # Nothing to install, migrate or collect: a second start is a matter of seconds.
        assert time.monotonic() - started < 30
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://nobody@127.0.0.1:1/ritm", "does not answer"),
        ("sqlite:///ritm.db", "must begin with postgresql://"),
    ],
)
def test_a_wrong_database_url_is_said_in_a_sentence(tmp_path, url, words):
    ended = subprocess.run(
        [sys.executable, "-m", "ritm.config.cli", "check"],
        cwd=ROOT,
        env={**os.environ, "RITM_HOME": str(tmp_path), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
