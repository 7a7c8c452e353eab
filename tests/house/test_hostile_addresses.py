"""No address makes a page fall over: hostile values of every parameter that a view reads, as who sees the most."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
from django import forms
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from ritm.clients.listing.catalogue import FILTERS
from tests.house.test_doors import DOORS

RITM = Path(__file__).parents[2] / "ritm"
READ = re.compile(
    r"""(?:GET|POST|posted|asked)\.get(?:list)?\(\s*"([\w.]+)"|"(\w+)" in request\.(?:GET|POST)|POST\["(\w+)"\]"""
)
# A character that PostgreSQL cannot keep, figures that are none, numbers beyond any column, days that never were.
HOSTILE = ("\x00", "²", "٣", "9" * 30, "-1", "2026-99-99", "0001-01-01", "9999-12-31", "[", "%", "NaN", "👻" * 400)


@cache
def parameters() -> list[str]:
    """What the views read of an address, and the conditions of lists."""
    found = {"".join(name) for path in RITM.rglob("*.py") for name in READ.findall(path.read_text())}
    found |= {f"{one.key}.{operator}" for one in FILTERS for operator, _label in one.operators}
    found |= {"since", "until", "effective_on", "clock", "sort", "status", *(one.key for one in FILTERS)}
    return sorted(found)


@cache
def fields() -> list[str]:
    """What forms ask for."""
    kinds, found = [forms.Form], set(parameters())
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found |= set(kind.base_fields)
    return sorted(found)


def _who(may: set[str]) -> str:
    return next((one for one in ("nina", "adam", *sorted(may)) if one in may), "nina")


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_page_answers_whatever_its_address_says(name, cast):
    make, may = DOORS[name]
    url = reverse(name, kwargs=make(cast))
    browser = Browser(raise_request_exception=False)
    browser.force_login(getattr(cast, _who(may)).person)
    fallen = []
    for value in HOSTILE:
        # All at once; RITM_EACH=1 looks longer, for what hides behind another.
        every = dict.fromkeys(parameters(), value)
        for asked in [{key: value} for key in every] if os.environ.get("RITM_EACH") else [every]:
            answer = browser.get(url, asked)
            if answer.status_code >= 500:
                fallen.append((value, min(asked) if len(asked) == 1 else "", repr(answer.exc_info[1])))
    assert not fallen, "\n".join(map(str, fallen))


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_form_answers_whatever_is_typed(name, cast):
    make, may = DOORS[name]
    url, fallen = reverse(name, kwargs=make(cast)), []
    for value in HOSTILE:
        # Each value finds the world as it was.
        mark = transaction.savepoint()
        browser = Browser(raise_request_exception=False)
        browser.force_login(getattr(cast, _who(may)).person)
        answer = browser.post(url, dict.fromkeys(fields(), value))
        if answer.status_code >= 500:
            fallen.append((value, repr(answer.exc_info[1])))
        transaction.savepoint_rollback(mark)
    assert not fallen, "\n".join(map(str, fallen))
