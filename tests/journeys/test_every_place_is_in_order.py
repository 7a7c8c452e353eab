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
