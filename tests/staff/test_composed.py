"""A statement composed once says what Django would have said, for this viewer and these values, or is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db.models import Value

from ritm.kernel.reach import Reach
from ritm.staff.composed import composed
from ritm.staff.models import Employee, Person
from tests.cast import NOW


@composed
def _named(viewer, *, ids):
    return Employee.objects.visible_to(viewer).filter(pk__among=ids).order_by("pk").values_list("pk", "name")


@composed
def _people(viewer, *, ids):
    return Employee.objects.visible_to(viewer).filter(pk__among=ids).select_related("unit").order_by("-pk")


@composed
def _within(viewer, *, ids):
    return Employee.objects.filter(pk__in=viewer.people(viewer.reach("client")), pk__among=ids).order_by("pk")


def test_the_second_time_only_the_values_differ(cast, django_assert_num_queries):
    viewer = cast.viewer("nina")
    assert _named(viewer, ids=[cast.max.pk]) == [(cast.max.pk, cast.max.name)]
    with django_assert_num_queries(1) as asked:
        assert _named(viewer, ids=[cast.lena.pk, cast.vera.pk]) == [
            (cast.vera.pk, cast.vera.name),
            (cast.lena.pk, cast.lena.name),
        ]
    assert str(cast.max.pk) not in asked.captured_queries[0]["sql"].split("ANY")[1]


def test_rows_are_models_with_what_was_joined(cast, django_assert_num_queries):
    viewer = cast.viewer("nina")
    for _ in range(2):
        with django_assert_num_queries(1):
            found = _people(viewer, ids=[cast.max.pk, cast.lena.pk])
            assert [(one.name, one.unit.name) for one in found] == [
                (cast.lena.name, cast.south.name),
                (cast.max.name, cast.north.name),
            ]


def test_another_viewer_is_another_statement(cast):
    everybody = [cast.vera.pk, cast.max.pk, cast.lena.pk]
    assert [one.pk for one in _within(cast.viewer("max"), ids=everybody)] == [cast.max.pk]
    assert [one.pk for one in _within(cast.viewer("vera"), ids=everybody)] == [cast.vera.pk, cast.max.pk]


def test_a_changed_grant_is_another_statement(cast):
    viewer = cast.viewer("max")
    assert [one.pk for one in _within(viewer, ids=[cast.max.pk, cast.vera.pk])] == [cast.max.pk]
    wider = replace(viewer, grants=viewer.grants | {("client", "see"): Reach.UNIT}, unit_people=(cast.vera.pk,))
    assert hash(wider) != hash(viewer) or wider != viewer
    assert [one.pk for one in _within(wider, ids=[cast.max.pk, cast.vera.pk])] == [cast.vera.pk]
    none = replace(viewer, grants={})
    assert _within(none, ids=[cast.max.pk]) == []


def test_among_none_there_is_nobody(cast, django_assert_num_queries):
    viewer = cast.viewer("nina")
    with django_assert_num_queries(0):
        assert _named(viewer, ids=[]) == []


def test_none_is_another_statement(cast):
    @composed
    def left(viewer, *, before):
        rows = Employee.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True)
        return rows.filter(left_on=None) if before is None else rows.filter(left_on__lt=before)

    viewer = cast.viewer("nina")
    assert cast.max.pk in left(viewer, before=None)
    assert left(viewer, before=dt.date(2030, 1, 1)) == []


@pytest.mark.parametrize("given", [7, "слово", dt.date(2026, 3, 16), NOW], ids=str)
def test_values_arrive_as_they_are(cast, given):
    @composed
    def said(*, value):
        return Person.objects.annotate(said=Value(value)).values_list("said", flat=True)[:1]

    assert said(value=given) == [given]
    assert said(value=given) == [given]


def test_a_value_that_is_reckoned_with_is_refused(cast):
    @composed
    def since(viewer, *, day):
        return Employee.objects.filter(left_on__gt=day, left_on__lt=day + dt.timedelta(days=7))

    with pytest.raises(TypeError, match="changes a value"):
        since(cast.viewer("nina"), day=NOW.date())


def test_a_value_that_is_looked_into_is_refused(cast):
    @composed
    def one(viewer, *, pk):
        rows = Employee.objects.visible_to(viewer)
        return rows.filter(pk=pk) if pk % 200 > 150 else rows

    with pytest.raises((TypeError, ValueError)):
        one(cast.viewer("nina"), pk=cast.max.pk)


def test_the_walls_stand_around_it(cast):
    viewer = cast.viewer("nina")
    assert _named(viewer, ids=[cast.max.pk])
    strangers = replace(viewer, organisation_id=cast.other.pk)
    assert _named(strangers, ids=[cast.max.pk]) == []
    assert _named(strangers, ids=[cast.rita.pk]) == []  # the second wall: this transaction is the home organisation's
