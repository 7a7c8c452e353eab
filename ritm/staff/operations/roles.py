"""Verbs of roles, and the two promises: nobody gives what he has not, and somebody always holds the keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.reach import PERMISSIONS, Reach
from ritm.kernel.refusal import Refusal
from ritm.staff.events import RoleAdded, RoleEdited, RoleRemoved
from ritm.staff.models import Assignment, Employee, Grant, Invitation, Organisation, Role
from ritm.staff.operations.changes import between
from ritm.staff.viewer import Viewer

ADMINISTRATOR = "administrator"

# Without these the shipped administrator could not mend his own mistake.
KEYS_OF_THE_HOUSE = (("role", "edit"), ("employee", "edit"), ("employee", "see"))

Cells = Mapping[tuple[str, str], Reach]


def refuse_beyond(granter: Viewer, cells: Cells) -> None:
    """
    This function will refuse to give, at any noun and verb, more than the granter reaches himself.

    The shipped administrator is the root of trust and may give everything.
    """
    if ADMINISTRATOR in granter.role_keys:
        return
    for (noun, verb), reach in cells.items():
        if reach > granter.reach(noun, verb):
            raise Refusal(
                _("You cannot give more than you have yourself: %(what)s.") % {"what": f"{noun}.{verb}"},
                code="beyond_own_reach",
            )


def refuse_roles_beyond(granter: Viewer, roles: Iterable[Role]) -> None:
    """This function will refuse to hand out a role that reaches further than the granter does."""
    if ADMINISTRATOR in granter.role_keys:
        return
    if any(role.key == ADMINISTRATOR for role in roles):
        raise Refusal(
            _("Only an administrator can make another administrator."), code="beyond_own_reach", field="roles"
        )
    for grant in Grant.objects.filter(role__in=[role.pk for role in roles]):
        refuse_beyond(granter, {(grant.noun, grant.verb): Reach(grant.reach)})


def lock_administrators(organisation_id: int) -> None:
    """This function will make changes to who administers wait for each other, so that two cannot both be the last."""
    list(Role.objects.select_for_update().filter(organisation_id=organisation_id, key=ADMINISTRATOR))


def refuse_without_administrator(organisation_id: int, *, gone: int = 0) -> None:
    """This function will refuse a change that leaves nobody to administer; `gone` is an employee about to leave."""
    left = Assignment.objects.filter(
        organisation_id=organisation_id,
        role__key=ADMINISTRATOR,
        employee__left_on=None,
        employee__person__is_active=True,
    )
    if not left.exclude(employee_id=gone).exists():
        raise Refusal(
            _("This is the last administrator: give the role to somebody else first."), code="last_administrator"
        )


@transaction.atomic
def add(
    *, organisation: Organisation, name: str, like: Role | None, granter: Viewer, by: Actor, at: dt.datetime
) -> Role:
    """This function will add a role of the organisation's own, reaching as far as `like` (nowhere without it)."""
    cells: dict[tuple[str, str], Reach] = {}
    if like is not None:
        cells = {(g.noun, g.verb): Reach(g.reach) for g in Grant.objects.filter(role=like)}
        refuse_beyond(granter, cells)
    try:
        with transaction.atomic():
            role = Role.objects.create(organisation=organisation, name=name, sells=like.sells if like else False)
    except IntegrityError:
        raise Refusal(_("There is a role with this name already."), code="taken", field="name") from None
    _set(role, cells)
    publish(RoleAdded(role_id=role.pk, title=name), by=by, at=at)
    return role


@transaction.atomic
def edit(*, role: Role, name: str, sells: bool, cells: Cells, granter: Viewer, by: Actor, at: dt.datetime) -> Role:
    """
    This function will rename a role and set how far it reaches; effective at everybody's next request.

    `cells` maps (noun, verb) to a Reach for every line that changes or stays; lines not named are left alone.
    Refuses unknown lines, more than the granter has, and an administrator's role without the keys of the house.
    """
    known = {(line.noun, line.verb) for line in PERMISSIONS}
    if unknown := set(cells) - known:
        raise Refusal(_("There is no such permission."), code="unknown_permission", field=".".join(min(unknown)))
    held = {(g.noun, g.verb): Reach(g.reach) for g in Grant.objects.select_for_update().filter(role=role)}
    before = {cell: held.get(cell, Reach.NOBODY) for cell in cells}
    raised = {cell: reach for cell, reach in cells.items() if reach > before[cell]}
    refuse_beyond(granter, raised)
    if role.key == ADMINISTRATOR and any(
        cells.get(cell, held.get(cell)) != Reach.ORGANISATION for cell in KEYS_OF_THE_HOUSE
    ):
        raise Refusal(
            _("The administrator keeps the right to change roles and employees: otherwise nobody could mend this."),
            code="keys_of_the_house",
        )
    changes = between(
        {"name": role.name, "sells": role.sells} | {".".join(cell): reach for cell, reach in before.items()},
        {"name": name, "sells": sells} | {".".join(cell): reach for cell, reach in cells.items()},
    )
    if not changes:
        return role
    role.name, role.sells = name, sells
    try:
        with transaction.atomic():
            role.save(update_fields=["name", "sells"])
    except IntegrityError:
        raise Refusal(_("There is a role with this name already."), code="taken", field="name") from None
    _set(role, {cell: reach for cell, reach in cells.items() if reach != before[cell]})
    publish(RoleEdited(role_id=role.pk, title=name, **changes.words()), by=by, at=at)
    return role


@transaction.atomic
def restore(*, role: Role, granter: Viewer, by: Actor, at: dt.datetime) -> Role:
    """This function will set a shipped role's reach back to what Ritm ships."""
    if not role.key:
        raise Refusal(_("This role is your own: there is nothing shipped to restore."), code="own_role")
    shipped = {(line.noun, line.verb): line.reach.get(role.key, Reach.NOBODY) for line in PERMISSIONS}
    return edit(role=role, name=role.name, sells=role.sells, cells=shipped, granter=granter, by=by, at=at)


@transaction.atomic
def remove(*, role: Role, by: Actor, at: dt.datetime) -> None:
    """This function will remove a role that nobody holds and no invitation promises; shipped ones stay."""
    if role.key:
        raise Refusal(_("A shipped role can be changed but not removed."), code="shipped_role")
    holders = Employee.objects.filter(pk__in=Assignment.objects.filter(role=role).values("employee_id"))
    if holders.exists():
        raise Refusal(
            _("Somebody holds this role: %(names)s.")
            % {"names": ", ".join(holders.values_list("name", flat=True)[:5])},
            code="role_in_use",
        )
    if Invitation.objects.filter(role=role).exists():
        raise Refusal(_("An invitation names this role."), code="role_in_use")
    pk, name = role.pk, role.name
    role.delete()
    publish(RoleRemoved(role_id=pk, title=name), by=by, at=at)


def learn(*, organisation_id: int) -> int:
    """
    This function will give the shipped roles their reach in permissions that the organisation has never seen.

    Called after an upgrade. A line that somebody has set to nobody is known, and stays as it was set. Returns how
    many grants were added.
    """
    known = set(Grant.objects.filter(organisation_id=organisation_id).values_list("noun", "verb"))
    shipped = {role.key: role for role in Role.objects.filter(organisation_id=organisation_id).exclude(key="")}
    fresh = [
        Grant(organisation_id=organisation_id, role=role, noun=line.noun, verb=line.verb, reach=line.reach[key])
        for line in PERMISSIONS
        if (line.noun, line.verb) not in known
        for key, role in shipped.items()
        if line.reach.get(key, Reach.NOBODY) > Reach.NOBODY
    ]
    return len(Grant.objects.bulk_create(fresh))


def _set(role: Role, cells: Cells) -> None:
    # 'Nobody' is kept as a row too: it is how `learn` tells a line switched off from one never seen.
    Grant.objects.bulk_create(
        (
            Grant(organisation_id=role.organisation_id, role=role, noun=noun, verb=verb, reach=reach)
            for (noun, verb), reach in cells.items()
        ),
        update_conflicts=True,
        unique_fields=["role", "noun", "verb"],
        update_fields=["reach"],
    )
