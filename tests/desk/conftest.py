"""Max's clients: one slips away, one is late, one buys in rhythm; Lena has one who slips away."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ritm.clients.models import Client
from tests.cast import Cast
from tests.factories.retention import buyer, heard, ordered


@dataclass
class Books:
    slipping: Client
    late: Client
    steady: Client
    lenas: Client


@pytest.fixture
def books(cast: Cast) -> Books:
    found = Books(
        slipping=buyer(cast, "Ромашка"),
        late=buyer(cast, "Василёк"),
        steady=buyer(cast, "Пион"),
        lenas=buyer(cast, "Южный берег", owner="lena"),
    )
    # Every 30 days; then 90, 40 and 10 days of silence. Slipping begins at 1.5 G + 30 = 75, lost at 3 G + 90 = 180.
    for client, silent, amount in (
        (found.slipping, 90, 20_000), (found.late, 40, 20_000), (found.steady, 10, 50_000), (found.lenas, 90, 9_000),
    ):  # fmt: skip
        ordered(client, *range(silent, silent + 300, 30), amount=amount)
    heard(found.slipping, found.late, found.steady, found.lenas)
    return found
