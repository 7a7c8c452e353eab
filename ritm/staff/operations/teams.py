"""Verbs of teams."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.events import TeamDisbanded, TeamEdited, TeamFormed
from ritm.staff.models import Employee, Membership, Organisation, Team
from ritm.staff.operations.changes import between
from ritm.staff.operations.founding import form_team


def _taken() -> Refusal:
    return Refusal(_("There is a team with this name already."), code="taken", field="name")


def _names(members: Sequence[Employee]) -> tuple[str, ...]:
    return tuple(sorted(member.name for member in members))


@transaction.atomic
def form(*, organisation: Organisation, name: str, members: Sequence[Employee], by: Actor, at: dt.datetime) -> Team:
    """This function will form a team of these employees. Refuses a name that is taken."""
    try:
        with transaction.atomic():
            team = form_team(organisation=organisation, name=name, members=list(members))
    except IntegrityError:
        raise _taken() from None
    publish(TeamFormed(team_id=team.pk, title=name, members=_names(members)), by=by, at=at)
    return team


@transaction.atomic
def edit(*, team: Team, name: str, members: Sequence[Employee], by: Actor, at: dt.datetime) -> Team:
    """This function will rename a team and set its members to exactly these."""
    held = list(Employee.objects.filter(pk__in=Membership.objects.filter(team=team).values("employee_id")))
    changes = between(
        {"name": team.name, "members": ", ".join(_names(held))}, {"name": name, "members": ", ".join(_names(members))}
    )
    team.name = name
    try:
        with transaction.atomic():
            team.save(update_fields=["name"])
    except IntegrityError:
        raise _taken() from None
    before, after = {m.pk for m in held}, {m.pk for m in members}
    Membership.objects.filter(team=team, employee_id__in=before - after).delete()
    Membership.objects.bulk_create(
        Membership(organisation_id=team.organisation_id, team=team, employee_id=pk) for pk in sorted(after - before)
    )
    if changes or before != after:
        publish(TeamEdited(team_id=team.pk, title=name, **changes.words()), by=by, at=at)
    return team


@transaction.atomic
def disband(*, team: Team, by: Actor, at: dt.datetime) -> None:
    """This function will disband a team; its people keep everything of their own."""
    held = list(Employee.objects.filter(pk__in=Membership.objects.filter(team=team).values("employee_id")))
    pk, name = team.pk, team.name
    team.delete()
    publish(TeamDisbanded(team_id=pk, title=name, members=_names(held)), by=by, at=at)
