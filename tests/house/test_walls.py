"""The second wall: without it named, no foreign row; without a scope, no row at all."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from ritm.journal import tenancy
from ritm.staff.models import Employee, Organisation, Unit


@pytest.mark.django_db
def test_every_table_of_an_organisation_is_walled():
    named = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(f.attname == "organisation_id" for f in model._meta.concrete_fields)
    } | {"staff_organisation"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        walled = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
    assert named - walled == set()


def test_a_query_without_visible_to_returns_no_foreign_row(cast):
    with tenancy.organisation(cast.other.pk):
        assert {e.name for e in Employee.objects.all()} == {"Рита"}
        assert list(Organisation.objects.values_list("id", flat=True)) == [cast.other.pk]
    with tenancy.organisation(cast.home.pk):
        assert "Рита" not in {e.name for e in Employee.objects.all()}


def test_without_a_scope_there_are_no_rows(cast):
    tenancy.enter()
    assert not Unit.objects.exists()
    assert not Organisation.objects.exists()


def test_a_row_cannot_be_written_into_another_organisation(cast):
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Unit.objects.create(organisation=cast.other, name="Чужой отдел")


def test_reach(cast):
    vera, lena = cast.viewer("vera"), cast.viewer("lena")
    assert set(vera.unit_people) == {cast.vera.pk, cast.max.pk}
    assert set(lena.unit_people) == {cast.lena.pk}
    assert cast.viewer("nina").reach("client") == 4
