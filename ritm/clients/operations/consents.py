"""Record that somebody agreed, and that he took it back; and the texts that are agreed to."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ritm.clients.events import ConsentGiven, ConsentTextWritten, ConsentWithdrawn
from ritm.clients.models import Client, Consent, ConsentText, Contact
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Organisation

LONGEST = 20_000


@transaction.atomic
def write_consent_text(*, purpose: str, text: str, valid_from: dt.date, by: Actor, at: dt.datetime) -> ConsentText:
    """This function will put another version of a text in force; those before it stay with who agreed to them."""
    if purpose not in ConsentText.Purpose.values:
        raise Refusal(_("Choose what the consent is for."), code="purpose", field="purpose")
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Refusal(
            _("Write the text, at most %(most)s characters.") % {"most": LONGEST}, code="required", field="text"
        )
    mine = ConsentText.objects.filter(organisation_id=by.organisation_id, purpose=purpose)
    # Two who write at once: the unique version lets one of them in.
    version = (mine.aggregate(last=Max("version"))["last"] or 0) + 1
    made: ConsentText = ConsentText.objects.create(
        organisation_id=by.organisation_id,
        purpose=purpose,
        version=version,
        text=text,
        valid_from=valid_from,
        written_at=at,
        written_by_id=by.employee_id,
    )
    publish(ConsentTextWritten(purpose=purpose, version=version), by=by, at=at)
    return made


@transaction.atomic
def give_consent(
    *,
    client: Client,
    contact: Contact | None,
    text: ConsentText,
    given_on: dt.date,
    how: str,
    proof: str = "",
    by: Actor,
    at: dt.datetime,
) -> Consent:
    """
    This function will record a consent of a contact, or (contact None) of a client who is a person himself.

    A consent from before its text was in force, from the future, or a second one to the same purpose is refused.
    """
    if contact is None and client.kind == Client.Kind.COMPANY:
        raise Refusal(_("A company does not agree to anything: choose its contact."), code="contact", field="contact")
    if how not in Consent.How.values:
        raise Refusal(_("Choose how he agreed."), code="how", field="how")
    if given_on < text.valid_from:
        raise Refusal(_("This text was not in force yet on that day."), code="early", field="given_on")
    if given_on > _today(by, at):
        raise Refusal(_("That day has not come yet."), code="future", field="given_on")
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    same = Consent.objects.filter(client=client, contact=contact, text__purpose=text.purpose, withdrawn_on=None)
    if same.exists():
        raise Refusal(_("He has agreed to this already."), code="known")
    made: Consent = Consent.objects.create(
        organisation_id=client.organisation_id,
        client=client,
        contact=contact,
        whose=contact.name if contact else client.name,
        text=text,
        given_on=given_on,
        how=how,
        proof=" ".join(proof.split())[:300],
        recorded_at=at,
        recorded_by_id=by.employee_id,
    )
    publish(ConsentGiven(client_id=client.pk, consent_id=made.pk, purpose=text.purpose, how=how), by=by, at=at)
    return made


@transaction.atomic
def withdraw_consent(*, consent: Consent, on: dt.date, how: str, by: Actor, at: dt.datetime) -> bool:
    """This function will record that a consent was taken back; False when it had been before."""
    if how not in Consent.How.values:
        raise Refusal(_("Choose how he took it back."), code="how", field="how")
    if on < consent.given_on or on > _today(by, at):
        raise Refusal(_("Choose a day between the consent and today."), code="day", field="on")
    rows = Consent.objects.filter(pk=consent.pk, withdrawn_on=None)
    moved = rows.update(withdrawn_on=on, withdrawn_how=how, withdrawn_at=at, withdrawn_by_id=by.employee_id)
    if moved:
        purpose = consent.text.purpose
        publish(
            ConsentWithdrawn(client_id=consent.client_id, consent_id=consent.pk, purpose=purpose, how=how), by=by, at=at
        )
    return bool(moved)


def _today(by: Actor, at: dt.datetime) -> dt.date:
    return local_date(at, Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id))
