"""Verbs of the organisation's own card."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.kernel.requisites import inn_is_valid
from ritm.staff.events import OrganisationEdited
from ritm.staff.models import Organisation
from ritm.staff.operations.changes import put

CURRENCIES = ("RUB", "KZT", "BYN", "USD", "EUR", "CNY")


@transaction.atomic
def edit(
    *,
    organisation: Organisation,
    name: str,
    legal_name: str,
    inn: str,
    timezone: str,
    currency: str,
    area_code: str,
    by: Actor,
    at: dt.datetime,
) -> Organisation:
    """
    This function will change the organisation's card.

    Refuses an INN whose check digits are wrong, a time zone that nobody knows, and a currency that money cannot show.
    """
    if inn and not inn_is_valid(inn):
        raise Refusal(_("This INN cannot be right: check the digits."), code="inn", field="inn")
    if timezone not in zoneinfo.available_timezones():
        raise Refusal(_("There is no such time zone."), code="timezone", field="timezone")
    if currency not in CURRENCIES:
        raise Refusal(_("This currency is not in use here."), code="currency", field="currency")
    changes = put(
        organisation,
        name=name,
        legal_name=legal_name,
        inn=inn,
        timezone=timezone,
        currency=currency,
        area_code=area_code,
    )
    if changes:
        publish(OrganisationEdited(**changes.words()), by=by, at=at)
    return organisation
