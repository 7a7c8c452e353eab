"""Who is like this one: asked while somebody types a new client, within his own reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, Email, Pair, Phone
from ritm.kernel.phone import parse_phone
from ritm.kernel.requisites import digits_of
from ritm.staff.viewer import Viewer

_FORMS = frozenset(
    ["ооо", "оао", "зао", "пао", "ао", "ип", "тд", "тк", "нпо", "пк", "чоп", "фгуп", "муп", "гуп", "llc", "ltd"]
)
LOOKED_AT = 300
ALIKE = 0.72


@dataclass(frozen=True)
class Likeness:
    """A client like the one being typed, and what they share."""

    client: Client
    reason: Any


def bare(name: str) -> str:
    """This function will leave what tells names apart: no legal form, no quotes, no case, ё as е."""
    words = re.findall(r"\w+", name.lower().replace("ё", "е"))
    return " ".join(word for word in words if word not in _FORMS)


def similar(
    viewer: Viewer, *, name: str = "", inn: str = "", phone: str = "", email: str = "", limit: int = 5
) -> list[Likeness]:
    """
    This function will find clients within the viewer's reach who share the INN, the number or the e-mail, or whose
    names are nearly the same; the surest first.

    Names are fetched by pieces of their longest word, which the trigram index answers, and compared here.
    """
    reach = Client.objects.visible_to(viewer).filter(archived_at=None).select_related("owner")
    found: dict[int, Likeness] = {}

    def add(rows: Any, reason: Any) -> None:
        for client in rows[:limit]:
            found.setdefault(client.pk, Likeness(client, reason))

    digits = digits_of(inn)
    if len(digits) in (10, 12):
        add(reach.filter(inn=digits), _("the same INN"))
    number = parse_phone(phone, area_code=viewer.area_code) if len(phone.strip()) > 4 else None
    if number is not None:
        theirs: Any = Phone.objects.visible_to(viewer).filter(e164=number.e164)
        add(reach.filter(pk__in=theirs.values("client_id")), _("the same phone"))
    if "@" in email:
        theirs = Email.objects.visible_to(viewer).filter(address=email.strip().lower())
        add(reach.filter(pk__in=theirs.values("client_id")), _("the same e-mail"))
    wanted = bare(name)
    longest = max(wanted.split(), key=len, default="")
    if len(found) < limit and len(longest) >= 4:
        half = max(3, (len(longest) + 1) // 2)
        near = reach.filter(Q(search__contains=longest[:half]) | Q(search__contains=longest[-half:]))
        scored = [(SequenceMatcher(None, wanted, bare(client.name)).ratio(), client) for client in near[:LOOKED_AT]]
        scored.sort(key=lambda one: (-one[0], one[1].pk))
        add([client for score, client in scored if score >= ALIKE], _("a similar name"))
    return list(found.values())[:limit]


def pairs(viewer: Viewer, limit: int = 50) -> list[Pair]:
    """This function will give the newest open pairs both of whom the viewer may edit."""
    reach = Client.objects.visible_to(viewer, "edit").filter(archived_at=None).values("pk")
    rows = Pair.objects.visible_to(viewer).filter(dismissed_at=None, low_id__in=reach, high_id__in=reach)
    return list(rows.select_related("low__owner", "high__owner").order_by("-pk")[:limit])
