"""Files and addresses that leave the list of clients: a stream keeps its language and wall; no line breaks a header."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from ritm.clients.models import Client
from ritm.journal import tenancy
from tests.factories import clients


def table(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(("language", "head", "kind"), [("ru", "Название", "компания"), ("en", "Name", "company")])
def test_a_stream_keeps_the_language_and_the_wall_of_who_asked(cast, sign_in, language, head, kind):
    clients.client(cast.home, owner=cast.max, name="Ромашка")
    with tenancy.organisation(cast.other.pk):
        clients.client(cast.other, name="Чужой")
    cast.nina.person.language = language
    cast.nina.person.save()
    answer = sign_in("nina").get(reverse("clients:export"))
    # As a server reads it: the request is over, another may have left its language and no wall stands.
    with translation.override("en" if language == "ru" else "ru"), transaction.atomic():
        tenancy.enter()
        rows = table(answer)
    assert head in rows[0]
    assert [row[1] for row in rows[1:]] == ["Ромашка"]
    assert rows[1][2] == kind


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_line_break_in_the_query_breaks_no_header(cast, sign_in, headers):
    client = clients.client(cast.home, owner=cast.max)
    answer = sign_in("nina").post(
        reverse("clients:archive_many"),
        {"client": client.pk, "query": "q=ёлка\r\nSet-Cookie: a=b"},
        headers=headers,
    )
    where = answer.headers.get("Location") or answer.headers["HX-Redirect"]
    assert where == reverse("clients:list") + "?q=%D1%91%D0%BB%D0%BA%D0%B0%0D%0ASet-Cookie%3A+a%3Db"
    assert Client.objects.get(pk=client.pk).archived_at is not None
