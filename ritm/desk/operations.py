"""Verbs of the desk: deal with an item, put it off, take that back; set the pace of a day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients.models import Client
from ritm.conversations import operations as conversations
from ritm.conversations.models import Interaction
from ritm.desk.events import PaceSet, VerdictGiven, VerdictUndone
from ritm.desk.models import Pace, Verdict
from ritm.desk.rules.queue import back_on
from ritm.desk.sockets import QUEUE
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.staff.queries import special_days

# Nobody puts a client off for longer than this without the head noticing: it is a release, not a snooze.
LONGEST_SNOOZE = dt.timedelta(days=366)
MOST_A_DAY = 500


@transaction.atomic
def finish(
    *,
    client: Client,
    source: str,
    episode: str,
    result: str,
    by: Actor,
    at: dt.datetime,
    kind: str = Interaction.Kind.CALL,
    text: str = "",
    until: dt.date | None = None,
) -> Verdict:
    """
    This function will enter the conversation with its result and take the item off today's list, in one transaction.

    `until` is the day that was agreed for a call back. Refuses an unknown result, a day that is not ahead, and an
    occasion that somebody has dealt with already.
    """
    if result not in Interaction.Result.values:
        raise Refusal(_("Choose what came of it."), code="no_result", field="result")
    today = _today(client, at)
    if until is not None and result == Interaction.Result.CALL_BACK:
        _refuse_days(until, today)
    _claim(client, source, episode, today)
    interaction = conversations.record(
        client=client, kind=kind, direction=Interaction.Direction.OUT, result=result, text=text, by=by, at=at
    )
    return _give(
        client=client, source=source, episode=episode, result=result, asked=until, today=today,
        reason=text[:300], interaction_id=interaction.pk, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def snooze(
    *, client: Client, source: str, episode: str, reason: str, until: dt.date, by: Actor, at: dt.datetime
) -> Verdict:
    """
    This function will put an item off until a day, with a reason. It is no contact, and no clock turns.

    Refuses without a reason, and a day that is not within a year ahead.
    """
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Say why it can wait."), code="no_reason", field="reason")
    today = _today(client, at)
    _refuse_days(until, today)
    _claim(client, source, episode, today)
    return _give(
        client=client, source=source, episode=episode, result=Verdict.Result.SNOOZED, asked=until, today=today,
        reason=reason[:300], interaction_id=None, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def undo(*, verdict: Verdict, by: Actor, at: dt.datetime) -> Verdict:
    """
    This function will take a verdict back, with the conversation it entered: the item stands on the list again.

    Undoing twice is undoing once. Refuses after a day, when the conversation has become history.
    """
    row = Verdict.objects.select_for_update(of=("self",)).get(pk=verdict.pk)
    if row.undone_at is not None:
        return row
    if row.interaction_id is not None:
        conversations.withdraw(interaction=Interaction.objects.get(pk=row.interaction_id), by=by, at=at)
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    publish(VerdictUndone(client_id=row.client_id, verdict_id=row.pk), by=by, at=at)
    return row


@transaction.atomic
def set_pace(*, per_day: int, effective_on: dt.date, by: Actor, at: dt.datetime) -> Pace:
    """This function will set how many items a day holds from a date on; the former pace stays in the history."""
    if not 1 <= per_day <= MOST_A_DAY:
        raise Refusal(_("A day holds from 1 to %(most)d items.") % {"most": MOST_A_DAY}, code="pace", field="per_day")
    pace = Pace.objects.create(
        organisation_id=by.organisation_id,
        per_day=per_day,
        effective_on=effective_on,
        created_at=at,
        created_by_id=by.employee_id,
    )
    publish(PaceSet(per_day=per_day, effective_on=effective_on), by=by, at=at)
    return pace


def _today(client: Client, at: dt.datetime) -> dt.date:
    return local_date(at, client.organisation.timezone)


def _refuse_days(until: dt.date, today: dt.date) -> None:
    if until <= today:
        raise Refusal(_("Choose a day after today."), code="not_ahead", field="until")
    if until > today + LONGEST_SNOOZE:
        raise Refusal(_("Choose a day within a year."), code="too_far", field="until")


def _claim(client: Client, source: str, episode: str, today: dt.date) -> None:
    """Refuses an occasion that is finished or put off; the lock makes two quick presses one."""
    if QUEUE.get(source) is None or not episode.startswith(f"{source}:"):
        raise Refusal(_("There is no such item."), code="no_such_item")
    Client.objects.select_for_update().values_list("pk").get(pk=client.pk)
    last = Verdict.objects.filter(client=client, source=source, episode=episode, undone_at=None).order_by("-id").first()
    if last is not None and (last.until is None or last.until > today):
        raise Refusal(_("%(name)s has already dealt with this.") % {"name": last.employee.name}, code="dealt_with")


def _give(
    *,
    client: Client,
    source: str,
    episode: str,
    result: str,
    asked: dt.date | None,
    today: dt.date,
    reason: str,
    interaction_id: int | None,
    by: Actor,
    at: dt.datetime,
) -> Verdict:
    if by.employee_id is None:
        raise ValueError("a verdict is somebody's")
    until = back_on(result, today, asked=asked, calendar=special_days(by.organisation_id))
    row = Verdict.objects.create(
        organisation_id=by.organisation_id,
        client=client,
        employee_id=by.employee_id,
        source=source,
        episode=episode,
        result=result,
        reason=reason,
        until=until,
        at=at,
        day=today,
        interaction_id=interaction_id,
    )
    publish(
        VerdictGiven(
            client_id=client.pk, verdict_id=row.pk, source=source, episode=episode, result=result, until=until
        ),
        by=by,
        at=at,
    )
    return row
