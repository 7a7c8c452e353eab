"""`ritm import orders FILE`: the same import as in the browser, with its report on the terminal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from ritm.bridge import files, operations, queries, runs
from ritm.bridge.kinds import KINDS, Mapping, plain_role
from ritm.bridge.models import Import, Problem
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Organisation

SHOWN = 10


class Command(BaseCommand):
    """Brings a file of orders (or clients) into an organisation."""

    help = "Bring a file in: ritm import orders FILE"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS.keys(), help="what the file brings")
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", type=int, help="id of the organisation, when there are several")
        parser.add_argument("--sheet", help="sheet of a workbook")
        parser.add_argument(
            "--mapping",
            default="",
            help="columns by name or number from 1: client=…,date=…,amount=…; = alone drops one",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--errors", type=Path, metavar="CSV", help="write the refused rows to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("ru"):
            try:
                self._import(options)
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"Файла «{path}» нет.")
        organisation_id = self._organisation(options["organisation"])
        by = Actor(organisation_id, None, "command")
        now = timezone.now()
        with tenancy.organisation(organisation_id):
            source = operations.take_file(
                kind=options["kind"], filename=path.name, pieces=files.pieces_of(path), by=by, at=now
            )
            if options["sheet"]:
                operations.choose_sheet(source=source, sheet=options["sheet"], by=by)
            mapping = _mapping(source, options["mapping"])
            operations.agree_on_columns(source=source, mapping=mapping, by=by, at=now)
        self._understood(source, mapping)
        where = {"organisation_id": organisation_id, "import_id": source.pk}
        runs.check(**where, at=now, watch=self._watch)
        source = self._reload(organisation_id, source)
        self._counts(source)
        self._problems(source)
        if options["errors"]:
            with tenancy.organisation(organisation_id), options["errors"].open("w", encoding="utf-8-sig") as out:
                out.writelines(queries.error_lines(source))
        if source.state == Import.State.FAILED:
            raise CommandError(source.failure)
        if options["dry_run"]:
            return
        if (
            not options["yes"]
            and sys.stdin.isatty()
            and input("Загрузить? [д/Н] ").strip().lower() not in ("д", "да", "y")
        ):
            return
        with tenancy.organisation(organisation_id):
            operations.begin(source=source, by=by, at=timezone.now())
        runs.run(**where, at=timezone.now(), watch=self._watch)
        source = self._reload(organisation_id, source)
        if source.state != Import.State.DONE:
            raise CommandError(source.failure)
        self.stdout.write("Загружено.")
        self._counts(source)

    @staticmethod
    def _organisation(asked: int | None) -> int:
        with tenancy.installation():
            known = list(Organisation.objects.order_by("id").values_list("id", "name"))
        if asked is None and len(known) == 1:
            return int(known[0][0])
        if asked in {pk for pk, _ in known}:
            return int(asked)
        names = "\n".join(f"  {pk}  {name}" for pk, name in known) or "  пока нет ни одной"
        raise CommandError(f"Назовите организацию: --organisation ID\n{names}")

    @staticmethod
    def _reload(organisation_id: int, source: Import) -> Import:
        with tenancy.organisation(organisation_id):
            return Import.objects.get(pk=source.pk)

    def _watch(self, phase: str, done: int, total: int) -> None:
        if self.stderr.isatty():
            words = {"reading": "прочитано строк", "writing": "загружено строк"}[phase]
            self.stderr.write(f"\r{words}: {done}" + (f" из {total}" if total else ""), ending="")
            if done == total:
                self.stderr.write("")

    def _understood(self, source: Import, mapping: Mapping) -> None:
        with tenancy.organisation(source.organisation_id):
            labels = operations.kind_of(source).roles(source.organisation_id)
        for line in queries.understood_words(source.understood):
            self.stdout.write(line)
        columns = source.understood["columns"]
        for role, place in mapping.roles.items():
            self.stdout.write(f"  {labels[plain_role(role)]}: {columns[place]}")

    def _counts(self, source: Import) -> None:
        for label, count in queries.count_words(source):
            self.stdout.write(f"  {label}: {count}")

    def _problems(self, source: Import) -> None:
        with tenancy.organisation(source.organisation_id):
            found = list(Problem.objects.filter(source_id=source.pk).order_by("row", "id")[:SHOWN])
            count = Problem.objects.filter(source_id=source.pk).count()
        for problem in found:
            where = f", {problem.column}" if problem.column else ""
            mark = "" if problem.refused else " (взята)"
            self.stdout.write(f"  строка {problem.row}{where}: {problem.sentence}{mark}")
        if count > SHOWN:
            self.stdout.write(f"  … и ещё {count - SHOWN}")


def _mapping(source: Import, asked: str) -> Mapping:
    mapping = Mapping.from_json(source.mapping)
    columns: list[str] = source.understood["columns"]
    with tenancy.organisation(source.organisation_id):
        labels = operations.kind_of(source).roles(source.organisation_id)
    for part in filter(None, asked.split(",")):
        role, _, column = part.partition("=")
        role, column = role.strip(), column.strip()
        if plain_role(role) not in labels:
            raise CommandError(f"Нет роли «{role}»; есть: {', '.join(labels)}.")
        mapping.roles.pop(role, None)
        if not column:
            continue
        if column in columns:
            place = columns.index(column)
        elif column.isdigit() and 1 <= int(column) <= len(columns):
            place = int(column) - 1
        else:
            raise CommandError(f"Нет столбца «{column}»; есть: {', '.join(columns)}.")
        for other in [known for known, at in mapping.roles.items() if at == place]:
            del mapping.roles[other]
        mapping.roles[role] = place
    return mapping
