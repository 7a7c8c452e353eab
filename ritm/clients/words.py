"""What happened to a client, in words: for his timeline and for the toasts of an undo."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ritm.clients import own
from ritm.clients.models import Address, Client
from ritm.clients.rules.own import Definition, Kind, unwritten
from ritm.kernel.phone import show_phone

FIELDS: dict[str, Any] = {
    "kind": lazy("Kind"),
    "name": lazy("Name"),
    "source": lazy("Source"),
    "comment": lazy("Comment"),
    "external_id": lazy("Own id"),
    "legal_name": lazy("Full legal name"),
    "inn": lazy("INN"),
    "kpp": lazy("KPP"),
    "ogrn": lazy("OGRN"),
    "account": lazy("Account"),
    "bik": lazy("BIK"),
    "bank": lazy("Bank"),
    "owner": lazy("Owner"),
    "contact": lazy("Contact"),
    "phone": lazy("Phone"),
    "email": lazy("E-mail"),
    "address": lazy("Address"),
    "own": lazy("Own field"),
}


def shown(field: str, value: str) -> str:
    """This function will write a journalled value for people: 'phone:17' and its JSON as '+7 912 345-67-89'."""
    if not value:
        return "–"
    kind, _colon, pk = field.partition(":")
    if pk:
        return _own(json.loads(value)) if kind == "own" else _part(kind, json.loads(value))
    if field == "kind":
        return str(dict(Client.Kind.choices).get(value, value))
    return value


def label(field: str, *said: str) -> str:
    """This function will name a journalled field; an own field was named as it was called then."""
    kind, _colon, pk = field.partition(":")
    if kind == "own" and pk:
        return next((str(json.loads(one)["name"]) for one in said if one), "")
    return str(FIELDS.get(kind, field))


def _own(row: dict[str, Any]) -> str:
    kind = Kind(row["kind"])
    definition = Definition(0, "", kind, row["name"], unit=row["unit"])
    if kind in (Kind.CHOICE, Kind.CHOICES):
        return ", ".join(row["words"])
    return own.shown(definition, unwritten(definition, row["value"]))


def _part(kind: str, row: dict[str, Any]) -> str:
    if kind == "phone":
        return show_phone(row["e164"], row["extension"], lang=get_language() or "ru")
    if kind == "email":
        return str(row["address"])
    if kind == "address":
        return f"{dict(Address.Kind.choices).get(row['kind'], row['kind'])}: {row['text']}"
    return ", ".join(filter(None, (row["name"], row["position"])))


def change(field: str, before: str, after: str) -> str:
    """This function will say one change in a line: 'Телефон: +7 912 … → +7 913 …'."""
    name = label(field, after, before)
    if not before:
        return _("%(field)s: %(after)s") % {"field": name, "after": shown(field, after)}
    if not after:
        return _("%(field)s removed: %(before)s") % {"field": name, "before": shown(field, before)}
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": name,
        "before": shown(field, before),
        "after": shown(field, after),
    }


def kept(fields: list[str]) -> str:
    """This function will say what an undo left alone."""
    if not fields:
        return _("Put back")
    names = ", ".join(str(FIELDS.get(field.partition(":")[0], field)).lower() for field in fields)
    return _("Put back, except what was changed later: %(fields)s") % {"fields": names}
