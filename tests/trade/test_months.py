"""Orders by month beside the year before."""

from __future__ import annotations

import datetime as dt

from ritm.trade.months import by_month
from tests.cast import TODAY
from tests.factories import clients, trade


def test_twelve_months_less_returns_beside_a_year_before(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max)
    trade.order(client, on=dt.date(2026, 3, 1), amount=1000)
    trade.order(client, on=dt.date(2026, 3, 15), amount=500)
    trade.order(client, on=dt.date(2025, 4, 1), amount=70)
    trade.order(client, on=dt.date(2025, 3, 31), amount=300)
    trade.order(client, on=dt.date(2024, 4, 30), amount=9)
    trade.order(client, on=dt.date(2024, 3, 31), amount=5)
    held = by_month(cast.viewer("max"), client.pk, TODAY)
    assert [one.first for one in held] == [dt.date(2025 + (3 + n) // 12, (3 + n) % 12 + 1, 1) for n in range(12)]
    assert (held[0].total, held[0].year_before, held[0].last) == (70, 9, dt.date(2025, 4, 30))
    assert (held[-1].total, held[-1].year_before) == (1500, 300)
    assert sum(one.total + one.year_before for one in held) == 1879


def test_the_drawn_months_lead_to_their_orders(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max)
    today = dt.datetime.now(dt.UTC).date()
    trade.order(client, on=today, amount=1000, at=dt.datetime.now(dt.UTC))
    page = sign_in("max").get(f"/clients/{client.pk}/orders-by-month/").content.decode()
    assert f"/orders/?client={client.pk}&amp;since={today.replace(day=1)}" in page
    piece = sign_in("max").get(f"/clients/{client.pk}/orders-by-month/", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in piece
    assert sign_in("lena").get(f"/clients/{client.pk}/orders-by-month/").status_code == 404
