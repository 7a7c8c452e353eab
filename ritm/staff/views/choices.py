"""What a form of the office may offer: rows that the viewer sees."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from ritm.staff import queries
from ritm.staff.models import Employee, Role, Unit
from ritm.staff.viewer import Viewer


def units(viewer: Viewer) -> QuerySet[Unit]:
    """This function will give the open units in the order of the tree."""
    order = [row.unit.pk for row in queries.units_of(viewer)]
    ranks = Case(*(When(pk=pk, then=Value(i)) for i, pk in enumerate(order)), output_field=IntegerField())
    found: QuerySet[Unit] = Unit.objects.visible_to(viewer).filter(pk__in=order).annotate(rank=ranks).order_by("rank")
    return found


def people(viewer: Viewer) -> QuerySet[Employee]:
    """This function will give the working employees by name."""
    found: QuerySet[Employee] = Employee.objects.visible_to(viewer).filter(left_on=None).order_by("name", "id")
    return found


def roles(viewer: Viewer) -> QuerySet[Role]:
    """This function will give the roles, the shipped ones first."""
    found: QuerySet[Role] = Role.objects.visible_to(viewer).order_by("-sells", "key", "name")
    return found


def all_of(viewer: Viewer) -> dict[str, Any]:
    """This function will give the choices that forms of the office ask for."""
    return {"units": units(viewer), "people": people(viewer), "roles": roles(viewer)}
