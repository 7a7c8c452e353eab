"""How the audit trail tells the news of the clients room, and what LEAVERS shows of who leaves."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ritm.clients import events, words
from ritm.clients.consents import Purpose
from ritm.clients.models import Client, Consent
from ritm.journal.sentences import SUBJECTS, Payload, Subject, tell
from ritm.shell.templatetags.ritm import count_of
from ritm.staff.models import Employee
from ritm.staff.sockets import LEAVERS, Holding
from ritm.staff.viewer import Viewer


def _names(viewer: Any, ids: Collection[int]) -> dict[int, str]:
    rows = Client.objects.visible_to(viewer).filter(pk__in=ids)
    return dict(rows.values_list("pk", "name"))


SUBJECTS.plug("client")(Subject("client", lazy("Client"), _names, lambda pk: reverse("clients:page", args=[pk])))


def _edited(said: Payload) -> str:
    lines = zip(said["fields"], said["before"], said["after"], strict=True)
    return "; ".join(words.change(*one) for one in lines)


def _owner(said: Payload) -> str:
    name = Employee.objects.filter(pk=said["owner_id"]).values_list("name", flat=True).first()
    return " – ".join(filter(None, (name or _("nobody"), said["why"])))


def many(said: Payload) -> str:
    """This function will count the clients of a chunk: '5 клиентов'."""
    return count_of(len(said["client_ids"]), "client")


def only_one(said: Payload) -> tuple[str, int] | None:
    """This function will name the client of a chunk of one, so that the trail links him."""
    ids = said["client_ids"]
    return ("client", ids[0]) if len(ids) == 1 else None


tell(events.ClientCreated, lazy("Client created"))
tell(events.ClientEdited, lazy("Details changed"), _edited)
tell(events.ClientAssigned, lazy("Another owner"), _owner)
tell(events.ClientsAssigned, lazy("Another owner"), lambda said: f"{_owner(said)}: {many(said)}", only_one)
tell(events.ClientsGivenBack, lazy("Back to their owners"), lambda said: f"{said['why']}: {many(said)}", only_one)
tell(events.ClientsReleased, lazy("Released to the exchange"), many, only_one)
tell(events.ClientsBroughtIn, lazy("Clients brought in"), many, only_one)
tell(events.ClientsWithdrawn, lazy("Clients of an import taken back"), many)
tell(events.ClientArchived, lazy("Archived"))
tell(events.ClientsArchived, lazy("Archived"), many, only_one)
tell(events.ClientRestored, lazy("Restored from the archive"))
tell(
    events.ClientsTagged,
    lazy("Tags"),
    lambda said: f"{'−' if said['off'] else '+'} {said['tag']}: {many(said)}",
    only_one,
)


def _filled(said: Payload) -> str:
    try:
        kept = json.loads(said["value"]) if said["value"] else {}
    except ValueError:
        kept = {}
    if not kept:
        return f"{_('put back as it was') if said['undone'] else _('emptied')}: {many(said)}"
    value = ", ".join(kept["words"]) or str(kept["value"])
    return f"{kept['name']} – {value}: {many(said)}"


tell(events.ClientsFilledIn, lazy("Own field filled in"), _filled, only_one)
tell(events.ClientsMerged, lazy("Clients merged"), lambda said: _("taken back") if said["undone"] else "")
tell(events.ClientsBatchEnded, lazy("Bulk change ended"), lambda said: str(said["title"]))
tell(events.ClientsBatchUndone, lazy("Bulk change taken back"), lambda said: str(said["title"]))


def _purpose(said: Payload) -> str:
    return str(dict(Purpose.choices).get(said["purpose"], said["purpose"]))


def _consent(said: Payload) -> str:
    how = dict(Consent.How.choices).get(said["how"], said["how"])
    return f"{_purpose(said)}, {how}"


tell(
    events.ConsentTextWritten,
    lazy("Text of a consent"),
    lambda said: f"{_purpose(said)}, {said['version']}",
)
tell(events.ConsentGiven, lazy("Consent given"), _consent)
tell(events.ConsentWithdrawn, lazy("Consent withdrawn"), _consent)

tell(
    events.PersonErased,
    lazy("Erased on request"),
    lambda said: _("a contact") if said["contact"] else _("the client himself"),
)

_OWN_FIELD: dict[str, Any] = {
    "defined": lazy("added"),
    "changed": lazy("changed"),
    "moved": lazy("moved"),
    "put_away": lazy("put away"),
    "brought_back": lazy("brought back"),
}
tell(
    events.OwnFieldChanged,
    lazy("Own field"),
    lambda said: f"«{said['field_name']}»: {_OWN_FIELD.get(said['what'], said['what'])}",
)
tell(events.ClientsExported, lazy("Clients exported"), lambda said: f"{said['format'].upper()}: {said['rows']}")


def _count(viewer: Viewer, employee_id: int) -> int:
    return int(Client.objects.visible_to(viewer).filter(owner_id=employee_id, archived_at=None).count())


LEAVERS.plug("clients", order=10)(
    Holding("clients", lazy("Clients"), _count, lambda pk: f"{reverse('clients:list')}?owner={pk}")
)
