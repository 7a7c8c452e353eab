"""PostgreSQL knows Cyrillic letters: search by a fragment would read the whole table otherwise."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_trigrams_are_made_of_cyrillic_letters():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('магистраль')), lower('ЁЛКА'), 'ЁЛКА' ILIKE 'ёл%%'", [])
        assert cursor.fetchone() == (11, "ёлка", True)
