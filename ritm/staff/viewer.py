"""Who is looking, and how far he sees: built once per request, passed to every read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ritm.kernel.actor import Actor, Via
from ritm.kernel.reach import Reach


@dataclass(frozen=True)
class Place:
    """A person's place in one of the organisations he works for."""

    employee_id: int
    organisation_id: int
    organisation: str  # its name
    position: str = ""


@dataclass(frozen=True)
class Absent:
    """A colleague on leave up to and including `until`, for whom somebody stands in."""

    employee_id: int
    name: str
    until: dt.date


@dataclass(frozen=True)
class Viewer:
    """
    An employee at work, with his reach.

    `grants` maps (noun, verb) to a Reach. `team` and `unit_people` are employee ids within TEAM and UNIT reach
    (always with himself); `units` are unit ids of his own unit, units he heads, and all below them.
    `stands_in` are the colleagues whose clients he works with as with his own while their leave lasts.
    """

    organisation_id: int
    employee_id: int
    person_id: int | None
    name: str
    organisation: str = ""  # its name
    timezone: str = "Europe/Moscow"
    currency: str = "RUB"
    area_code: str = ""
    language: str = "ru"
    sells: bool = False
    role_keys: tuple[str, ...] = ()
    # Compared, but not hashed: a viewer is a key (staff/composed.py), and few viewers differ in their grants alone.
    grants: dict[tuple[str, str], Reach] = field(default_factory=dict, hash=False)
    team: tuple[int, ...] = ()
    unit_people: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    stands_in: tuple[Absent, ...] = ()
    places: tuple[Place, ...] = ()  # all of the person's, this one among them

    def reach(self, noun: str, verb: str = "see") -> Reach:
        """This function will say how far the viewer reaches with this verb on this noun."""
        return self.grants.get((noun, verb), Reach.NOBODY)

    def may(self, noun: str, verb: str) -> bool:
        """This function will say whether the viewer may do this to anybody's, at least his own."""
        return self.reach(noun, verb) > Reach.NOBODY

    def people(self, reach: Reach, *, standing_in: bool = True) -> tuple[int, ...]:
        """
        This function will list employee ids within OWN, TEAM or UNIT reach, and those for whom he stands in.

        `standing_in=False` leaves these out: to stand in is to work with a colleague's clients, not to be his head.
        """
        if reach == Reach.NOBODY:
            return ()
        within = {
            Reach.OWN: (self.employee_id,),
            Reach.TEAM: self.team or (self.employee_id,),
            Reach.UNIT: self.unit_people or (self.employee_id,),
        }[reach]
        if not (standing_in and self.stands_in):
            return within
        return (*within, *(one.employee_id for one in self.stands_in if one.employee_id not in within))

    def actor(self, via: Via = "web") -> Actor:
        """This function will give the author of what the viewer does."""
        return Actor(self.organisation_id, self.employee_id, via)
