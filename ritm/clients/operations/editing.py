"""Change a client's own fields, one or several; who changed what is kept, and can be put back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients.events import ClientEdited
from ritm.clients.models import Client
from ritm.clients.operations import requisites, search
from ritm.clients.operations.creation import clean_legal
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Organisation

OWN_FIELDS = ("kind", "name", "source", "comment", "external_id")
EDITABLE = (*OWN_FIELDS, *requisites.FIELDS)


@transaction.atomic
def edit(*, client: Client, changes: Mapping[str, str], by: Actor, at: dt.datetime) -> Client:
    """
    This function will change fields of EDITABLE and return the fresh client; the same value is no change.

    Requisites come into force on the local date of `at`, the former ones stay with their dates. Publishes
    ClientEdited with what was and what became, unless nothing changed.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise Refusal(_("There is no such field: %(name)s") % {"name": min(unknown)}, code="field", field=min(unknown))
    client = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    before = {field: getattr(client, field) or "" for field in OWN_FIELDS} | requisites.present(client)
    wanted = before | {field: _clean(field, text) for field, text in changes.items() if field in OWN_FIELDS}
    legal = {field: text for field, text in changes.items() if field in requisites.FIELDS}
    if legal:
        cleaned = clean_legal(legal)
        wanted |= {field: cleaned[field] for field in legal}
    touched = {field for field in EDITABLE if wanted[field] != before[field]}
    if not touched:
        return client
    _refuse(client, wanted, touched, by=by)
    for field in touched & set(OWN_FIELDS):
        setattr(client, field, wanted[field])
    if "external_id" in touched:
        client.external_id = wanted["external_id"] or None
    client.full_name, client.inn, client.kpp = wanted["legal_name"], wanted["inn"], wanted["kpp"]
    client.updated_at = at
    client.save(update_fields=[*OWN_FIELDS, "full_name", "inn", "kpp", "updated_at"])
    if touched & set(requisites.FIELDS):
        zone = Organisation.objects.values_list("timezone", flat=True).get(pk=client.organisation_id)
        requisites.write(client, wanted, on=local_date(at, zone))
    search.refresh([client.pk])
    fields = tuple(field for field in EDITABLE if field in touched)
    publish(
        ClientEdited(
            client_id=client.pk,
            fields=fields,
            before=tuple(before[field] for field in fields),
            after=tuple(wanted[field] for field in fields),
        ),
        by=by,
        at=at,
    )
    return client


def _clean(field: str, text: str) -> str:
    return text.strip() if field == "comment" else " ".join(text.split())


def _refuse(client: Client, wanted: dict[str, str], touched: set[str], *, by: Actor) -> None:
    if not wanted["name"]:
        raise Refusal(_("Write the name of the client."), code="required", field="name")
    if len(wanted["name"]) > 300:
        raise Refusal(_("The name is longer than 300 characters."), code="long", field="name")
    if wanted["kind"] not in Client.Kind.values:
        raise Refusal(_("Choose a company, a sole trader or a household."), code="kind", field="kind")
    # A bank's BIK decides about the account: a change of one is judged with the other.
    only = touched | ({"account"} if "bik" in touched else set())
    requisites.check(wanted["kind"], wanted, only=only, by=by)
    taken = Client.objects.filter(organisation_id=client.organisation_id, external_id=wanted["external_id"])
    if "external_id" in touched and wanted["external_id"] and taken.exists():
        raise Refusal(_("There is a client with this id already."), code="known", field="external_id")
