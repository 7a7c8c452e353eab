"""A settled process looks at what is new alone, and still collects it."""

from __future__ import annotations

import gc
import weakref

import pytest

from ritm.kernel.memory import settle


@pytest.fixture(autouse=True)
def _as_it_was():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_was_loaded_is_left_alone():
    before = len(gc.get_objects())
    settle()
    assert gc.get_freeze_count() > before * 0.9
    assert len(gc.get_objects()) < before / 10


def test_circles_that_come_later_are_collected():
    class Node:
        pass

    settle()
    one, other = Node(), Node()
    one.other, other.other = other, one
    gone = weakref.ref(one)
    del one, other
    gc.collect()
    assert gone() is None
