"""How many items a day holds, set on a page; and what was decided about a client who turns out to be another."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from ritm.clients import operations as clients
from ritm.desk import operations
from ritm.desk.models import Pace, Verdict
from ritm.desk.queries.today import pace
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer

DAY = dt.timedelta(days=1)


def test_a_day_is_given_another_measure(cast, sign_in):
    nina, url = sign_in("nina"), reverse("desk:pace")
    assert b'value="40"' in nina.get(url).content
    today = timezone.localdate()
    assert nina.post(url, {"per_day": 25, "effective_on": today + 7 * DAY}).status_code == 302
    row = Pace.objects.get()
    assert (row.per_day, row.created_by_id) == (25, cast.nina.pk)
    assert [pace(cast.home.pk, today + days * DAY) for days in (6, 7)] == [40, 25]
    assert "25" in nina.get(url).content.decode()
    for wrong in ({"per_day": 0}, {"per_day": 900}, {"effective_on": today - DAY}, {"effective_on": "завтра"}):
        assert nina.post(url, {"per_day": 30, "effective_on": today} | wrong).status_code == 422
    assert Pace.objects.count() == 1
    assert sign_in("vera").get(url).status_code == sign_in("max").get(url).status_code == 404


def test_verdicts_go_with_a_client_who_is_merged_and_come_back(cast):
    keep, gone = buyer(cast, "Ромашка"), buyer(cast, "Ромашка-2")
    by = cast.viewer("max").actor()
    verdict = operations.snooze(
        client=gone, source="rhythm", episode="rhythm:2026-01-01", reason="в отпуске", until=TODAY + 9 * DAY,
        by=by, at=NOW,
    )  # fmt: skip
    batch = clients.merge(keep=keep, gone=gone, by=by, at=NOW)
    assert Verdict.objects.get(pk=verdict.pk).client_id == keep.pk
    clients.unmerge(batch=batch, by=by, at=NOW)
    assert Verdict.objects.get(pk=verdict.pk).client_id == gone.pk
