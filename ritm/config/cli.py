"""The command `ritm`. What needs no database never loads Django."""

from __future__ import annotations

import os
import sys

COMMANDS = """\
Ritm: notices which clients are slipping away, and what to do about it today.

  ritm run                    start everything (web, worker, embedded PostgreSQL)
  ritm rhythm FILE            who is slipping, from any file of orders; needs no database
  ritm import orders FILE     bring orders into an organisation
  ritm tick [--now MOMENT]    ring the clocks by hand
  ritm rebuild                compute every client's rhythm again from his orders
  ritm sums [--anew]          bring the sums behind flow and portfolios up to date
  ritm demo [--clients N]     load the demo company
  ritm bench [--size large]   measure
  ritm migrate, ritm words …  for those who run or change Ritm: `ritm help`
"""


def main() -> int:
    """This function will run one command and return its exit code."""
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        print(COMMANDS)
        return 0
    if words[0] == "rhythm":
        from ritm.bridge.rhythm_of_a_file import main as rhythm

        return rhythm(words[1:])
    if words[0] == "run":
        from ritm.config.run import main as run

        return run(words[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ritm.config.settings")
    trouble = _database_trouble()
    if trouble:
        print(f"ritm: {trouble}", file=sys.stderr)
        return 1
    from django.core.management import execute_from_command_line

    execute_from_command_line(["ritm", *words])
    return 0


def _database_trouble() -> str | None:
    """What is wrong with one's own DATABASE_URL, in a sentence; None when all is well or the server is ours."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return None
    import psycopg

    from ritm.config import servers

    try:
        servers.adopt(url)
    except psycopg.OperationalError as error:
        return f"PostgreSQL of DATABASE_URL does not answer: {str(error).strip()}"
    except (RuntimeError, ValueError) as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main())
