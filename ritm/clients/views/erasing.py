"""Erase a person on request: what goes, what stays, and a word typed by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ritm.clients import operations
from ritm.clients.models import Address, Client, Contact, Email, Phone
from ritm.clients.operations.erasing import Person, person_of
from ritm.clients.sockets import ERASERS
from ritm.clients.views.edit import editable
from ritm.journal.models import Entry
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.shell.htmx import go_to, toast
from ritm.staff.doors import door


@require_http_methods(["GET", "POST", "HEAD"])
@door("client", "erase")
def erase(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will show what an erasure takes, and do it once the name was typed: `?contact=` names a contact."""
    viewer = request.viewer  # type: ignore[attr-defined]
    client = editable(request, client_id, "erase")
    wanted = request.GET.get("contact", "")
    contact = None
    if wanted:
        mine: Any = Contact.objects.filter(client=client)
        contact = get_object_or_404(mine, pk=read_id(wanted))
    elif client.kind == Client.Kind.COMPANY:
        people = Contact.objects.filter(client=client).order_by("-is_main", "pk")
        return render(request, "clients/erase_whom.html", {"client": client, "people": people})
    person = person_of(client, contact)
    refusal = None
    if request.method == "POST":
        if " ".join(request.POST.get("name", "").split()).lower() == person.name.lower():
            operations.erase(person=person, by=viewer.actor(), at=timezone.now())
            return toast(go_to(request, reverse("clients:page", args=[client.pk])), _("Erased. This cannot be undone."))
        refusal = Refusal(_("Write the name exactly as it stands above."), code="name", field="name")
    context = {"client": client, "person": person, "goes": _goes(person), "refusal": refusal}
    return render(request, "clients/erase.html", context, status=422 if refusal else 200)


def _goes(person: Person) -> list[tuple[Any, int]]:
    """What will be wiped, with counts."""
    mine: dict[str, Any] = {"contact": person.contact} if person.contact else {"client_id__in": person.client_ids}
    entries = Entry.objects.filter(subject_kind="client", subject_id__in=person.client_ids)
    found: list[tuple[Any, int]] = [
        (_("phones"), Phone.objects.filter(**mine).count()),
        (_("e-mails"), Email.objects.filter(**mine).count()),
        (_("addresses"), 0 if person.contact else Address.objects.filter(client_id__in=person.client_ids).count()),
        (_("entries of the journal about the client: his name, numbers and addresses in them"), entries.count()),
    ]
    found += [(eraser.label, eraser.count(person.leaving)) for eraser in ERASERS]
    return [(label, count) for label, count in found if count]
