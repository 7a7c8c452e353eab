"""Verbs of the office: what they do, what they refuse, and that each of them leaves its line in the journal."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from ritm.journal import tenancy
from ritm.journal.models import Entry
from ritm.kernel.calendar import is_working
from ritm.kernel.reach import Reach
from ritm.kernel.refusal import Refusal
from ritm.staff import queries
from ritm.staff.models import Assignment, Employee, Grant, Invitation, Person, Role, SpecialDay, Token, Unit
from ritm.staff.operations import calendar, employees, invitations, organisation, roles, teams, tokens, units
from ritm.staff.production_calendar import special_days_of
from tests.cast import NOW, TODAY
from tests.factories import staff


def last(event: str) -> Entry:
    return Entry.objects.filter(event=event).latest("id")


@pytest.fixture
def by(cast):
    return cast.viewer("adam").actor()


# Organisation


def test_the_card_is_changed_and_journalled_with_what_it_was(cast, by):
    words = {"legal_name": "", "timezone": "Asia/Omsk", "currency": "RUB", "area_code": "3812"}
    organisation.edit(organisation=cast.home, name="Север", inn="7707083893", **words, by=by, at=NOW)
    entry = last("staff.organisation_edited")
    told = dict(
        zip(entry.payload["fields"], zip(entry.payload["before"], entry.payload["after"], strict=True), strict=True)
    )
    assert told["timezone"] == ("Europe/Moscow", "Asia/Omsk")
    assert told["name"] == ("Север-Опт", "Север")
    assert entry.employee_id == cast.adam.pk


@pytest.mark.parametrize(("field", "value"), [("inn", "7707083894"), ("timezone", "Mars/Olympus"), ("currency", "XXX")])
def test_the_card_refuses_nonsense(cast, by, field, value):
    words = {
        "name": "Север",
        "legal_name": "",
        "inn": "",
        "timezone": "Europe/Moscow",
        "currency": "RUB",
        "area_code": "",
    }
    with pytest.raises(Refusal) as refused:
        organisation.edit(organisation=cast.home, **(words | {field: value}), by=by, at=NOW)
    assert refused.value.field == field


# Units


def test_moving_a_unit_moves_what_its_head_sees(cast, by):
    assert cast.lena.pk not in cast.viewer("vera").unit_people
    units.edit(unit=cast.south, name="Юг", parent=cast.north, head=None, by=by, at=NOW)
    assert cast.lena.pk in cast.viewer("vera").unit_people
    assert last("staff.unit_edited").payload["after"] == ["Юг", "Северный отдел"]


def test_a_unit_cannot_be_placed_below_itself_nor_the_root_moved(cast, by):
    below = units.add(parent=cast.north, name="Группа", by=by, at=NOW)
    for unit, parent in ((cast.north, below), (cast.north, cast.north)):
        with pytest.raises(Refusal):
            units.edit(unit=unit, name="x", parent=parent, head=None, by=by, at=NOW)
    root = Unit.objects.get(organisation=cast.home, parent=None)
    with pytest.raises(Refusal):
        units.edit(unit=root, name="x", parent=cast.north, head=None, by=by, at=NOW)


def test_a_unit_is_closed_only_when_it_is_empty(cast, by):
    with pytest.raises(Refusal, match="люди"):
        units.close(unit=cast.north, by=by, at=NOW)
    empty = units.add(parent=cast.north, name="Пустой", by=by, at=NOW)
    units.close(unit=empty, by=by, at=NOW)
    assert empty.pk not in {row.unit.pk for row in queries.units_of(cast.viewer("adam"))}
    with pytest.raises(Refusal):
        units.add(parent=empty, name="Ниже", by=by, at=NOW)


@how(max_examples=25, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_however_units_are_moved_the_tree_stays_a_tree(moves):
    """Paths always spell the chain of parents, and no unit hangs in a ring."""
    from django.db import transaction

    from tests import cast as the_cast

    with transaction.atomic():
        cast = the_cast.assemble()
        by = cast.viewer("adam").actor()
        rows = [cast.north, cast.south]
        rows += [units.add(parent=rows[i % 2], name=f"Отдел {i}", by=by, at=NOW) for i in range(4)]
        for child, parent in moves:
            try:
                units.edit(unit=rows[child], name=rows[child].name, parent=rows[parent], head=None, by=by, at=NOW)
            except Refusal:
                continue
        for unit in Unit.objects.filter(organisation=cast.home):
            parent_path = Unit.objects.get(pk=unit.parent_id).path if unit.parent_id else "/"
            assert unit.path == f"{parent_path}{unit.pk}/"
        transaction.set_rollback(True)


test_however_units_are_moved_the_tree_stays_a_tree = pytest.mark.django_db(
    test_however_units_are_moved_the_tree_stays_a_tree
)


# Teams


def test_a_team_shares_and_stops_sharing(cast, by):
    team = teams.form(organisation=cast.home, name="Сети", members=[cast.max, cast.lena], by=by, at=NOW)
    assert cast.lena.pk in cast.viewer("max").team
    teams.edit(team=team, name="Сети", members=[cast.max], by=by, at=NOW)
    assert last("staff.team_edited").payload["before"] == ["Лена, Макс"]
    assert cast.viewer("lena").team == (cast.lena.pk,)
    with pytest.raises(Refusal):
        teams.form(organisation=cast.home, name="Сети", members=[], by=by, at=NOW)
    teams.disband(team=team, by=by, at=NOW)
    assert last("staff.team_disbanded").payload["members"] == ["Макс"]


# Employees


def edited(cast, employee: Employee, granter: str = "adam", **words):
    known = {
        "name": employee.name, "position": "", "unit": employee.unit, "phone": "", "extension": "", "capacity": 400,
        "roles": list(employee.roles.all()),
    }  # fmt: skip
    viewer = cast.viewer(granter)
    return employees.edit(employee=employee, **(known | words), granter=viewer, by=viewer.actor(), at=NOW)


def test_a_card_keeps_the_phone_as_e164_and_says_what_changed(cast):
    edited(cast, cast.max, phone="8 (912) 345-67-89 доб. 12", capacity=250)
    cast.max.refresh_from_db()
    assert (cast.max.phone, cast.max.extension) == ("+79123456789", "12")
    assert set(last("staff.employee_edited").payload["fields"]) == {"phone", "extension", "capacity"}
    with pytest.raises(Refusal) as refused:
        edited(cast, cast.max, phone="нет")
    assert refused.value.field == "phone"


def test_a_changed_role_reaches_at_once(cast):
    assert not cast.viewer("max").may("employee", "edit")
    edited(cast, cast.max, roles=[staff.role(cast, "administrator")])
    assert cast.viewer("max").may("employee", "edit")


def test_the_last_administrator_neither_loses_the_role_nor_leaves(cast, by):
    with pytest.raises(Refusal) as refused:
        edited(cast, cast.adam, roles=[staff.role(cast, "sales")])
    assert refused.value.code == "last_administrator"
    adam = cast.viewer("adam")
    with pytest.raises(Refusal):
        employees.leave(employee=cast.adam, left_on=TODAY, today=TODAY, granter=adam, by=by, at=NOW)
    edited(cast, cast.nina, roles=[staff.role(cast, "director"), staff.role(cast, "administrator")])
    employees.leave(employee=cast.adam, left_on=TODAY, today=TODAY, granter=cast.viewer("nina"), by=by, at=NOW)
    assert queries.viewer_of(cast.adam.pk, at=NOW) is None


def test_an_administrator_who_cannot_sign_in_does_not_count(cast, by):
    edited(cast, cast.nina, roles=[staff.role(cast, "administrator")])
    Person.objects.filter(pk=cast.nina.person_id).update(is_active=False)
    with pytest.raises(Refusal):
        edited(cast, cast.adam, roles=[staff.role(cast, "sales")])


def test_nobody_gives_more_than_he_has(cast):
    """Vera may be allowed to hire; that must not make her able to hand out the administrator's keys."""
    head = staff.role(cast, "head")
    Grant.objects.create(organisation=cast.home, role=head, noun="employee", verb="edit", reach=Reach.ORGANISATION)
    for key in ("administrator", "director"):
        with pytest.raises(Refusal) as refused:
            edited(cast, cast.max, "vera", roles=[staff.role(cast, key)])
        assert refused.value.code == "beyond_own_reach"
        vera = cast.viewer("vera")
        with pytest.raises(Refusal):
            invitations.invite(
                email="x@example.com", name="X", unit=cast.north, role=staff.role(cast, key), granter=vera,
                base_url="http://t/", by=vera.actor(), at=NOW,
            )  # fmt: skip
    with pytest.raises(Refusal):
        edited(cast, cast.adam, "vera", roles=[staff.role(cast, "sales")])  # nor may she depose him
    edited(cast, cast.lena, "vera", roles=[staff.role(cast, "sales")])


def test_who_leaves_heads_and_stands_in_for_nobody_and_his_tokens_die(cast, by):
    employees.go_away(
        employee=cast.max, until=TODAY + dt.timedelta(days=7), substitute=cast.vera, today=TODAY, by=by, at=NOW
    )
    token, _text = staff.token(cast, "vera")
    adam = cast.viewer("adam")
    with pytest.raises(Refusal):
        employees.leave(
            employee=cast.vera, left_on=TODAY + dt.timedelta(days=1), today=TODAY, granter=adam, by=by, at=NOW
        )
    employees.leave(employee=cast.vera, left_on=TODAY, today=TODAY, granter=adam, by=by, at=NOW)
    cast.north.refresh_from_db()
    cast.max.refresh_from_db()
    token.refresh_from_db()
    assert (cast.north.head, cast.max.substitute, token.revoked_at) == (None, None, NOW)
    employees.come_back(employee=cast.vera, granter=adam, by=by, at=NOW)
    assert queries.viewer_of(cast.vera.pk, at=NOW) is not None


def test_the_work_of_who_is_away_goes_to_who_stands_in(cast, by):
    week = TODAY + dt.timedelta(days=7)
    employees.go_away(employee=cast.max, until=week, substitute=cast.lena, today=TODAY, by=by, at=NOW)
    assert queries.at_work(cast.max.pk, TODAY) == cast.lena.pk
    assert queries.at_work(cast.max.pk, week + dt.timedelta(days=1)) == cast.max.pk
    employees.go_away(employee=cast.lena, until=week, substitute=cast.max, today=TODAY, by=by, at=NOW)
    assert queries.at_work(cast.max.pk, TODAY) is None  # each stands in for the other: nobody is there
    assert cast.max.pk not in set(
        queries.presence(Employee.objects.filter(organisation=cast.home), TODAY).values_list("pk", flat=True)
    )
    for until, substitute in ((TODAY - dt.timedelta(days=1), cast.vera), (week, cast.max)):
        with pytest.raises(Refusal):
            employees.go_away(employee=cast.max, until=until, substitute=substitute, today=TODAY, by=by, at=NOW)


# Invitations


def test_an_invitation_is_accepted_once_and_makes_a_person_with_a_place(cast):
    invitation = staff.invitation(cast)
    assert invitation.expires_at == NOW + dt.timedelta(days=7)
    person = invitations.person_for(
        invitation=invitation, name="Игорь", password="quiet-river-9", language="ru", at=NOW
    )
    employee = invitations.accept(invitation=invitation, person=person, at=NOW)
    viewer = queries.viewer_of(employee.pk, at=NOW)
    assert viewer is not None and viewer.role_keys == ("sales",)
    assert last("staff.employee_joined").payload["unit"] == "Северный отдел"
    with pytest.raises(Refusal):
        invitations.accept(invitation=invitation, person=person, at=NOW)


@pytest.mark.parametrize("days", [7, 8])
def test_an_old_invitation_is_worth_nothing(cast, days):
    invitation = staff.invitation(cast)
    person = invitations.person_for(
        invitation=invitation, name="Игорь", password="quiet-river-9", language="ru", at=NOW
    )
    with pytest.raises(Refusal) as refused:
        invitations.accept(invitation=invitation, person=person, at=NOW + dt.timedelta(days=days))
    assert refused.value.code == "expired"


def test_an_invitation_is_for_its_address_only(cast):
    with pytest.raises(Refusal) as refused:
        invitations.accept(invitation=staff.invitation(cast), person=cast.rita.person, at=NOW)
    assert refused.value.code == "other_address"


def test_a_person_of_another_organisation_joins_with_the_same_password(cast):
    invitation = staff.invitation(cast, email="rita@example.com")
    with pytest.raises(Refusal):
        invitations.person_for(invitation=invitation, name="Рита", password="quiet-river-9", language="ru", at=NOW)
    employee = invitations.accept(invitation=invitation, person=cast.rita.person, at=NOW)
    assert employee.person_id == cast.rita.person_id


def test_an_address_is_invited_once_and_a_colleague_never(cast, by):
    staff.invitation(cast)
    for email in ("igor@example.com", "IGOR@example.com", "max@example.com"):
        with pytest.raises(Refusal):
            staff.invitation(cast, email=email)
    invitations.withdraw(invitation=Invitation.objects.get(email="igor@example.com"), by=by, at=NOW)
    staff.invitation(cast, at=NOW + dt.timedelta(hours=1))


def test_the_database_keeps_no_link(cast):
    invitation = staff.invitation(cast)
    token = invitations.token_of(invitation)
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert not any(token.split("-", 1)[1] in str(value) for value in row.values())


# Roles


def test_a_roles_reach_is_set_cell_by_cell_and_told_before_and_after(cast, by):
    adam, role = cast.viewer("adam"), staff.role(cast, "sales")
    cells = {("client", "see"): Reach.TEAM, ("client", "create"): Reach.OWN}
    roles.edit(role=role, name=role.name, sells=True, cells=cells, granter=adam, by=by, at=NOW)
    payload = last("staff.role_edited").payload
    assert (payload["fields"], payload["before"], payload["after"]) == (["client.see"], ["own"], ["team"])
    assert cast.viewer("max").reach("client") == Reach.TEAM
    roles.restore(role=role, granter=adam, by=by, at=NOW)
    assert cast.viewer("max").reach("client") == Reach.OWN


def test_the_administrator_keeps_the_keys_of_the_house(cast, by):
    role = staff.role(cast, "administrator")
    with pytest.raises(Refusal) as refused:
        roles.edit(
            role=role, name=role.name, sells=False, cells={("role", "edit"): Reach.NOBODY}, granter=cast.viewer("adam"),
            by=by, at=NOW,
        )  # fmt: skip
    assert refused.value.code == "keys_of_the_house"


def test_who_may_edit_roles_cannot_raise_them_above_himself(cast):
    role = staff.role(cast, "director")
    Grant.objects.update_or_create(
        organisation=cast.home, role=role, noun="role", verb="edit", defaults={"reach": Reach.ORGANISATION}
    )
    nina = cast.viewer("nina")
    with pytest.raises(Refusal) as refused:
        roles.edit(
            role=role, name=role.name, sells=False, cells={("employee", "edit"): Reach.ORGANISATION}, granter=nina,
            by=nina.actor(), at=NOW,
        )  # fmt: skip
    assert refused.value.code == "beyond_own_reach"
    with pytest.raises(Refusal):
        roles.add(
            organisation=cast.home, name="Второй", like=staff.role(cast, "administrator"), granter=nina,
            by=nina.actor(), at=NOW,
        )  # fmt: skip


def test_a_role_of_ones_own_comes_and_goes(cast, by):
    adam = cast.viewer("adam")
    role = roles.add(organisation=cast.home, name="Стажёр", like=staff.role(cast, "sales"), granter=adam, by=by, at=NOW)
    assert queries.cells_of([role])["client", "see"] == Reach.OWN
    with pytest.raises(Refusal):
        roles.add(organisation=cast.home, name="Стажёр", like=None, granter=adam, by=by, at=NOW)
    edited(cast, cast.max, roles=[role])
    with pytest.raises(Refusal, match="Макс"):
        roles.remove(role=role, by=by, at=NOW)
    edited(cast, cast.max, roles=[staff.role(cast, "sales")])
    roles.remove(role=role, by=by, at=NOW)
    assert not Role.objects.filter(pk=role.pk).exists()
    with pytest.raises(Refusal):
        roles.remove(role=staff.role(cast, "sales"), by=by, at=NOW)


def test_an_unknown_permission_is_refused(cast, by):
    role = staff.role(cast, "sales")
    with pytest.raises(Refusal):
        roles.edit(
            role=role, name=role.name, sells=True, cells={("moon", "see"): Reach.OWN}, granter=cast.viewer("adam"),
            by=by, at=NOW,
        )  # fmt: skip


def test_a_permission_that_came_with_an_upgrade_is_learnt_and_one_switched_off_stays_off(cast, by):
    role = staff.role(cast, "sales")
    Grant.objects.filter(noun="client", verb="edit").delete()  # as if the line had never been
    off = {("client", "create"): Reach.NOBODY}
    roles.edit(role=role, name=role.name, sells=True, cells=off, granter=cast.viewer("adam"), by=by, at=NOW)
    assert roles.learn(organisation_id=cast.home.pk) > 0
    viewer = cast.viewer("max")
    assert viewer.reach("client", "edit") == Reach.OWN
    assert viewer.reach("client", "create") == Reach.NOBODY
    assert roles.learn(organisation_id=cast.home.pk) == 0


# Calendar


def test_the_production_calendar_knows_transfers_and_working_saturdays():
    """Source: the transfers of days off decreed for 2024–2026 (government orders No 1314, 1335, 1466)."""
    days = special_days_of(2024)
    assert days[dt.date(2024, 4, 27)][0] is True  # a worked Saturday
    assert days[dt.date(2024, 12, 30)][0] is False
    assert special_days_of(2025)[dt.date(2025, 11, 1)][0] is True
    assert special_days_of(2025)[dt.date(2025, 5, 2)][0] is False
    assert special_days_of(2026)[dt.date(2026, 1, 9)][0] is False


@pytest.mark.parametrize(("year", "worked"), [(2024, 248), (2025, 247), (2026, 247)])
def test_the_year_has_as_many_working_days_as_the_official_calendar(year, worked):
    exceptions = {day: works for day, (works, _note) in special_days_of(year).items()}
    days = (dt.date(year, 1, 1) + dt.timedelta(days=i) for i in range(366))
    assert sum(is_working(day, exceptions) for day in days if day.year == year) == worked


def test_bringing_the_calendar_in_keeps_what_the_office_decided(cast, by):
    words = {"organisation": cast.home, "by": by, "at": NOW}
    calendar.set_day(day=dt.date(2026, 1, 9), working=True, note="Работаем", **words)
    added = calendar.bring_in(year=2026, **words)
    assert added == SpecialDay.objects.filter(organisation=cast.home).count() - 1
    assert queries.special_days(cast.home.pk)[dt.date(2026, 1, 9)] is True
    assert calendar.bring_in(year=2026, **words) == 0
    with pytest.raises(Refusal):
        calendar.bring_in(year=1990, **words)


def test_a_day_turned_back_is_no_exception_any_more(cast, by):
    words = {"organisation": cast.home, "by": by, "at": NOW}
    day = dt.date(2026, 3, 21)
    calendar.set_day(day=day, working=True, note="", **words)
    assert last("staff.special_day_set").payload == {"day": "2026-03-21", "before": "", "after": "working", "note": ""}
    calendar.set_day(day=day, working=False, note="", **words)
    assert not SpecialDay.objects.filter(day=day).exists()


# Tokens


def test_a_token_is_shown_once_and_ends(cast):
    token, text = staff.token(cast, "max")
    assert text.startswith(f"ritm_{cast.home.pk}_") and text not in str(Token.objects.values().get())
    by = cast.viewer("max").actor()
    tokens.revoke(token=token, by=by, at=NOW)
    assert last("staff.token_revoked").payload["token"] == "1С"
    for days in (0, 367):
        with pytest.raises(Refusal):
            tokens.make(name="x", scope="read", days=days, by=by, at=NOW)
    with pytest.raises(Refusal):
        tokens.make(name="x", scope="all", days=1, by=by, at=NOW)


def test_another_organisation_hears_nothing_of_it(cast, by):
    units.add(parent=cast.north, name="Группа", by=by, at=NOW)
    with tenancy.organisation(cast.other.pk):
        assert not Entry.objects.exists()
        assert not Assignment.objects.filter(employee=cast.max).exists()
