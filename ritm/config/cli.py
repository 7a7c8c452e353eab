"""The command `ritm`. Commands that need no database never load Django."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """This function will run one command and return its exit code."""
    words = sys.argv[1:]
    if words[:1] == ["rhythm"]:
        from ritm.retention.command import main as rhythm

        return rhythm(words[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ritm.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["ritm", *words])
    return 0


if __name__ == "__main__":
    sys.exit(main())
