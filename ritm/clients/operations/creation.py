"""Create one client with everything that is known of him."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients.events import ClientCreated
from ritm.clients.models import Address, Client, Contact, Tenure
from ritm.clients.operations import own_values, parts, requisites, search
from ritm.clients.rules.addresses import address_key
from ritm.clients.rules.own import Value
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.kernel.requisites import digits_of
from ritm.staff.models import Employee, Organisation, Unit


@transaction.atomic
def create(
    *,
    name: str,
    kind: str = "company",
    owner: Employee | None = None,
    unit: Unit | None = None,
    legal: Mapping[str, str] | None = None,
    contact: str = "",
    position: str = "",
    phones: Sequence[str] = (),
    emails: Sequence[str] = (),
    addresses: Sequence[tuple[str, str]] = (),
    source: str = "",
    comment: str = "",
    external_id: str | None = None,
    own: Mapping[int, Value] | None = None,
    why: str = "",
    by: Actor,
    at: dt.datetime,
) -> Client:
    """
    This function will create a client; `legal` holds requisites by field, `addresses` (kind, text) pairs.

    A household without a contact gets one of its own name: a lone person is a household. Wrong requisites,
    numbers and e-mails are refused beside their field; requisites that an import brings are kept as they are.
    `own` holds values of own fields by field id; one that must be filled in and is not is refused.
    """
    name = " ".join(name.split())
    if not name:
        raise Refusal(_("Write the name of the client."), code="required", field="name")
    if kind not in Client.Kind.values:
        raise Refusal(_("Choose a company, a sole trader or a household."), code="kind", field="kind")
    if len(name) > 300:
        raise Refusal(_("The name is longer than 300 characters."), code="long", field="name")
    values = clean_legal(legal or {})
    requisites.check(kind, values, only=set(values), by=by)
    if external_id and Client.objects.filter(organisation_id=by.organisation_id, external_id=external_id).exists():
        raise Refusal(_("There is a client with this id already."), code="known", field="external_id")
    organisation = Organisation.objects.get(pk=by.organisation_id)
    unit_id = unit.pk if unit else owner.unit_id if owner else None
    client = Client(
        organisation_id=by.organisation_id,
        kind=kind,
        name=name,
        full_name=values["legal_name"],
        inn=values["inn"],
        kpp=values["kpp"],
        external_id=external_id or None,
        owner=owner,
        unit_id=unit_id,
        source=source.strip(),
        comment=comment.strip(),
        created_at=at,
        created_by_id=by.employee_id,
        updated_at=at,
    )
    client.save(force_insert=True)
    own_values.fill_in_new(client, own or {}, by=by)
    requisites.write_first(client, values, on=local_date(at, organisation.timezone))
    if kind == Client.Kind.HOUSEHOLD and not contact.strip():
        contact = name
    person = None
    if contact.strip():
        person = Contact.objects.create(
            organisation_id=by.organisation_id,
            client=client,
            name=contact.strip(),
            position=position.strip(),
            is_main=True,
            created_at=at,
        )
    for text in filter(str.strip, phones):
        parts.new_phone(client, text, area_code=organisation.area_code, contact=person).save()
    for text in filter(str.strip, emails):
        parts.new_email(client, text, contact=person).save()
    for address_kind, text in addresses:
        if text.strip():
            Address.objects.create(
                organisation_id=by.organisation_id,
                client=client,
                kind=address_kind,
                text=" ".join(text.split())[:500],
                key=address_key(text),
            )
    if owner is not None:
        Tenure.objects.create(
            organisation_id=by.organisation_id,
            client=client,
            owner=owner,
            span=(at, None),
            why=why,
            by_id=by.employee_id,
        )
    search.refresh([client.pk])
    publish(ClientCreated(client_id=client.pk), by=by, at=at)
    return client


def clean_legal(legal: Mapping[str, str]) -> dict[str, str]:
    """This function will give every field of requisites, stripped; digits only where only digits belong."""
    values = {field: " ".join(legal.get(field, "").split()) for field in requisites.FIELDS}
    for field in ("inn", "ogrn", "bik", "account"):
        # What is no number at all stays as typed, so that the refusal shows it.
        values[field] = digits_of(values[field]) or values[field]
    values["kpp"] = values["kpp"].replace(" ", "").upper()
    return values
