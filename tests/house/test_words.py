"""The house speaks Russian: every word of every room has its translation."""

from __future__ import annotations

import pytest
from django.apps import apps

from ritm.shell import words

ROOMS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("ritm."))


@pytest.fixture(scope="module")
def found() -> list[str]:
    return words.faults(words.rooms())


@pytest.mark.parametrize("room", ROOMS)
def test_every_word_of_the_room_is_translated(found, room):
    assert [line for line in found if line.startswith(f"{room}: ")] == []


def test_no_word_is_said_in_two_ways(found):
    assert [line for line in found if line.startswith("said in two ways")] == []
