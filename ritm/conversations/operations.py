"""Verbs of the conversations room: record, edit, withdraw."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients.models import Client, Contact
from ritm.conversations.events import InteractionEdited, InteractionRecorded, InteractionWithdrawn
from ritm.conversations.models import Interaction
from ritm.conversations.rules.meaning import judge
from ritm.conversations.sockets import contact_changed, rule_in_force
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal

# A browser's clock may run a little ahead of the server's.
CLOCK_SKEW = dt.timedelta(minutes=5)
EDITABLE_FOR = dt.timedelta(days=1)
EDITABLE = ("contact", "kind", "direction", "happened_at", "duration_seconds", "result", "text")
LONGEST_TEXT = 20_000


@transaction.atomic
def record(
    *,
    client: Client,
    kind: str,
    by: Actor,
    at: dt.datetime,
    direction: str = "",
    happened_at: dt.datetime | None = None,
    contact: Contact | None = None,
    result: str = "",
    duration_seconds: int | None = None,
    text: str = "",
) -> Interaction:
    """
    This function will enter a conversation with a client and judge whether it counts as contact.

    When they are not given, `happened_at` is `at`, and `direction` is out (none for a note). Refuses one in
    the future, one before the client's first day, a contact of another client, and an empty note or message.
    """
    row = Interaction(
        organisation_id=by.organisation_id,
        client=client,
        contact=contact,
        kind=kind,
        direction=direction or Interaction.Direction.OUT,
        at=happened_at or at,
        duration_seconds=duration_seconds,
        result=result,
        text=text,
        employee_id=by.employee_id,
        created_at=at,
    )
    _settle(row, at=at)
    row.save(force_insert=True)
    publish(
        InteractionRecorded(
            client_id=client.pk,
            interaction_id=row.pk,
            kind=row.kind,
            happened_at=row.at,
            result=row.result,
            meaningful=row.meaningful,
        ),
        by=by,
        at=at,
    )
    if row.meaningful:
        contact_changed([client.pk], by=by, at=at)
    return row


@transaction.atomic
def edit(*, interaction: Interaction, by: Actor, at: dt.datetime, **changes: Any) -> Interaction:
    """
    This function will change a conversation within a day of its entry; `changes` are named as in `record`.

    Refuses later, and once it is withdrawn: the history of a client is no draft. When nothing changed,
    nothing is published.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not to be edited: {sorted(unknown)}")
    row = _lock(interaction)
    if at > row.created_at + EDITABLE_FOR:
        raise Refusal(
            _("This was entered more than a day ago and can no longer be changed. Add a note instead."),
            code="too_late",
        )
    before = {name: _value(row, name) for name in EDITABLE}
    was_meaningful, was_at = row.meaningful, row.at
    for name, value in changes.items():
        setattr(row, "at" if name == "happened_at" else name, value)
    _settle(row, at=at)
    after = {name: _value(row, name) for name in EDITABLE}
    changed = tuple(name for name in EDITABLE if before[name] != after[name])
    if not changed:
        return row
    row.edited_at = at
    row.save()
    publish(
        InteractionEdited(
            client_id=row.client_id,
            interaction_id=row.pk,
            fields=changed,
            before=tuple(before[name] for name in changed),
            after=tuple(after[name] for name in changed),
            meaningful=row.meaningful,
        ),
        by=by,
        at=at,
    )
    if (was_meaningful, was_at) != (row.meaningful, row.at) and (was_meaningful or row.meaningful):
        contact_changed([row.client_id], by=by, at=at)
    return row


@transaction.atomic
def withdraw(*, interaction: Interaction, by: Actor, at: dt.datetime) -> Interaction:
    """
    This function will take a conversation back (undo): it leaves the history and counts for nothing.

    Within a day of its entry, like an edit. Withdrawing twice is withdrawing once.
    """
    row = Interaction.objects.select_for_update(of=("self",)).select_related("client").get(pk=interaction.pk)
    if row.withdrawn_at is not None:
        return row
    if at > row.created_at + EDITABLE_FOR:
        raise Refusal(_("This was entered more than a day ago and can no longer be withdrawn."), code="too_late")
    was_meaningful = row.meaningful
    row.withdrawn_at, row.meaningful = at, False
    row.save(update_fields=["withdrawn_at", "meaningful"])
    publish(
        InteractionWithdrawn(
            client_id=row.client_id, interaction_id=row.pk, kind=row.kind, was_meaningful=was_meaningful
        ),
        by=by,
        at=at,
    )
    if was_meaningful:
        contact_changed([row.client_id], by=by, at=at)
    return row


def _lock(interaction: Interaction) -> Interaction:
    row = Interaction.objects.select_for_update(of=("self",)).select_related("client", "contact").get(pk=interaction.pk)
    if row.withdrawn_at is not None:
        raise Refusal(_("This was withdrawn."), code="withdrawn")
    return row


def _settle(row: Interaction, *, at: dt.datetime) -> None:
    """Puts the fields in order, refuses what cannot be, and judges the meaning."""
    row.text = row.text.strip()
    if row.kind not in Interaction.Kind.values:
        raise Refusal(_("Choose what it was: a call, a meeting, a letter, a message or a note."), field="kind")
    if row.direction not in Interaction.Direction.values:
        raise Refusal(_("Say who turned to whom."), field="direction")
    if row.result and row.result not in Interaction.Result.values:
        raise Refusal(_("There is no such result."), field="result")
    if row.kind == Interaction.Kind.NOTE:
        row.direction, row.result, row.duration_seconds = Interaction.Direction.NONE, "", None
    elif row.direction == Interaction.Direction.NONE:
        raise Refusal(_("Say who turned to whom."), field="direction")
    if row.kind not in (Interaction.Kind.CALL, Interaction.Kind.MEETING):
        row.duration_seconds = None
    if row.kind in (Interaction.Kind.NOTE, Interaction.Kind.MESSAGE) and not row.text:
        raise Refusal(_("Write what there is to remember."), code="empty", field="text")
    if len(row.text) > LONGEST_TEXT:
        raise Refusal(_("The text is longer than %(most)d characters.") % {"most": LONGEST_TEXT}, field="text")
    if row.at > at + CLOCK_SKEW:
        raise Refusal(
            _("This lies in the future. Enter what has happened; plan with a snooze."),
            code="future",
            field="happened_at",
        )
    zone = row.client.organisation.timezone
    if local_date(row.at, zone) < local_date(row.client.created_at, zone):
        raise Refusal(_("The client was not in the base yet on that day."), code="before_client", field="happened_at")
    if row.contact is not None and row.contact.client_id != row.client_id:
        raise Refusal(_("This person belongs to another client."), code="foreign_contact", field="contact")
    rule = rule_in_force(row.organisation_id, at)
    row.meaningful = judge(
        kind=row.kind, direction=row.direction, result=row.result, seconds=row.duration_seconds, rule=rule
    ).meaningful
    row.rule_version = rule.version


def _value(row: Interaction, name: str) -> str:
    if name == "contact":
        return str(row.contact_id or "")
    value = row.at.isoformat() if name == "happened_at" else getattr(row, name)
    return "" if value is None else str(value)
