"""Verbs of the unit tree."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.events import UnitAdded, UnitClosed, UnitEdited
from ritm.staff.models import Employee, Unit
from ritm.staff.operations.changes import Changes
from ritm.staff.operations.founding import add_unit


@transaction.atomic
def add(*, parent: Unit, name: str, by: Actor, at: dt.datetime) -> Unit:
    """This function will add a unit below `parent`, which must be open."""
    if parent.closed_at is not None:
        raise Refusal(_("This unit is closed: choose an open one above."), code="closed", field="parent")
    unit = add_unit(organisation=parent.organisation, name=name, parent=parent)
    publish(UnitAdded(unit_id=unit.pk, title=name), by=by, at=at)
    return unit


@transaction.atomic
def edit(*, unit: Unit, name: str, parent: Unit | None, head: Employee | None, by: Actor, at: dt.datetime) -> Unit:
    """
    This function will rename a unit, move it with all below it under `parent`, and set its head.

    Refuses to move the root, or a unit below itself. People see their new surroundings at once.
    """
    # Two moves at once could tie the tree into a ring: the root's row is the lock of the whole tree.
    list(Unit.objects.select_for_update().filter(organisation_id=unit.organisation_id, parent=None))
    unit.refresh_from_db()
    if (parent is None) != (unit.parent_id is None):
        raise Refusal(_("The whole organisation is the top of the tree and stays there."), code="root", field="parent")
    if parent is not None:
        parent.refresh_from_db()
        if parent.path.startswith(unit.path):
            raise Refusal(_("A unit cannot be placed below itself."), code="ring", field="parent")
        if parent.closed_at is not None and parent.pk != unit.parent_id:
            raise Refusal(_("This unit is closed: choose an open one."), code="closed", field="parent")
    if head is not None and head.left_on is not None and head.pk != unit.head_id:
        raise Refusal(_("This employee has left: choose somebody who works here."), code="left", field="head")
    before = (unit.name, unit.parent.name if unit.parent else "", unit.head.name if unit.head else "")
    after = (name, parent.name if parent else "", head.name if head else "")
    moved = unit.parent_id != (parent.pk if parent else None)
    was_head = unit.head_id
    unit.name, unit.parent, unit.head = name, parent, head
    unit.save(update_fields=["name", "parent", "head"])
    if moved and parent is not None:
        _rewrite_paths(unit, f"{parent.path}{unit.pk}/")
    changed = [
        i for i, differs in enumerate((before[0] != name, moved, was_head != (head.pk if head else None))) if differs
    ]
    if changed:
        names = ("name", "parent", "head")
        changes = Changes(
            tuple(names[i] for i in changed), tuple(before[i] for i in changed), tuple(after[i] for i in changed)
        )
        publish(UnitEdited(unit_id=unit.pk, title=name, **changes.words()), by=by, at=at)
    return unit


def _rewrite_paths(unit: Unit, path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_unit SET path = %s || substr(path, %s) WHERE organisation_id = %s AND path LIKE %s",
            [path, len(unit.path) + 1, unit.organisation_id, f"{unit.path}%"],
        )
    unit.path = path


@transaction.atomic
def close(*, unit: Unit, by: Actor, at: dt.datetime) -> Unit:
    """This function will close a unit that nobody works in and that has no open unit below it."""
    if unit.parent_id is None:
        raise Refusal(_("The whole organisation is the top of the tree and stays there."), code="root")
    if Unit.objects.filter(parent=unit, closed_at=None).exists():
        raise Refusal(_("There are open units below: move or close them first."), code="not_empty")
    people = Employee.objects.filter(unit=unit, left_on=None).count()
    if people:
        raise Refusal(
            _("People still work here (%(count)s): move them to another unit first.") % {"count": people},
            code="not_empty",
        )
    if unit.closed_at is None:
        unit.closed_at = at
        unit.save(update_fields=["closed_at"])
        publish(UnitClosed(unit_id=unit.pk, title=unit.name), by=by, at=at)
    return unit
