"""The constants of the rhythm rule: a new version from a day on. Nothing is ever overwritten."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.retention import queries
from ritm.retention.events import RhythmRuleChanged
from ritm.retention.models import RhythmRule
from ritm.staff.models import Organisation

# What people tune; memory and weight are the method's own (docs/rules/rhythm.md, section 2).
TUNED = ("slipping_after", "grace", "lost_after", "lost_grace")


@transaction.atomic
def change_rule(*, numbers: dict[str, float], effective_on: dt.date, by: Actor, at: dt.datetime) -> RhythmRule:
    """
    This function will add a version of the rhythm rule that holds from `effective_on`, today or later.

    `numbers` names TUNED constants (times the interval, and days). The clock recounts every buyer from that day on.
    Refuses a day behind us, and a loss that would come before the slipping.
    """
    office = Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    if effective_on < local_date(at, office.timezone):
        raise Refusal(_("A rule cannot hold from a day that is behind us."), field="effective_on")
    in_force = queries.rule_on(by.organisation_id, effective_on)
    whole = {name: numbers.get(name, getattr(in_force, name)) for name in TUNED}
    if whole["slipping_after"] < 1 or whole["grace"] < 0:
        raise Refusal(_("Nobody slips before his order is due."), field="slipping_after")
    if whole["lost_after"] <= whole["slipping_after"] or whole["lost_grace"] < whole["grace"]:
        raise Refusal(_("A client slips before he is lost."), field="lost_after")
    last = RhythmRule.objects.filter(organisation_id=by.organisation_id).aggregate(last=Max("version"))["last"]
    row = RhythmRule.objects.create(
        organisation_id=by.organisation_id,
        # The shipped rule is version 1.
        version=(last or 1) + 1,
        effective_on=effective_on,
        numbers={**whole, "memory": in_force.memory, "weight": in_force.weight, "usual": in_force.usual},
        created_at=at,
        created_by_id=by.employee_id,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE retention_rhythm SET next_transition_on = LEAST(next_transition_on, %s) "
            "WHERE organisation_id = %s AND orders > 0",
            [effective_on, by.organisation_id],
        )
    publish(RhythmRuleChanged(version=row.version, effective_on=effective_on), by=by, at=at)
    return row
