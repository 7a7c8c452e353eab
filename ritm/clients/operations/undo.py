"""Put a change back: what nobody has touched since returns to what it was; the rest is kept, and said."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients import own as own_questions
from ritm.clients.models import Client
from ritm.clients.operations import archiving, editing, own_values, ownership, parts, requisites
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee


@transaction.atomic
def put_back(*, entry: Entry, client: Client, by: Actor, at: dt.datetime) -> list[str]:
    """
    This function will undo one journal entry about this client; it returns the fields that were kept as
    they are because somebody changed them later.

    Knows the news of this room that changes one client; anything else is refused.
    """
    if entry.subject_kind != "client" or entry.subject_id != client.pk:
        raise Refusal(_("This cannot be undone."), code="not_undoable")
    payload = entry.payload
    if payload.get("erased"):
        raise Refusal(_("The person was erased: nothing of this is left."), code="erased")
    if entry.event == "clients.client_edited":
        return _unedit(client, payload, by=by, at=at)
    if entry.event == "clients.client_assigned":
        if client.owner_id != payload["owner_id"]:
            return ["owner"]
        former = Employee.objects.filter(pk=payload["former_owner_id"]).first()
        ownership.assign(client=client, owner=former, why=_("undone"), by=by, at=at)
        return []
    if entry.event == "clients.client_archived":
        archiving.restore(client=client, by=by, at=at)
        return []
    raise Refusal(_("This cannot be undone."), code="not_undoable")


def _unedit(client: Client, payload: dict[str, Any], *, by: Actor, at: dt.datetime) -> list[str]:
    own = {field: getattr(client, field) or "" for field in editing.OWN_FIELDS} | requisites.present(client)
    changes: dict[str, str] = {}
    moved: list[tuple[str, str, str]] = []
    kept: list[str] = []
    any_own = any(field.startswith("own:") for field in payload["fields"])
    known = own_questions.all_definitions(client.organisation_id) if any_own else ()
    for field, before, after in zip(payload["fields"], payload["before"], payload["after"], strict=True):
        if field.startswith("own:"):
            changed = own_values.put_back(client, field, before, after, known)
            if changed is None:
                kept.append("own")
            else:
                moved.append(changed)
        elif ":" in field:
            moved += _part_back(client, field, before, after, kept)
        elif own.get(field) == after:
            changes[field] = before
        else:
            kept.append(field)
    if changes:
        # What stood before may have come from an import: it is put back unjudged.
        editing.edit(client=client, changes=changes, by=Actor(by.organisation_id, by.employee_id, "import"), at=at)
    if moved:
        parts.publish_changed(client, moved, by=by, at=at)
    return kept


def _part_back(client: Client, field: str, before: str, after: str, kept: list[str]) -> list[tuple[str, str, str]]:
    kind, pk = field.split(":")
    model: Any = parts.PARTS[kind].model
    row = model.objects.filter(pk=pk, client=client).first()
    now = parts.snapshot(kind, row) if row else ""
    if now != after:
        kept.append(kind)
        return []
    if not before:
        row.delete()
        return [(field, now, "")]
    values = json.loads(before)
    naming = values.pop("naming", {})
    fresh = model(pk=int(pk), organisation_id=client.organisation_id, client=client, **values)
    fresh.save()
    parts.name_again(fresh, naming)
    return [(field, now, before)]
