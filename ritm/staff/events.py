"""News of the staff room. Every change of the organisation itself is here, with what it was and what it became."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class OrganisationOpened(Event):
    name: ClassVar[str] = "staff.organisation_opened"
    title: str


@dataclass(frozen=True, kw_only=True)
class OrganisationEdited(Event):
    """`fields` lists what changed; `before` and `after` give the values as text, in the same order."""

    name: ClassVar[str] = "staff.organisation_edited"
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OfUnit(Event):
    unit_id: int
    title: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("unit", self.unit_id)


@dataclass(frozen=True, kw_only=True)
class UnitAdded(OfUnit):
    name: ClassVar[str] = "staff.unit_added"


@dataclass(frozen=True, kw_only=True)
class UnitEdited(OfUnit):
    name: ClassVar[str] = "staff.unit_edited"
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnitClosed(OfUnit):
    name: ClassVar[str] = "staff.unit_closed"


@dataclass(frozen=True, kw_only=True)
class OfTeam(Event):
    team_id: int
    title: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("team", self.team_id)


@dataclass(frozen=True, kw_only=True)
class TeamFormed(OfTeam):
    name: ClassVar[str] = "staff.team_formed"
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TeamEdited(OfTeam):
    name: ClassVar[str] = "staff.team_edited"
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TeamDisbanded(OfTeam):
    name: ClassVar[str] = "staff.team_disbanded"
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OfEmployee(Event):
    employee_id: int
    title: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("employee", self.employee_id)


@dataclass(frozen=True, kw_only=True)
class EmployeeJoined(OfEmployee):
    name: ClassVar[str] = "staff.employee_joined"
    unit: str
    role: str


@dataclass(frozen=True, kw_only=True)
class EmployeeEdited(OfEmployee):
    name: ClassVar[str] = "staff.employee_edited"
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EmployeeLeft(OfEmployee):
    name: ClassVar[str] = "staff.employee_left"
    left_on: dt.date


@dataclass(frozen=True, kw_only=True)
class EmployeeReturned(OfEmployee):
    name: ClassVar[str] = "staff.employee_returned"


@dataclass(frozen=True, kw_only=True)
class EmployeeAway(OfEmployee):
    """On leave up to and including `until`; None when he is back. `substitute` is a name, '' without one."""

    name: ClassVar[str] = "staff.employee_away"
    until: dt.date | None
    substitute_id: int | None
    substitute: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(OfEmployee):
    name: ClassVar[str] = "staff.signed_in"
    address: str
    device: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(OfEmployee):
    name: ClassVar[str] = "staff.password_changed"


@dataclass(frozen=True, kw_only=True)
class SecondFactorTurned(OfEmployee):
    name: ClassVar[str] = "staff.second_factor_turned"
    on: bool


@dataclass(frozen=True, kw_only=True)
class TokenMade(OfEmployee):
    name: ClassVar[str] = "staff.token_made"
    token: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(OfEmployee):
    name: ClassVar[str] = "staff.token_revoked"
    token: str


@dataclass(frozen=True, kw_only=True)
class Invited(Event):
    name: ClassVar[str] = "staff.invited"
    invitation_id: int
    email: str
    title: str
    unit: str
    role: str


@dataclass(frozen=True, kw_only=True)
class InvitedAgain(Event):
    name: ClassVar[str] = "staff.invited_again"
    invitation_id: int
    email: str


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    name: ClassVar[str] = "staff.invitation_withdrawn"
    invitation_id: int
    email: str


@dataclass(frozen=True, kw_only=True)
class OfRole(Event):
    role_id: int
    title: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("role", self.role_id)


@dataclass(frozen=True, kw_only=True)
class RoleAdded(OfRole):
    name: ClassVar[str] = "staff.role_added"


@dataclass(frozen=True, kw_only=True)
class RoleEdited(OfRole):
    """Fields of grants are written 'client.see'; their values are the names of reaches."""

    name: ClassVar[str] = "staff.role_edited"
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoleRemoved(OfRole):
    name: ClassVar[str] = "staff.role_removed"


@dataclass(frozen=True, kw_only=True)
class SpecialDaySet(Event):
    """`before` and `after` are 'working', 'free' or '' (an ordinary day of the week)."""

    name: ClassVar[str] = "staff.special_day_set"
    day: dt.date
    before: str
    after: str
    note: str


@dataclass(frozen=True, kw_only=True)
class CalendarImported(Event):
    name: ClassVar[str] = "staff.calendar_imported"
    year: int
    days: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class AuditExported(Event):
    name: ClassVar[str] = "staff.audit_exported"
    filters: str
    entries: int
