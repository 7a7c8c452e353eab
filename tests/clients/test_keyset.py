"""Pages put together are the whole sorted list: ties, unknown values, both directions, any page size."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ritm.clients.listing.keyset import Mark, Order, read_page, reading
from ritm.clients.models import Client
from tests.cast import NOW

DAYS = [None, *(NOW + dt.timedelta(days=n) for n in range(4))]


@pytest.fixture
def home(cast):
    return cast.home


def _pages_forward(rows, order, size):
    mark, ids, marks = None, [], []
    while True:
        page = read_page(reading(rows), order, size=size, after=mark)
        ids += [row.pk for row in page.rows]
        marks.append(mark)
        if page.after is None:
            return ids, page
        mark = Mark.read(page.after.write())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.tuples(st.sampled_from("абв"), st.sampled_from(DAYS)), max_size=23),
    size=st.integers(1, 8),
    reverse=st.booleans(),
    index=st.sampled_from(["name_key", "-name_key", "archived_at", "-archived_at"]),
)
def test_pages_concatenated_are_the_whole_list(home, values, size, reverse, index):
    Client.objects.all().delete()
    made = Client.objects.bulk_create(
        Client(organisation=home, name=name, archived_at=day, created_at=NOW, updated_at=NOW) for name, day in values
    )
    nullable = "archived" in index
    order = Order.along(index, reverse=reverse, nullable=nullable)

    def value(row):
        return row.archived_at if nullable else row.name

    down = index.startswith("-") != reverse
    known = [row for row in made if value(row) is not None]
    known.sort(key=lambda row: row.pk, reverse=reverse)
    known.sort(key=value, reverse=down)
    unknown = sorted((row for row in made if value(row) is None), key=lambda row: row.pk, reverse=reverse)
    expected = [row.pk for row in known + unknown]

    ids, last = _pages_forward(Client.objects.all(), order, size)
    assert ids == expected

    # Back from the last page to the first: the same list, read the other way.
    backwards = [row.pk for row in last.rows]
    page = last
    while page.before is not None:
        page = read_page(reading(Client.objects.all()), order, size=size, before=Mark.read(page.before.write()))
        backwards = [row.pk for row in page.rows] + backwards
    assert backwards == expected


@pytest.mark.parametrize("text", ["", "x", "WzEsMl0", "bnVsbA", "WyJkIiwieCIsMV0"])
def test_a_broken_mark_is_refused(text):
    with pytest.raises(ValueError, match="not a mark"):
        Mark.read(text)
