"""Every place in the rail, for those who have the most of them: silent console, content axe, nothing overflows."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from ritm.journal import tenancy
from ritm.shell.sockets import COMMANDS, NAV
from tests.factories.retention import buyer, heard, ordered

pytestmark = pytest.mark.browser


def places(cast, name: str) -> list[str]:
    viewer = cast.viewer(name)
    with tenancy.organisation(viewer.organisation_id):
        found = {reverse(item.url_name) for item in (*NAV, *COMMANDS) if item.may(viewer)}
    return sorted(found | {"/", reverse("staff:profile"), reverse("staff:security")})


@pytest.mark.parametrize(
    ("name", "phone", "dark"), [("adam", False, False), ("max", True, True), ("nina", True, False)]
)
def test_every_place_is_in_order(browser_page, cast, name, phone, dark):
    with transaction.atomic(), tenancy.organisation(cast.home.pk):
        client = buyer(cast)
        ordered(client, 120, 90, 61)
        heard(client)
    page = browser_page(name, phone=phone, dark=dark)
    for path in [*places(cast, name), reverse("clients:page", args=[client.pk])]:
        page.open(path)
        try:
            page.check()
        except AssertionError as error:
            raise AssertionError(f"{path}: {error}") from error


# Where people spend their day, and the forms of the rules: their colours by night. All other places are walked above.
BY_NIGHT = {
    "max": ("desk:today", "clients:list", "retention:exchange", "retention:slipping", "trade:orders"),
    "vera": ("desk:home", "desk:flow"),
    "adam": ("retention:policy", "clients:own_fields", "staff:audit"),
}


def test_the_places_of_the_day_are_in_order_by_night(browser_page, cast):
    with transaction.atomic(), tenancy.organisation(cast.home.pk):
        client = buyer(cast)
        ordered(client, 120, 90, 61)
        heard(client)
    for name, places_of_his in BY_NIGHT.items():
        page = browser_page(name, dark=True)
        for path in [*map(reverse, places_of_his), *([reverse("clients:page", args=[client.pk])] * (name == "max"))]:
            page.open(path)
            try:
                page.check()
            except AssertionError as error:
                raise AssertionError(f"{name}, {path}: {error}") from error
