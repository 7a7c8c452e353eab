"""Policies of zones and exchange: a new version from a day on, or one taken back. Nothing is ever overwritten."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.retention import zone_queries
from ritm.retention.events import PolicyChanged
from ritm.retention.models import ZonePolicy
from ritm.retention.operations import zones
from ritm.staff.models import Organisation, Unit


@transaction.atomic
def change_policy(
    *, numbers: dict[str, Any], unit: Unit | None, effective_on: dt.date, by: Actor, at: dt.datetime
) -> ZonePolicy:
    """
    This function will add a version that holds from `effective_on` (today or later) for the organisation or a unit.

    Clients are settled by the clock from that day on. Refuses boundaries that do not ascend, and a day behind us.
    """
    today = _today(by, at)
    if effective_on < today:
        raise Refusal(_("A policy cannot hold from a day that is behind us."), field="effective_on")
    try:
        zone_queries.policy_of(numbers, version=0, unit_id=None, effective_on=None)
    except ValueError:
        raise Refusal(_("Yellow comes before red, and red before the exchange."), field="red") from None
    # Versions one after another; not locked harder, or a tick that commits its rows would wait for us, and we for it.
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    versions = ZonePolicy.objects.filter(organisation_id=by.organisation_id).aggregate(last=Max("version"))
    row = ZonePolicy.objects.create(
        organisation_id=by.organisation_id,
        unit=unit,
        version=(versions["last"] or 0) + 1,
        effective_on=effective_on,
        numbers=numbers,
        created_at=at,
        created_by_id=by.employee_id,
    )
    zones.sweep(organisation_id=by.organisation_id, due_on=effective_on)
    publish(
        PolicyChanged(
            version=row.version, unit_id=unit.pk if unit else None, effective_on=effective_on, taken_back=False
        ),
        by=by,
        at=at,
    )
    return row


@transaction.atomic
def take_back(*, policy: ZonePolicy, by: Actor, at: dt.datetime) -> None:
    """
    This function will take a version back: the one before it holds again from now on.

    Who was released meanwhile stays released: ownership is given back by people. Taking back twice changes nothing.
    """
    row = ZonePolicy.objects.select_for_update().get(pk=policy.pk)
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    zones.sweep(organisation_id=by.organisation_id, due_on=_today(by, at))
    publish(
        PolicyChanged(version=row.version, unit_id=row.unit_id, effective_on=row.effective_on, taken_back=True),
        by=by,
        at=at,
    )


def _today(by: Actor, at: dt.datetime) -> dt.date:
    return local_date(at, Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id))
