"""How the matrix of roles names nouns and verbs. A line without words here is shown by its key."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.kernel.reach import Reach

# In the order in which the matrix shows them.
NOUNS: dict[str, Any] = {
    "client": _("Clients"),
    "own_field": _("Own fields"),
    "consent_text": _("Texts of consents"),
    "interaction": _("Calls, meetings, notes"),
    "order": _("Orders"),
    "payment": _("Payments"),
    "product": _("Products"),
    "cost": _("Cost and margin"),
    "queue": _("Today's queue"),
    "retention": _("Rhythm, zones, exchange"),
    "exchange": _("Exchange"),
    "zone": _("Contact zones"),
    "team": _("Team"),
    "import": _("Imports"),
    "batch": _("Bulk changes"),
    "employee": _("Employees"),
    "role": _("Roles"),
    "organisation": _("Organisation"),
    "audit": _("Audit trail"),
}

VERBS: dict[str, Any] = {
    "see": pgettext_lazy("permission", "see"),
    "create": pgettext_lazy("permission", "add"),
    "edit": pgettext_lazy("permission", "change"),
    "cancel": pgettext_lazy("permission", "cancel"),
    "assign": pgettext_lazy("permission", "give to another owner"),
    "claim": pgettext_lazy("permission", "take from the exchange"),
    "release": pgettext_lazy("permission", "release to the exchange"),
    "merge": pgettext_lazy("permission", "merge"),
    "archive": pgettext_lazy("permission", "archive"),
    "erase": pgettext_lazy("permission", "erase on request"),
    "undo": pgettext_lazy("permission", "take back"),
    "export": pgettext_lazy("permission", "export to a file"),
    "import": pgettext_lazy("permission", "bring in from a file"),
    "run": pgettext_lazy("permission", "bring in from a file"),
    "tune": pgettext_lazy("permission", "change the rules"),
    "report": pgettext_lazy("permission", "see reports"),
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


def place(noun: str, verb: str) -> tuple[int, int, str]:
    """This function will give the place of a permission in the matrix: known nouns and verbs first, in order."""
    nouns, verbs = list(NOUNS), list(VERBS)
    return (
        nouns.index(noun) if noun in NOUNS else len(nouns),
        verbs.index(verb) if verb in VERBS else len(verbs),
        f"{noun}.{verb}",
    )
