"""An import from the first byte to the last, without a browser: what most tests of the bridge need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ritm.bridge import operations, runs
from ritm.bridge.kinds import Mapping
from ritm.bridge.models import Import, Problem
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from tests.cast import NOW, Cast


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@dataclass
class Bringing:
    """One import on its way; `report` reads it anew."""

    source: Import
    actor: Actor

    @property
    def report(self) -> Import:
        return Import.objects.get(pk=self.source.pk)

    @property
    def counts(self) -> dict[str, int]:
        return self.report.counts

    @property
    def problems(self) -> list[tuple[int, str, bool]]:
        found = Problem.objects.filter(source=self.source).order_by("row", "id")
        return [(p.row, p.code, p.refused) for p in found]

    @property
    def refused(self) -> list[tuple[int, str]]:
        return [(row, code) for row, code, refused in self.problems if refused]

    def check(self, at: dt.datetime = NOW) -> Bringing:
        self._as_a_worker(runs.check, at)
        return self

    def run(self, at: dt.datetime = NOW) -> Bringing:
        operations.begin(source=self.report, by=self.actor, at=at)
        self._as_a_worker(runs.run, at)
        return self

    def undo(self, at: dt.datetime = NOW) -> Bringing:
        operations.begin_undo(source=self.report, by=self.actor, at=at)
        self._as_a_worker(runs.undo, at)
        return self

    def _as_a_worker(self, work: Callable[..., bool], at: dt.datetime) -> None:
        """A worker stands outside every wall: what a pass does not open for itself, it does not see."""
        tenancy.enter()
        try:
            work(organisation_id=self.actor.organisation_id, import_id=self.source.pk, at=at)
        finally:
            tenancy.enter(organisation_id=self.actor.organisation_id)


@pytest.fixture
def take(cast: Cast) -> Callable[..., Bringing]:
    """take(b"client;date;amount…") uploads a file as Oleg and agrees on its columns; `roles` and others override."""

    def take_(content: bytes | str, kind: str = "orders", filename: str = "f.csv", **asked: object) -> Bringing:
        actor = Actor(cast.home.pk, cast.oleg.pk, "import")
        body = content.encode() if isinstance(content, str) else content
        source = operations.take_file(kind=kind, filename=filename, pieces=[body], by=actor, at=NOW)
        kept = source.mapping | asked
        operations.agree_on_columns(source=source, mapping=Mapping.from_json(kept), by=actor, at=NOW)
        return Bringing(source, actor)

    return take_


@pytest.fixture
def bring(take) -> Callable[..., Bringing]:
    """bring(content) takes a file all the way in."""

    def bring_(content: bytes | str, **asked: object) -> Bringing:
        return take(content, **asked).check().run()

    return bring_
