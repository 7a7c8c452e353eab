"""Migrations tell what they are for, and the models say nothing that no migration has done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("ritm."))
FILES = sorted((Path(__file__).parents[2] / "ritm").glob("*/migrations/0*.py"))


@pytest.mark.django_db
def test_no_model_waits_for_its_migration(capsys):
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_migration_is_named_by_intent(path):
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9]*(_[a-z0-9]+)*", path.stem), path.stem
    assert "auto" not in path.stem.split("_"), f"{path.stem}: say what it is for"


@pytest.mark.django_db
@pytest.mark.parametrize("label", OURS)
def test_each_room_has_one_last_migration(label):
    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert len(loader.graph.leaf_nodes(label)) <= 1


def test_there_are_migrations_to_look_at():
    assert len(FILES) > 15
