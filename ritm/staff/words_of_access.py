"""How the matrix of roles names nouns and verbs. A line without words here is shown by its key."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.kernel.reach import Reach

NOUNS: dict[str, Any] = {
    "client": _("Clients"),
    "interaction": _("Calls, meetings, notes"),
    "order": _("Orders"),
    "product": _("Products"),
    "queue": _("Today's queue"),
    "retention": _("Rhythm, zones, exchange"),
    "import": _("Imports"),
    "employee": _("Employees"),
    "organisation": _("Organisation"),
    "role": _("Roles"),
    "audit": _("Audit trail"),
    "exchange": _("Exchange"),
    "zone": _("Contact zones"),
    "team": _("Team"),
    "batch": _("Bulk changes"),
}

VERBS: dict[str, Any] = {
    "see": pgettext_lazy("permission", "see"),
    "create": pgettext_lazy("permission", "add"),
    "edit": pgettext_lazy("permission", "change"),
    "assign": pgettext_lazy("permission", "give to another owner"),
    "archive": pgettext_lazy("permission", "archive"),
    "export": pgettext_lazy("permission", "export to a file"),
    "import": pgettext_lazy("permission", "bring in from a file"),
    "run": pgettext_lazy("permission", "bring in from a file"),
    "tune": pgettext_lazy("permission", "change the rules"),
    "merge": pgettext_lazy("permission", "merge"),
    "erase": pgettext_lazy("permission", "erase on request"),
    "undo": pgettext_lazy("permission", "take back"),
    "claim": pgettext_lazy("permission", "take from the exchange"),
    "release": pgettext_lazy("permission", "release to the exchange"),
}

REACHES: dict[Reach, Any] = {
    Reach.NOBODY: pgettext_lazy("reach", "no"),
    Reach.OWN: pgettext_lazy("reach", "own"),
    Reach.TEAM: pgettext_lazy("reach", "team's"),
    Reach.UNIT: pgettext_lazy("reach", "unit's and below"),
    Reach.ORGANISATION: pgettext_lazy("reach", "all"),
}


def noun_word(noun: str) -> Any:
    """This function will name a noun of the permission table."""
    return NOUNS.get(noun, noun)


def verb_word(verb: str) -> Any:
    """This function will name a verb of the permission table."""
    return VERBS.get(verb, verb)


def field_word(key: str) -> str:
    """This function will name a changed field of a role: 'client.see' is 'Clients: see'."""
    noun, _dot, verb = key.partition(".")
    return f"{noun_word(noun)}: {verb_word(verb)}"
