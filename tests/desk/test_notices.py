"""Who is told what, once; the bell; the letter of the day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.bridge.events import ImportFinished
from ritm.clients.events import ClientAssigned, ClientsAssigned, ClientsBatchEnded, ClientsReleased
from ritm.desk import digest, notices
from ritm.desk.models import Notice, NoticeWish
from ritm.desk.queries import notices as queries
from ritm.desk.rules.notices import is_quiet
from ritm.journal import operations as journal
from ritm.kernel.actor import Actor
from ritm.retention.events import ClaimsEnded, ZonesChanged, ZoneWarningsGiven
from ritm.retention.models import Claim, ZoneWarning
from ritm.staff.models import Employee
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer

HOUR = dt.timedelta(hours=1)
EIGHT = NOW - 4 * HOUR  # eight in Moscow


def hear(cast, event, key, by=None):
    entry = journal.publish(event, by=Actor(cast.home.pk, by.pk if by else None), at=NOW)
    for _ in range(2):
        journal.hear(entry=entry, subscriber_key=f"desk.{key}", at=NOW)


def told(cast, who="max"):
    return [(one.row.kind, one.sentence) for one in queries.page_of(cast.viewer(who), None)[0]]


@pytest.fixture
def client(cast):
    return buyer(cast, "Ромашка")


def test_a_client_given_to_me_is_news_but_not_when_i_took_him(cast, client):
    event = ClientAssigned(client_id=client.pk, former_owner_id=None, owner_id=cast.max.pk, why="")
    hear(cast, event, "notice_of_a_client_assigned", by=cast.vera)
    hear(cast, event, "notice_of_a_client_assigned", by=cast.max)
    assert told(cast) == [("assigned", "Ромашка – теперь ваш клиент")]
    assert told(cast, "vera") == []


def test_many_clients_are_told_as_one_number(cast):
    ids = tuple(buyer(cast, f"Клиент {n}").pk for n in range(5))
    event = ClientsAssigned(client_ids=ids, former_owner_ids=(0,) * 5, owner_id=cast.max.pk, why="")
    hear(cast, event, "notice_of_clients_assigned", by=cast.vera)
    assert told(cast) == [("assigned", "Вам передали: 5 клиентов")]


def test_only_a_turn_for_the_worse_is_news(cast, client):
    other = buyer(cast, "Пион")
    event = ZonesChanged(client_ids=(client.pk, other.pk), was=("green", ""), became=("yellow", "red"))
    hear(cast, event, "notice_of_zones")
    hear(cast, ZonesChanged(client_ids=(other.pk,), was=("red",), became=("green",)), "notice_of_zones")
    assert [kind for kind, _ in told(cast)] == ["yellow"]


def test_a_warning_names_the_boundary_and_its_day(cast, client):
    ZoneWarning.objects.create(
        organisation=cast.home, client=client, owner_id=cast.max.pk, boundary="red", boundary_on=dt.date(2026, 3, 23),
        days=7, given_on=TODAY,
    )  # fmt: skip
    hear(cast, ZoneWarningsGiven(client_ids=(client.pk,)), "notice_of_zone_warnings")
    ((kind, sentence),) = told(cast)
    assert (kind, sentence.replace("\N{NO-BREAK SPACE}", " ")) == ("warned", "Ромашка – 23 марта станет красным")


def test_the_former_owner_hears_of_a_release_and_of_a_lapsed_claim(cast, client):
    released = ClientsReleased(client_ids=(client.pk,), former_owner_ids=(cast.max.pk,), why="")
    hear(cast, released, "notice_of_released_clients")
    ended = ClaimsEnded(client_ids=(client.pk,), employee_ids=(cast.max.pk,), met=(False,))
    hear(cast, ended, "notice_of_claims_not_met")
    met = ClaimsEnded(client_ids=(client.pk,), employee_ids=(cast.max.pk,), met=(True,))
    hear(cast, met, "notice_of_claims_not_met")
    assert [kind for kind, _ in told(cast)] == ["returned", "released"]


def test_whoever_brought_a_file_hears_that_it_is_in(cast):
    event = ImportFinished(import_id=1, kind="clients", filename="база.xlsx", created=1200, changed=0, refused=3)
    hear(cast, event, "notice_of_an_import", by=cast.adam)
    ((_, sentence),) = told(cast, "adam")
    assert sentence.replace("\N{NO-BREAK SPACE}", " ") == "Файл «база.xlsx» загружен: создано 1 200, отклонено 3"


def test_an_obligation_is_told_once_the_day_before(cast, client):
    Claim.objects.create(
        organisation=cast.home, client=client, employee=cast.max, claimed_at=NOW, obliged_until=dt.date(2026, 3, 17)
    )
    assert notices.tell_of_obligations(organisation_id=cast.home.pk, at=NOW) == 1
    assert notices.tell_of_obligations(organisation_id=cast.home.pk, at=NOW) == 0
    assert [kind for kind, _ in told(cast)] == ["obliged"]


def test_the_bell_counts_in_one_query_and_keeps_silent_when_asked(cast, client, django_assert_num_queries):
    notices.tell_owners(kind="red", client_ids=[client.pk], entry_id=1, organisation_id=cast.home.pk, at=NOW)
    viewer = cast.viewer("max")
    with django_assert_num_queries(1):
        assert queries.unread(viewer, NOW) == 1
    assert queries.unread(viewer, NOW + 10 * HOUR) == 0  # ten in the evening
    assert queries.unread(cast.viewer("lena"), NOW) == 0
    notices.wish(employee=cast.max, values={"bell": False})
    assert queries.unread(viewer, NOW) == 0


def test_the_page_marks_read_ones_own_only(cast, sign_in, client):
    notices.tell_owners(kind="red", client_ids=[client.pk], entry_id=1, organisation_id=cast.home.pk, at=NOW)
    row = Notice.objects.get()
    assert "Ромашка" in sign_in("max").get("/notices/").content.decode()
    assert "Ромашка" not in sign_in("vera").get("/notices/").content.decode()
    assert sign_in("lena").post("/notices/read/", {"notice": row.pk}).status_code == 404
    assert sign_in("max").post("/notices/read/", {"notice": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.read_at is not None
    assert 'hx-get="/notices/bell/"' in sign_in("max").get("/notices/").content.decode()


def test_wishes_are_kept(cast, sign_in):
    browser = sign_in("max")
    data = {"bell": "on", "digest_hour": "9", "quiet_from": "20", "quiet_until": "8"}
    assert browser.post("/notices/wishes/", data).status_code == 302
    row = NoticeWish.objects.get(employee=cast.max)
    assert (row.bell, row.digest, row.digest_hour, row.quiet_from) == (True, False, 9, 20)
    assert browser.post("/notices/wishes/", data | {"digest_hour": "24"}).status_code == 422


def test_the_letter_goes_out_once_at_ones_hour(cast, books, mailoutbox):
    assert digest.ring(cast.home.pk, EIGHT - HOUR) == 0
    assert digest.ring(cast.home.pk, EIGHT) == 2
    assert digest.ring(cast.home.pk, EIGHT + HOUR) == 0
    letter = next(one for one in mailoutbox if one.to == ["max@example.com"])
    assert "Ромашка" in letter.body and "Южный берег" not in letter.body
    assert letter.subject.startswith("Сегодня, 16")
    assert "<ol>" in letter.alternatives[0][0]
    assert digest.ring(cast.home.pk, EIGHT + 24 * HOUR) == 2


def test_no_letter_to_whoever_has_nothing_or_wants_none_or_on_a_day_off(cast, books, mailoutbox):
    notices.wish(employee=cast.max, values={"digest": False})
    assert digest.ring(cast.home.pk, EIGHT - 24 * HOUR) == 0  # a Sunday
    assert digest.ring(cast.home.pk, EIGHT) == 1
    assert [one.to for one in mailoutbox] == [["lena@example.com"]]


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 23))
def test_quiet_hours_and_their_complement_make_a_day(hour, start, end):
    if start == end:
        assert not is_quiet(hour, start, end)
    else:
        assert is_quiet(hour, start, end) != is_quiet(hour, end, start)


def test_whoever_stands_in_is_warned_too_and_reads_for_whom(cast, client):
    other = [buyer(cast, f"Клиент {n}") for n in range(5)]
    Employee.objects.filter(pk=cast.max.pk).update(away_until=TODAY, substitute=cast.lena)
    for one in (client, *other):
        ZoneWarning.objects.create(
            organisation=cast.home, client=one, owner_id=cast.max.pk, boundary="red",
            boundary_on=dt.date(2026, 3, 23), days=7, given_on=TODAY,
        )  # fmt: skip
    hear(cast, ZoneWarningsGiven(client_ids=(client.pk,)), "notice_of_zone_warnings")
    ((_, mine),) = told(cast)
    ((kind, hers),) = told(cast, "lena")
    assert (kind, hers) == ("warned", f"{mine} (вы замещаете: Макс)")
    hear(cast, ZoneWarningsGiven(client_ids=tuple(one.pk for one in other)), "notice_of_zone_warnings")
    first = queries.page_of(cast.viewer("lena"), None)[0][0]
    assert first.sentence == "Скоро перейдут в худшую зону: 5 клиентов (вы замещаете: Макс)"
    assert first.url.endswith(f"?owner={cast.max.pk}")
    event = ZonesChanged(client_ids=(client.pk,), was=("yellow",), became=("red",))
    hear(cast, event, "notice_of_zones")
    assert told(cast, "lena")[0][0] == "red"


@pytest.mark.parametrize("gone", ["leave is over", "substitute has left", "no substitute"])
def test_nobody_stands_in(cast, client, gone):
    away = TODAY - dt.timedelta(days=1) if gone == "leave is over" else TODAY
    substitute = None if gone == "no substitute" else cast.lena
    Employee.objects.filter(pk=cast.max.pk).update(away_until=away, substitute=substitute)
    if gone == "substitute has left":
        Employee.objects.filter(pk=cast.lena.pk).update(left_on=TODAY)
    ZoneWarning.objects.create(
        organisation=cast.home, client=client, owner_id=cast.max.pk, boundary="red", boundary_on=dt.date(2026, 3, 23),
        days=7, given_on=TODAY,
    )  # fmt: skip
    hear(cast, ZoneWarningsGiven(client_ids=(client.pk,)), "notice_of_zone_warnings")
    assert set(Notice.objects.values_list("employee_id", flat=True)) == {cast.max.pk}


def test_a_first_contact_that_is_due_is_told_to_both(cast, client):
    Claim.objects.create(organisation=cast.home, client=client, employee=cast.max, claimed_at=NOW, obliged_until=TODAY)
    assert notices.tell_of_obligations(organisation_id=cast.home.pk, at=NOW) == 1
    Employee.objects.filter(pk=cast.max.pk).update(away_until=TODAY, substitute=cast.lena)
    # He has read it; whoever begins to stand in an hour later has not.
    assert notices.tell_of_obligations(organisation_id=cast.home.pk, at=NOW) == 1
    assert notices.tell_of_obligations(organisation_id=cast.home.pk, at=NOW) == 0
    assert "вы замещаете: Макс" in told(cast, "lena")[0][1]


@pytest.mark.parametrize(
    ("state", "left", "said"),
    [
        ("done", 0, "Готово. Передано"),
        ("done", 7, "Готово, но не всё. Передано"),
        ("cancelled", 0, "Остановлено вручную. Передано"),
        ("failed", 0, "Остановлено ошибкой. Передано"),
        ("undone", 7, "Отменено. Передано"),
    ],
)
def test_whoever_changed_many_clients_hears_how_it_ended(cast, state, left, said):
    event = ClientsBatchEnded(
        batch_id=5,
        employee_id=cast.nina.pk,
        title="Передано (Лена), клиентов: 4 000",
        state=state,
        done=4000,
        left=left,
    )
    hear(cast, event, "notice_of_a_bulk_change", by=cast.nina)
    (one,) = queries.page_of(cast.viewer("nina"), None)[0]
    assert one.sentence.startswith(said)
    assert one.url == "/clients/batches/5/"
