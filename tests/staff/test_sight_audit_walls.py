"""Who can see this and why; the trail nobody can change; and the second wall, tried from the inside."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.urls import reverse

from ritm.journal import tenancy
from ritm.journal.models import Entry
from ritm.journal.sentences import SENTENCES
from ritm.kernel.event import Event
from ritm.kernel.reach import Reach
from ritm.staff import events, queries
from ritm.staff.models import Grant, Organisation, Unit
from ritm.staff.operations import units
from ritm.staff.operations.founding import form_team
from tests.cast import NAMES, NOW, TODAY
from tests.factories import staff

HOME = [name for name in NAMES if name != "rita"]


def sees(cast, who: str, owner, released: bool) -> bool:
    """The first wall's own answer, as `clients.within_reach` asks it of a viewer."""
    viewer = cast.viewer(who)
    reach = viewer.reach("client")
    if reach == Reach.ORGANISATION:
        return True
    if reach > Reach.NOBODY and released and viewer.sells:
        return True
    return owner is not None and owner.pk in viewer.people(reach)


@pytest.mark.parametrize("reach", list(Reach))
@pytest.mark.parametrize("released", [False, True])
def test_who_sees_agrees_with_the_wall_it_explains(cast, reach, released):
    form_team(organisation=cast.home, name="Сети", members=[cast.max, cast.lena])
    Grant.objects.filter(organisation=cast.home, noun="client", verb="see", role=staff.role(cast, "sales")).update(
        reach=reach
    )
    for owner in [None] if released else [cast.max, cast.lena, cast.vera, cast.oleg]:
        told = {
            s.employee_id
            for s in queries.who_sees(
                "client", owner.pk if owner else None, None, cast.home.pk, today=TODAY, released=released
            )
        }
        true = {getattr(cast, name).pk for name in HOME if sees(cast, name, owner, released)}
        assert told == true


def test_every_sight_has_its_reason_and_the_owner_comes_first(cast):
    told = queries.who_sees("client", cast.max.pk, None, cast.home.pk, today=TODAY)
    reasons = {sight.name: sight.sentence for sight in told}
    assert told[0].name == "Макс"
    assert reasons["Вера"] == "руководит: «Северный отдел»"
    assert reasons["Нина"] == "роль «Директор» видит всё в организации"
    assert "Лена" not in reasons


def test_a_client_of_a_unit_without_an_owner_is_seen_by_the_unit(cast):
    told = {sight.name for sight in queries.who_sees("client", None, cast.north.pk, cast.home.pk, today=TODAY)}
    assert "Вера" in told and "Макс" not in told and "Лена" not in told


def test_who_sees_is_one_query(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.who_sees("client", cast.max.pk, None, cast.home.pk, today=TODAY)


# The trail


def test_the_trail_cannot_be_changed_even_in_sql(cast):
    by = cast.viewer("adam").actor()
    units.add(parent=cast.north, name="Группа", by=by, at=NOW)
    for statement in (
        "UPDATE journal_entry SET employee_id = NULL",
        "DELETE FROM journal_entry",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE journal_entry CASCADE",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Entry.objects.filter(event="staff.unit_added").exists()


def test_every_event_of_the_room_is_told_in_words():
    ours = {
        thing.name
        for thing in vars(events).values()
        if isinstance(thing, type) and issubclass(thing, Event) and thing.name
    }
    assert ours <= set(SENTENCES.keys())


def test_the_trail_shows_filters_and_pages(sign_in, cast, django_assert_max_num_queries):
    by = cast.viewer("adam").actor()
    for i in range(60):
        units.add(parent=cast.north, name=f"Группа {i}", by=by, at=NOW)
    browser = sign_in("nina")
    url = reverse("staff:audit")
    browser.get(url)
    with django_assert_max_num_queries(9):
        page = browser.get(url, {"employee": cast.adam.pk, "event": "staff.unit_added"})
    rows = page.context["rows"]
    assert len(rows) == 50 and {row.who for row in rows} == {"Адам"}
    assert rows[0].subject == "Группа 59"
    further = browser.get(url + page.context["page"]["next"])
    assert [row.subject for row in further.context["rows"]] == [f"Группа {i}" for i in range(9, -1, -1)]
    nothing = browser.get(url, {"until": "2001-01-01", "employee": "x", "before": "y"})
    assert nothing.context["rows"] == []
    one = browser.get(url, {"kind": "unit", "id": Unit.objects.get(name="Группа 7").pk})
    assert [row.subject for row in one.context["rows"]] == ["Группа 7"]


def test_the_trail_is_exported_without_formulas_and_that_is_journalled(sign_in, cast):
    by = cast.viewer("adam").actor()
    units.add(parent=cast.north, name="=HYPERLINK(1)", by=by, at=NOW)
    answer = sign_in("nina").post(reverse("staff:export_audit"), {"event": "staff.unit_added"})
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert rows[1][3] == "'=HYPERLINK(1)"
    entry = Entry.objects.filter(event="staff.audit_exported").latest("id")
    assert (entry.employee_id, entry.payload) == (
        cast.nina.pk, {"filters": "event=staff.unit_added", "entries": 1},
    )  # fmt: skip


# The second wall, from the inside


def test_raw_sql_under_the_applications_role_sees_one_organisation(cast):
    with tenancy.organisation(cast.other.pk), connection.cursor() as cursor:
        for table in ("staff_employee", "staff_unit", "staff_grant", "staff_role", "journal_entry", "clients_client"):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE organisation_id = %s", [cast.home.pk])
            assert cursor.fetchone() == (0,), table


def test_copy_takes_nothing_of_another_organisation_out(cast):
    with tenancy.organisation(cast.other.pk), connection.cursor() as cursor:
        lines = []
        with cursor.copy("COPY (SELECT name FROM staff_employee) TO STDOUT") as copy:
            lines = [bytes(chunk).decode() for chunk in copy]
    assert "".join(lines) == "Рита\n"


def test_copy_brings_nothing_into_another_organisation(cast):
    home = cast.home.pk
    # PostgreSQL refuses COPY FROM outright where row-level security holds: nothing slips in by bulk.
    with (
        tenancy.organisation(cast.other.pk),
        pytest.raises(psycopg.errors.FeatureNotSupported, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy("COPY staff_unit (organisation_id, name, path) FROM STDIN") as copy,
    ):
        copy.write_row((home, "Чужой", "/"))


def test_rows_cannot_be_carried_over_the_wall(cast):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Unit.objects.filter(pk=cast.north.pk).update(organisation_id=cast.other.pk)
    with tenancy.organisation(cast.other.pk):
        assert Unit.objects.filter(pk=cast.north.pk).update(name="x") == 0
        assert Unit.objects.filter(pk=cast.north.pk).delete()[0] == 0


def test_the_role_can_neither_lift_the_wall_nor_become_another(cast):
    with connection.cursor() as cursor:
        # A superuser's DATABASE_URL can always return to itself (docs/operate/own-postgres.md says what follows).
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
        returning = () if cursor.fetchone()[0] else ("SET ROLE postgres",)
        for statement in (
            *returning,
            "SET session_replication_role = replica",
            "CREATE ROLE intruder SUPERUSER",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement)
        # FORCE binds the owner; without it this setting would show him everything.
        cursor.execute("SET LOCAL row_security = off")
        with tenancy.organisation(cast.other.pk), pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("SELECT * FROM staff_unit")
        cursor.execute("SET LOCAL row_security = on")


def test_a_pooled_connection_remembers_nobody(db):
    """In a thread of its own, with a connection from the pool: no test transaction around it."""

    def remembered() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('ritm.organisation', true), current_setting('ritm.person', true)")
            return {value or "" for value in cursor.fetchone()}

    def work() -> list[object]:
        with transaction.atomic():
            tenancy.enter(organisation_id=12345, person_id=67890)
            inside = remembered()
        after = remembered()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tenancy.enter(organisation_id=12345)
            _ = 1 / 0
        broken = remembered()
        connection.close()  # back to the pool, and out again
        again = remembered()
        found = [inside, after, broken, again, Organisation.objects.exists()]
        connection.close()
        return found

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() == [{"12345", "67890"}, {""}, {""}, {""}, False]
