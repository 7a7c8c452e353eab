"""How the audit trail tells the news of the conversations room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Contact
from ritm.conversations import events
from ritm.conversations.models import Interaction
from ritm.journal.sentences import Payload, changes, tell
from ritm.shell.writing import show_day_year, show_time

_CODES: dict[str, dict[str, Any]] = {
    "kind": dict(Interaction.Kind.choices),
    "direction": dict(Interaction.Direction.choices),
    "result": dict(Interaction.Result.choices),
}
_COLUMNS = {"happened_at": "at"}
_NAMES = {field.name: field.verbose_name for field in Interaction._meta.fields}


def _word(field: str, value: str) -> str:
    if value and field == "contact":
        return str(Contact.objects.filter(pk=value).values_list("name", flat=True).first() or "–")
    if value and field == "happened_at":
        at = dt.datetime.fromisoformat(value)
        return f"{show_day_year(at)}, {show_time(at)}"
    return str(_CODES.get(field, {}).get(value, value))


def _name(field: str) -> str:
    return str(_NAMES.get(_COLUMNS.get(field, field), field))


def _recorded(said: Payload) -> str:
    return ", ".join(filter(None, (_word("kind", said["kind"]), _word("result", said["result"]))))


def _edited(said: Payload) -> str:
    shown = {
        side: [_word(field, value) for field, value in zip(said["fields"], said[side], strict=True)]
        for side in ("before", "after")
    }
    return changes(said | shown, _name)


tell(events.InteractionRecorded, _("Conversation entered"), _recorded)
tell(events.InteractionEdited, _("Conversation changed"), _edited)
tell(events.InteractionWithdrawn, _("Conversation withdrawn"), lambda said: _word("kind", said["kind"]))
tell(events.FilesAttached, _("Files attached"), lambda said: ", ".join(said["names"]))
tell(events.FileRemoved, _("File removed"), lambda said: str(said["file"]))
