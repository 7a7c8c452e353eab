"""Define own fields, and put them away. What has been filled in is never lost with them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients.events import OwnFieldChanged
from ritm.clients.models import OwnField, OwnOption
from ritm.clients.rules.own import Kind
from ritm.clients.sockets import OWN_NOUNS
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Role, Unit

MOST_FIELDS = 100
MOST_OPTIONS = 500
LISTS = (Kind.CHOICE.value, Kind.CHOICES.value)
NUMBERS = (Kind.WHOLE.value, Kind.DECIMAL.value)
# GOST 7.79-2000, as passports and addresses of sites write it.
_LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", [
    "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh",
    "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
], strict=True))  # fmt: skip


def key_of(name: str) -> str:
    """This function will make a field's key of its name: 'Срок поставки' is 'srok_postavki'."""
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    return re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:32] or "field"


@transaction.atomic
def define(
    *,
    noun: str,
    kind: str,
    name: str,
    help: str = "",
    unit: str = "",
    required: bool = False,
    options: Sequence[str] = (),
    roles: Collection[int] = (),
    units: Collection[int] = (),
    by: Actor,
    at: dt.datetime,
) -> OwnField:
    """This function will add a field to a noun, behind those it has. `options` are those of a list."""
    if OWN_NOUNS.get(noun) is None or kind not in OwnField.Type.values:
        raise Refusal(_("Choose what the field holds."), code="kind", field="kind")
    mine = OwnField.objects.filter(organisation_id=by.organisation_id, noun=noun)
    if mine.filter(archived_at=None).count() >= MOST_FIELDS:
        raise Refusal(_("There are %(count)s fields already.") % {"count": MOST_FIELDS}, code="many")
    name = _name(name, mine)
    taken = set(mine.values_list("key", flat=True))
    stem = key_of(name)
    key = next(key for key in (stem, *(f"{stem}_{n}" for n in range(2, 1000))) if key not in taken)
    last = mine.order_by("-position").values_list("position", flat=True).first() or 0
    field = OwnField.objects.create(
        organisation_id=by.organisation_id,
        noun=noun,
        key=key,
        kind=kind,
        name=name,
        help=" ".join(help.split())[:200],
        unit=unit.strip()[:12] if kind in NUMBERS else "",
        required=required,
        roles=_roles(roles, by),
        units=_units(units, by),
        position=last + 10,
    )
    if kind in LISTS:
        _offer(field, options)
    _told(field, "defined", by=by, at=at)
    return field


@transaction.atomic
def redefine(
    *,
    field: OwnField,
    name: str,
    help: str = "",
    unit: str = "",
    required: bool = False,
    options: Sequence[str] = (),
    roles: Collection[int] = (),
    units: Collection[int] = (),
    by: Actor,
    at: dt.datetime,
) -> OwnField:
    """
    This function will change everything of a field but what it holds; what has been filled in stays.

    Options that are no longer named are put away: they stay where they stand and are offered no more.
    """
    field = OwnField.objects.select_for_update().get(pk=field.pk)
    others = OwnField.objects.filter(organisation_id=by.organisation_id, noun=field.noun).exclude(pk=field.pk)
    field.name = _name(name, others)
    field.help, field.required, field.roles = " ".join(help.split())[:200], required, _roles(roles, by)
    field.unit = unit.strip()[:12] if field.kind in NUMBERS else ""
    field.units = _units(units, by)
    field.save(update_fields=["name", "help", "required", "roles", "unit", "units"])
    if field.kind in LISTS:
        wanted = _offer(field, options)
        named = {option.lower() for option in wanted}
        for option in OwnOption.objects.filter(field=field, archived_at=None):
            if option.name.lower() not in named:
                option.archived_at = at
                option.save(update_fields=["archived_at"])
    _told(field, "changed", by=by, at=at)
    return field


@transaction.atomic
def put_away(*, field: OwnField, by: Actor, at: dt.datetime) -> bool:
    """This function will take a field out of pages, lists and files; its values stay for the day it comes back."""
    moved = OwnField.objects.filter(pk=field.pk, archived_at=None).update(archived_at=at)
    if moved:
        _told(field, "put_away", by=by, at=at)
    return bool(moved)


@transaction.atomic
def bring_back(*, field: OwnField, by: Actor, at: dt.datetime) -> bool:
    """This function will bring a field back with everything that was filled in."""
    field = OwnField.objects.select_for_update().get(pk=field.pk)
    if field.archived_at is None:
        return False
    others = OwnField.objects.filter(organisation_id=by.organisation_id, noun=field.noun).exclude(pk=field.pk)
    _name(field.name, others)
    field.archived_at = None
    field.save(update_fields=["archived_at"])
    _told(field, "brought_back", by=by, at=at)
    return True


@transaction.atomic
def move(*, field: OwnField, up: bool, by: Actor, at: dt.datetime) -> bool:
    """This function will let a field change places with its neighbour; False at the end of the row."""
    rows = list(
        OwnField.objects.filter(organisation_id=by.organisation_id, noun=field.noun, archived_at=None)
        .order_by("position", "pk")
        .select_for_update()
    )
    place = next((i for i, row in enumerate(rows) if row.pk == field.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return False
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position * 10
    OwnField.objects.bulk_update(rows, ["position"])
    _told(field, "moved", by=by, at=at)
    return True


def _name(name: str, others: object) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Refusal(_("Give the field a name of at most 80 letters."), code="required", field="name")
    if others.filter(name__iexact=name, archived_at=None).exists():  # type: ignore[attr-defined]
        raise Refusal(_("There is a field of this name already."), code="known", field="name")
    return name


def _roles(roles: Collection[int], by: Actor) -> list[int]:
    known = set(Role.objects.filter(organisation_id=by.organisation_id, pk__in=roles).values_list("pk", flat=True))
    if known != set(roles):
        # Fewer than were asked for might be none, and none means everybody.
        raise Refusal(_("One of these roles is no more: choose again."), code="role", field="roles")
    return sorted(known)


def _units(units: Collection[int], by: Actor) -> list[int]:
    known = set(Unit.objects.filter(organisation_id=by.organisation_id, pk__in=units).values_list("pk", flat=True))
    if known != set(units):
        raise Refusal(_("One of these units is no more: choose again."), code="unit", field="units")
    return sorted(known)


def _offer(field: OwnField, options: Sequence[str]) -> list[str]:
    """Add the options that are new, take those that were put away back; the names as they were asked for."""
    wanted = list(dict.fromkeys(name for one in options if (name := " ".join(one.split()))))
    if not wanted:
        raise Refusal(_("Write the list, one option a line."), code="required", field="options")
    if len(wanted) > MOST_OPTIONS or max(map(len, wanted)) > 80:
        raise Refusal(
            _("A list has at most %(count)s options of at most 80 letters.") % {"count": MOST_OPTIONS},
            code="many",
            field="options",
        )
    known = {option.name.lower(): option for option in OwnOption.objects.filter(field=field)}
    for name in wanted:
        option = known.get(name.lower())
        if option is None:
            known[name.lower()] = OwnOption.objects.create(
                organisation_id=field.organisation_id, field=field, name=name
            )
        elif option.archived_at is not None or option.name != name:
            option.archived_at, option.name = None, name
            option.save(update_fields=["archived_at", "name"])
    return wanted


def _told(field: OwnField, what: str, *, by: Actor, at: dt.datetime) -> None:
    publish(OwnFieldChanged(field_id=field.pk, noun=field.noun, what=what, field_name=field.name), by=by, at=at)
