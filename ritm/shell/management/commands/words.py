"""ritm words: collect the words of every room, say what is not translated, compile the catalogues."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ritm.shell import words


class Command(BaseCommand):
    help = "Adds untranslated words to each room's django.po, compiles django.mo; --check only reports and fails."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rooms", nargs="*", help="only write to these rooms' catalogues")
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a word is not translated")
        parser.add_argument("--compile", action="store_true", help="only compile the catalogues")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            words.compile_all()
            return
        if not options["check"]:
            for room, count in words.add_missing(words.rooms(), options["rooms"]).items():
                self.stdout.write(f"{room}: {count} new, to be translated in ritm/{room}/locale/ru")
            words.compile_all()
        found = words.faults(words.rooms())
        for line in found:
            self.stdout.write(line)
        if found and options["check"]:
            raise CommandError(f"{len(found)} faults in translations")
