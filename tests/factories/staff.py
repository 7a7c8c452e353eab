"""Builders for the staff room's nouns."""

from __future__ import annotations

import datetime as dt

from ritm.staff.models import Employee, Invitation, Role, Team, Token
from ritm.staff.operations import founding, invitations, tokens
from tests.cast import NOW, Cast


def role(cast: Cast, key: str) -> Role:
    """A shipped role of the home organisation."""
    return Role.objects.get(organisation=cast.home, key=key)


def invitation(cast: Cast, *, email: str = "igor@example.com", at: dt.datetime = NOW) -> Invitation:
    """Igor is invited by Adam to sell in the north."""
    adam = cast.viewer("adam")
    return invitations.invite(
        email=email,
        name="Игорь",
        unit=cast.north,
        role=role(cast, "sales"),
        granter=adam,
        base_url="http://testserver/",
        by=adam.actor(),
        at=at,
    )


def team(cast: Cast, *members: Employee, name: str = "Сети") -> Team:
    """A team of these employees."""
    return founding.form_team(organisation=cast.home, name=name, members=list(members))


def token(cast: Cast, name: str = "max", *, scope: str = "read", at: dt.datetime = NOW) -> tuple[Token, str]:
    """A token of one of the cast, with its text."""
    viewer = cast.viewer(name)
    return tokens.make(name="1С", scope=scope, days=30, by=viewer.actor(), at=at)
