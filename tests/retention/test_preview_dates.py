"""The preview of a policy says of every client what the clock will say on that day, month ends included."""

from __future__ import annotations

import datetime as dt

import pytest

from ritm.kernel.calendar import add_months
from ritm.retention import zone_queries
from ritm.retention.models import ContactClock
from ritm.staff.queries import viewer_of
from tests.cast import NOW
from tests.factories import clients

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "on", [dt.date(2026, 2, 28), dt.date(2024, 2, 29), dt.date(2026, 3, 31), dt.date(2026, 3, 1), dt.date(2026, 5, 30)]
)
def test_months_end_where_the_calendar_says(cast, on):
    client = clients.client(cast.home, owner=cast.max)
    viewer = viewer_of(cast.nina.pk, at=NOW)
    held = zone_queries.policy_on(cast.home.pk, on)
    zones = held.zones
    releases = zone_queries.policies_by_unit(cast.home.pk, on, held)[0]["releases"]
    wrong = []
    for back in range(25, 220):
        contact = on - dt.timedelta(days=back)
        ContactClock.objects.filter(client=client).update(contact_on=contact, zone="none", excused_on=None)
        told = {turn.became for turn in zone_queries.preview(viewer, held, on)}
        expected = "green"
        for name, months in (("yellow", zones.yellow), ("red", zones.red), ("exchange", zones.release)):
            if on >= add_months(contact, months) and (releases or name != "exchange"):
                expected = name
        if told != {expected}:
            wrong.append((contact, told, expected))
    assert wrong == []
