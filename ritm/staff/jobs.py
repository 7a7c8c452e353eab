"""Jobs of the staff room: letters, and the sweeping of what no longer counts."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ritm.journal import tenancy
from ritm.staff import letters
from ritm.staff.models import Invitation, Person
from ritm.staff.operations import invitations, sign_in
from ritm.staff.sessions import SessionStore

_LETTER = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="staff.send_invitation", retry=_LETTER)
def send_invitation(*, organisation_id: int, invitation_id: int, base_url: str) -> None:
    """This job will write to an invited person; an invitation withdrawn meanwhile is not sent."""
    with tenancy.organisation(organisation_id):
        invitation = (
            Invitation.objects.open()
            .filter(pk=invitation_id, expires_at__gt=timezone.now())
            .select_related("organisation", "invited_by", "role")
            .first()
        )
        if invitation is None:
            return
        known = Person.objects.filter(email=invitation.email).first()
        token = invitations.token_of(invitation)
        letters.send(
            "invitation",
            invitation.email,
            language=known.language if known else "ru",
            invitation=invitation,
            url=base_url.rstrip("/") + reverse("staff:accept", args=[token]),
            base_url=base_url,
        )


@app.task(name="staff.send_password_letter", retry=_LETTER)
def send_password_letter(*, email: str, base_url: str) -> None:
    """
    This job will write a link for a new password to a person who signs in here.

    Asked for any address alike, so that the page which asks takes the same time for strangers.
    """
    person = Person.objects.filter(email=email, is_active=True).first()
    if person is None:
        return
    token = default_token_generator.make_token(person)
    where = reverse("staff:password_letter", args=[urlsafe_base64_encode(force_bytes(person.pk)), token])
    letters.send(
        "password",
        person.email,
        language=person.language,
        person=person,
        url=base_url.rstrip("/") + where,
        base_url=base_url,
    )


@app.periodic(cron="17 * * * *")
@app.task(name="staff.sweep", queueing_lock="staff.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """This job will delete sessions that have run out and attempts that no longer count, every hour."""
    SessionStore.clear_expired()
    sign_in.prune(at=timezone.now())
