"""Consents: the texts in the office, who agreed to them on a client's card."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ritm.clients import consents, forms, operations
from ritm.clients.models import Consent, ConsentText, Contact
from ritm.clients.views.edit import FORM_OR_POST, editable, small_form
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.shell.htmx import go_to, toast
from ritm.staff.doors import door


@require_http_methods(["GET", "POST", "HEAD"])
@door("consent_text", "edit")
def texts(request: HttpRequest) -> HttpResponse:
    """This view will list the texts by purpose and version, and put another one in force."""
    viewer = request.viewer  # type: ignore[attr-defined]
    today = local_date(timezone.now(), viewer.timezone)
    form = forms.ConsentTextForm(request.POST or None, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            operations.write_consent_text(**form.cleaned_data, by=viewer.actor(), at=timezone.now())
        except Refusal as refusal:
            forms.refuse(form, refusal)
        else:
            return toast(go_to(request, reverse("clients:consent_texts")), _("The text is in force"))
    context = {"form": form, "texts": consents.texts(viewer)}
    return render(request, "clients/consent_texts.html", context, status=422 if form.errors else 200)


@FORM_OR_POST
@door("client", "edit")
def give(request: HttpRequest, client_id: int, text_id: int) -> HttpResponse:
    """This view will record a consent to one text, of the contact `?contact=` or of the client himself."""
    viewer = request.viewer  # type: ignore[attr-defined]
    client = editable(request, client_id)
    text: Any = get_object_or_404(ConsentText.objects.visible_to(viewer), pk=text_id)
    wanted = request.GET.get("contact", "")
    contact = None
    if wanted:
        mine = Contact.objects.filter(client=client)
        contact = get_object_or_404(mine, pk=read_id(wanted))
    initial = {"given_on": local_date(timezone.now(), viewer.timezone)}
    form = forms.ConsentForm(request.POST or None, initial=initial)
    return small_form(
        request,
        client,
        form,
        text.get_purpose_display(),
        lambda: operations.give_consent(
            client=client, contact=contact, text=text, **form.cleaned_data, by=viewer.actor(), at=timezone.now()
        ),
    )


@FORM_OR_POST
@door("client", "edit")
def withdraw(request: HttpRequest, client_id: int, consent_id: int) -> HttpResponse:
    """This view will record that a consent was taken back."""
    viewer = request.viewer  # type: ignore[attr-defined]
    client = editable(request, client_id)
    rows = Consent.objects.filter(client=client).select_related("text")
    consent = get_object_or_404(rows, pk=consent_id)
    form = forms.WithdrawalForm(request.POST or None, initial={"on": local_date(timezone.now(), viewer.timezone)})
    return small_form(
        request,
        client,
        form,
        _("Withdrawal"),
        lambda: operations.withdraw_consent(consent=consent, **form.cleaned_data, by=viewer.actor(), at=timezone.now()),
    )
