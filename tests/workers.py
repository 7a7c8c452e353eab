"""A worker of its own process, killed where its script stands still."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def killed_in_the_middle(script: str, *arguments: object) -> None:
    """This function will run a script on the tests' database and kill it when it has printed 'here'."""
    held = connection.settings_dict
    url = f"postgresql://{quote(held['USER'])}:{quote(held['PASSWORD'])}@/{held['NAME']}?host={quote(held['HOST'])}"
    if held["PORT"]:
        url += f"&port={held['PORT']}"
    worker = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None and worker.stdout.readline() == "here\n"
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(20) == -signal.SIGKILL
