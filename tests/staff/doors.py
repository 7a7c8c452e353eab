"""Who may enter which page of the staff room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ritm.staff.models import Role
from tests.cast import Cast
from tests.factories import staff

HOME = {"vera", "max", "lena", "oleg", "nina", "adam", "dina"}
EVERYBODY = HOME | {"rita"}
ADAM = {"adam"}
BOSSES = {"nina", "adam", "rita"}  # Rita directs her own organisation, and sees that one's rows


def _none(cast: Cast) -> dict[str, Any]:
    return {}


def _own_role(cast: Cast) -> dict[str, Any]:
    return {"pk": Role.objects.create(organisation=cast.home, name="Стажёр").pk}


DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "staff:switch": (_none, set()),  # without a place of one's own in the form there is nowhere to go
    "staff:profile": (_none, EVERYBODY),
    "staff:security": (_none, EVERYBODY),
    "staff:end_session": (lambda cast: {"pk": 2**40}, set()),
    "staff:end_others": (_none, EVERYBODY),
    "staff:second_factor": (_none, EVERYBODY),
    "staff:second_factor_off": (_none, EVERYBODY),
    "staff:tokens": (_none, EVERYBODY),
    "staff:revoke_token": (lambda cast: {"pk": staff.token(cast, "max")[0].pk}, {"max"}),
    "api_docs": (_none, EVERYBODY),
    "openapi": (_none, EVERYBODY),
    "staff:organisation": (_none, BOSSES),
    "staff:units": (_none, ADAM),
    "staff:add_unit": (_none, ADAM),
    "staff:unit": (lambda cast: {"pk": cast.north.pk}, ADAM),
    "staff:close_unit": (lambda cast: {"pk": cast.north.pk}, ADAM),
    "staff:add_team": (_none, ADAM),
    "staff:team": (lambda cast: {"pk": staff.team(cast, cast.max).pk}, ADAM),
    "staff:disband_team": (lambda cast: {"pk": staff.team(cast, cast.max, name="Юг").pk}, ADAM),
    "staff:employees": (_none, EVERYBODY),
    "staff:take_on": (_none, ADAM),
    "staff:invite": (_none, ADAM),
    "staff:employee": (lambda cast: {"pk": cast.max.pk}, HOME),
    "staff:away": (lambda cast: {"pk": cast.max.pk}, ADAM),
    "staff:leave": (lambda cast: {"pk": cast.max.pk}, ADAM),
    "staff:come_back": (lambda cast: {"pk": cast.max.pk}, ADAM),
    "staff:invitation": (lambda cast: {"pk": staff.invitation(cast).pk}, ADAM),
    "staff:roles": (_none, ADAM),
    "staff:role": (lambda cast: {"pk": staff.role(cast, "sales").pk}, ADAM),
    "staff:restore_role": (lambda cast: {"pk": staff.role(cast, "sales").pk}, ADAM),
    "staff:remove_role": (_own_role, ADAM),
    "staff:calendar": (_none, BOSSES),
    "staff:set_day": (_none, set()),  # without a day in the form there is nothing to turn: 404
    "staff:bring_in_calendar": (_none, BOSSES),
    "staff:audit": (_none, BOSSES),
    "staff:export_audit": (_none, BOSSES),
}

# The front door stands open to strangers: these have tests of their own.
OPEN = {
    "staff:sign_in", "staff:code", "staff:forgot", "staff:new_password", "staff:password_letter", "staff:sign_out",
    "staff:open_house",    "staff:accept", "staff:prefer",
}  # fmt: skip
