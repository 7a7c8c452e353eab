"""Requisites: what is wrong with them in words, and their history as accounting expects it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, Requisites
from ritm.clients.rules.requisites import problems
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal

# The fields of a Requisites row; the first three are repeated on the client himself, for lists and search.
FIELDS = ("legal_name", "inn", "kpp", "ogrn", "account", "bik", "bank")
ON_CLIENT = {"legal_name": "full_name", "inn": "inn", "kpp": "kpp"}

SENTENCES: dict[str, Any] = {
    "inn_length": _("An INN has 10 digits (a company) or 12 (a person)."),
    "inn_digits": _("The check digits of this INN do not agree: there is a slip in it."),
    "inn_of_person": _(
        "This is a person's INN (12 digits); a company's has 10. Change the kind of the client or the INN."
    ),
    "inn_of_company": _(
        "This is a company's INN (10 digits); a person's has 12. Change the kind of the client or the INN."
    ),
    "kpp": _("A KPP has 9 characters: four digits, two digits or Latin capitals, three digits."),
    "kpp_of_person": _("Only companies have a KPP."),
    "ogrn": _("An OGRN has 13 digits, an OGRNIP 15, and their last digit must agree with the rest."),
    "bik": _("A BIK has 9 digits and begins with 0, 1 or 2."),
    "account_needs_bik": _("Enter the bank's BIK first: the account is checked against it."),
    "account": _("The account and the BIK do not agree: there is a slip in one of them."),
}


def warnings(kind: str, values: Mapping[str, str]) -> list[tuple[str, Any]]:
    """This function will list what is wrong as (field, sentence): imports report it and go on."""
    return [(problem.field, SENTENCES[problem.code]) for problem in problems(kind, values)]


def check(kind: str, values: Mapping[str, str], *, only: set[str], by: Actor) -> None:
    """
    This function will refuse the first thing that is wrong in the fields `only`, unless an import brings them.

    Fields that nobody touches now are not held against him: what came in wrong may be mended bit by bit.
    """
    if by.via in ("import", "demo"):
        return
    for problem in problems(kind, values):
        if problem.field in only:
            raise Refusal(SENTENCES[problem.code], code=problem.code, field=problem.field)


def present(client: Client) -> dict[str, str]:
    """This function will give the requisites in force, by field; what a client never had is ''."""
    return shown(client, Requisites.objects.filter(client=client, valid_to=None).first())


def shown(client: Client, row: Requisites | None) -> dict[str, str]:
    """This function will lay out the requisites of a client, of which `row` is in force."""
    values = {field: getattr(row, field) if row else "" for field in FIELDS}
    return values | {field: getattr(client, own) for field, own in ON_CLIENT.items()}


def write(client: Client, values: Mapping[str, str], *, on: dt.date) -> None:
    """
    This function will put requisites in force from the local date `on`; the row before them keeps its days.

    Two changes within one day are one row. Called by the room's own operations, inside their transaction.
    """
    row = Requisites.objects.filter(client=client, valid_to=None).first()
    if row is not None and all(getattr(row, field) == values[field] for field in FIELDS):
        return
    if row is not None and row.valid_from >= on:
        for field in FIELDS:
            setattr(row, field, values[field])
        row.save(update_fields=list(FIELDS))
        return
    if row is not None:
        row.valid_to = on
        row.save(update_fields=["valid_to"])
    write_first(client, values, on=on)


def write_first(client: Client, values: Mapping[str, str], *, on: dt.date) -> None:
    """This function will put requisites in force for a client who has none, unless they say nothing."""
    if any(values[field] for field in FIELDS):
        Requisites.objects.create(
            organisation_id=client.organisation_id,
            client=client,
            valid_from=on,
            **{f: values[f] for f in FIELDS},
        )
