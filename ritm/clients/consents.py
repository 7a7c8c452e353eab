"""Questions about consents: whom one may write to, and what a client's card says of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from ritm.clients.models import Client, Consent, ConsentText, Contact
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer

Purpose = ConsentText.Purpose


def may_write(contact: Contact, purpose: str = Purpose.MAILING) -> bool:
    """This function will say whether this person has agreed to `purpose` and has not taken it back."""
    return contact.pk in may_be_written([contact.pk], purpose)


def may_be_written(contact_ids: Collection[int], purpose: str = Purpose.MAILING) -> set[int]:
    """This function will keep the contacts who have agreed to `purpose`: one query for an audience's chunk."""
    rows = Consent.objects.filter(contact_id__in=list(contact_ids), text__purpose=purpose, withdrawn_on=None)
    return set(rows.values_list("contact_id", flat=True))


def agreed(client_ids: Collection[int], purpose: str = Purpose.MAILING) -> set[int]:
    """This function will keep the clients who have agreed to `purpose` themselves, as people, not by a contact."""
    rows = Consent.objects.filter(
        client_id__in=list(client_ids), contact=None, text__purpose=purpose, withdrawn_on=None
    ).exclude(client__kind=Client.Kind.COMPANY)
    return set(rows.values_list("client_id", flat=True))


def with_consent(rows: QuerySet[Any], purposes: Sequence[str], *, without: bool) -> QuerySet[Any]:
    """This function will keep clients of whom anybody has agreed to one of the purposes, or nobody has."""
    given = Consent.objects.filter(
        client_id=OuterRef("pk"),
        organisation_id=OuterRef("organisation_id"),
        text__purpose__in=purposes,
        withdrawn_on=None,
    )
    return rows.filter(~Exists(given) if without else Exists(given))


@composed
def texts(viewer: Viewer) -> QuerySet[ConsentText]:
    """This function will give every version of every text, the newest first."""
    return ConsentText.objects.visible_to(viewer).order_by("purpose", "-version")


@dataclass(frozen=True)
class Stand:
    """How one person stands to one purpose: the consent in force, or the last one that was taken back, or none."""

    contact: Contact | None
    whose: str
    purpose: str
    purpose_words: Any
    text: ConsentText
    consent: Consent | None

    @property
    def in_force(self) -> bool:
        return self.consent is not None and self.consent.withdrawn_on is None


def stands(viewer: Viewer, client: Client, contacts: Sequence[Contact]) -> list[Stand]:
    """
    This function will say, for each contact (and for a client who is a person himself) and each purpose that has a
    text, how he stands: two queries, one where there are no texts.
    """
    newest: dict[str, ConsentText] = {}
    for text in texts(viewer):
        newest.setdefault(text.purpose, text)
    if not newest:
        return []
    given = Consent.objects.visible_to(viewer).filter(client=client).select_related("text")
    last: dict[tuple[int | None, str], Consent] = {}
    for consent in given.order_by("withdrawn_on", "-given_on", "-pk"):
        # One in force stands before those taken back.
        key = (consent.contact_id, consent.text.purpose)
        held = last.get(key)
        if held is None or (held.withdrawn_on is not None and consent.withdrawn_on is None):
            last[key] = consent
    people: list[tuple[Contact | None, str]] = [(contact, contact.name) for contact in contacts]
    if client.kind != Client.Kind.COMPANY:
        people = people or [(None, client.name)]
        if any(contact_id is None for contact_id, _purpose in last) and people[0][0] is not None:
            people.insert(0, (None, client.name))
    return [
        Stand(
            contact,
            name,
            purpose,
            Purpose(purpose).label,
            text,
            last.get((contact.pk if contact else None, purpose)),
        )
        for contact, name in people
        for purpose, text in newest.items()
    ]


def of_clients(client_ids: Sequence[int]) -> dict[int, str]:
    """This function will write the consents in force of each client in a line, for files."""
    rows = Consent.objects.filter(client_id__in=client_ids, withdrawn_on=None).select_related("text")
    found: dict[int, list[str]] = {}
    for row in rows.order_by("client_id", "pk"):
        said = _("%(who)s – %(purpose)s, %(day)s") % {
            "who": row.whose, "purpose": row.text.get_purpose_display(), "day": row.given_on.isoformat(),
        }  # fmt: skip
        found.setdefault(row.client_id, []).append(said)
    return {pk: "; ".join(lines) for pk, lines in found.items()}
