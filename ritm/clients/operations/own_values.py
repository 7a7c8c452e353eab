"""Fill in own fields: one client's, or many clients' at once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients import own
from ritm.clients.models import Client, ClientValue
from ritm.clients.operations import parts
from ritm.clients.rules.own import Definition, Value, unwritten, written
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal

Change = tuple[str, str, str]


def kept(definition: Definition, value: Value) -> str:
    """
    This function will write a value for the journal, '' for nothing: JSON that says everything by itself, whatever
    becomes of the field and of its options later.
    """
    if value is None:
        return ""
    words: list[str] = []
    if definition.column == "option" and isinstance(value, int):
        words = definition.words([value])
    elif isinstance(value, tuple):
        words = definition.words(value)
    said = {
        "name": definition.name,
        "kind": definition.kind.value,
        "unit": definition.unit,
        "value": written(definition, value),
        "words": words,
    }
    return json.dumps(said, ensure_ascii=False)


def write(
    noun: str, subject_id: int, values: Mapping[int, Value], known: Collection[Definition], *, organisation_id: int
) -> list[Change]:
    """
    This function will write values of one subject and give what changed as (token, before, after), for the event
    that the caller publishes. A field that is not among `known` is refused.
    """
    table = own.noun_of(noun)
    by_id = {one.id: one for one in known}
    unknown = set(values) - set(by_id)
    if unknown:
        raise Refusal(_("There is no such field: %(name)s") % {"name": min(unknown)}, code="field")
    wanted = [by_id[pk] for pk in values]
    before = own.values_of([subject_id], wanted, noun).get(subject_id, {})
    manager: Any = table.values.objects
    changed: list[Change] = []
    for definition in wanted:
        value, was = values[definition.id], before.get(definition.id)
        if value == was:
            continue
        mine = {f"{table.subject}_id": subject_id, "field_id": definition.id}
        if value is None:
            manager.filter(**mine).delete()
        else:
            manager.update_or_create(
                **mine, defaults={"organisation_id": organisation_id, **columns_for(definition, value)}
            )
        changed.append((definition.token, kept(definition, was), kept(definition, value)))
    return changed


def columns_for(definition: Definition, value: Value) -> dict[str, Any]:
    """This function will give the typed columns of a value's row, the others empty."""
    name = "option_id" if definition.column == "option" else definition.column
    empty = dict.fromkeys(("text", "number", "date", "flag", "option_id", "options"))
    return empty | {name: list(value) if isinstance(value, tuple) else value}


@transaction.atomic
def fill_in(
    *, client: Client, values: Mapping[int, Value], known: Iterable[Definition], by: Actor, at: dt.datetime
) -> bool:
    """
    This function will write own fields of a client, by field id; None empties. False when nothing changed.

    `known` are the definitions that the author may write. Publishes ClientEdited.
    """
    client = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    known = list(known)
    for definition in known:
        if definition.required and definition.id in values and values[definition.id] is None:
            refuse_empty(definition, by=by)
    changed = write("client", client.pk, values, known, organisation_id=client.organisation_id)
    if changed:
        parts.publish_changed(client, changed, by=by, at=at)
    return bool(changed)


def fill_in_new(client: Client, values: Mapping[int, Value], *, by: Actor) -> None:
    """This function will write the own fields of a client who is being created; his creation is the news of them."""
    known = own.all_definitions(client.organisation_id)
    if by.employee_id is not None:
        for definition in known:
            if definition.required and values.get(definition.id) is None:
                refuse_empty(definition, by=by)
    write("client", client.pk, values, known, organisation_id=client.organisation_id)


def refuse_empty(definition: Definition, *, by: Actor) -> None:
    """This function will refuse to leave a required field empty, unless an import or the demo does it."""
    if by.via not in ("import", "demo"):
        raise Refusal(
            _("“%(name)s” must be filled in.") % {"name": definition.name}, code="required", field=definition.key
        )


def put_back(client: Client, token: str, before: str, after: str, known: Collection[Definition]) -> Change | None:
    """
    This function will write back what a field held `before`, when it still holds what came `after`; None when
    somebody has changed it since, or the field is gone. The caller publishes the change.
    """
    definition = next((one for one in known if one.token == token), None)
    if definition is None:
        return None
    now = own.values_of([client.pk], [definition]).get(client.pk, {}).get(definition.id)
    if written(definition, now) != _value(after):
        return None
    values = {definition.id: unwritten(definition, _value(before))}
    changed = write("client", client.pk, values, [definition], organisation_id=client.organisation_id)
    return changed[0] if changed else None


def _value(said: str) -> Any:
    return json.loads(said)["value"] if said else ""


def write_many(values: Mapping[int, Value], definition: Definition, *, by: Actor) -> None:
    """This function will write one field of many clients, by client id; None empties. The caller publishes it."""
    empty = [pk for pk, value in values.items() if value is None]
    ClientValue.objects.filter(client_id__in=empty, field_id=definition.id).delete()
    rows = [
        ClientValue(
            organisation_id=by.organisation_id, client_id=pk, field_id=definition.id, **columns_for(definition, value)
        )
        for pk, value in values.items()
        if value is not None
    ]
    ClientValue.objects.bulk_create(
        rows,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["client", "field"],
        update_fields=list(columns_for(definition, None)),
    )
