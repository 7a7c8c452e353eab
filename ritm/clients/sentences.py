"""How the audit trail tells the news of the clients room, and what LEAVERS shows of who leaves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ritm.clients import events, words
from ritm.clients.models import Client
from ritm.journal.sentences import SUBJECTS, Payload, Subject, tell
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


def _many(said: Payload) -> str:
    return _("%(count)s clients") % {"count": len(said["client_ids"])}


tell(events.ClientCreated, lazy("Client created"))
tell(events.ClientEdited, lazy("Details changed"), _edited)
tell(events.ClientAssigned, lazy("Another owner"), _owner)
tell(events.ClientsAssigned, lazy("Another owner"), lambda said: f"{_owner(said)}: {_many(said)}")
tell(events.ClientsReleased, lazy("Released to the exchange"), _many)
tell(events.ClientsBroughtIn, lazy("Clients brought in"), _many)
tell(events.ClientArchived, lazy("Archived"))
tell(events.ClientsArchived, lazy("Archived"), _many)
tell(events.ClientRestored, lazy("Restored from the archive"))
tell(events.ClientsTagged, lazy("Tags"), lambda said: f"{'−' if said['off'] else '+'} {said['tag']}: {_many(said)}")
tell(events.ClientsMerged, lazy("Clients merged"), lambda said: _("taken back") if said["undone"] else "")
tell(events.ClientsBatchUndone, lazy("Bulk change taken back"), lambda said: str(said["title"]))
tell(events.ClientsExported, lazy("Clients exported"), lambda said: f"{said['format'].upper()}: {said['rows']}")


def _count(viewer: Viewer, employee_id: int) -> int:
    return int(Client.objects.visible_to(viewer).filter(owner_id=employee_id, archived_at=None).count())


LEAVERS.plug("clients", order=10)(
    Holding("clients", lazy("Clients"), _count, lambda pk: f"{reverse('clients:list')}?owner={pk}")
)
