"""Reach: how far a role sees or acts. One ladder for every noun."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from ritm.kernel.socket import Socket


class Reach(IntEnum):
    """How far: each step includes the ones before it."""

    NOBODY = 0
    OWN = 1
    TEAM = 2
    UNIT = 3  # the employee's unit with all units below it
    ORGANISATION = 4


# The roles that every organisation starts with; an administrator may change them or add others.
ROLES = ("sales", "head", "order_desk", "director", "administrator", "accountant")


@dataclass(frozen=True)
class Permission:
    """One line of a room's permission table: may this verb be done to this noun, and how far by shipped role."""

    noun: str
    verb: str
    reach: dict[str, Reach] = field(default_factory=dict)


PERMISSIONS: Socket[Permission] = Socket("kernel.PERMISSIONS")


def permit(noun: str, verb: str, **reach: Reach) -> Permission:
    """
    This function will add one line to the installation's permission table.

    `reach` names shipped roles (see ROLES); a role that is not named reaches nobody.
    """
    unknown = set(reach) - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles {sorted(unknown)} for {noun}.{verb}")
    line = Permission(noun, verb, dict(reach))
    PERMISSIONS.plug(f"{noun}.{verb}")(line)
    return line
