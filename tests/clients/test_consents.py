"""Consents: which text, when, how, by whom; taken back; who may be written to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from ritm.clients import consents, operations
from ritm.clients.models import Consent, ConsentText, Contact
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from tests.cast import NOW, TODAY
from tests.factories import clients, conversations

HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(cast) -> Actor:
    return Actor(cast.home.pk, cast.adam.pk)


@pytest.fixture
def text(cast, by) -> ConsentText:
    return operations.write_consent_text(
        purpose="mailing", text="Согласен получать новости", valid_from=dt.date(2026, 1, 1), by=by, at=NOW
    )


@pytest.fixture
def anna(cast) -> Contact:
    return Contact.objects.get(client=clients.client(cast.home, owner=cast.max, name="Ромашка", contact="Анна Серова"))


def give(anna, text, by, **more) -> Consent:
    asked = {"given_on": TODAY, "how": "paper"} | more
    return operations.give_consent(client=anna.client, contact=anna, text=text, **asked, by=by, at=NOW)


def test_who_agreed_may_be_written_until_he_takes_it_back(anna, text, by):
    assert not consents.may_write(anna)
    consent = give(anna, text, by, proof="папка 3")
    assert consents.may_write(anna)
    assert not consents.may_write(anna, "processing")
    assert operations.withdraw_consent(consent=consent, on=TODAY, how="call", by=by, at=NOW)
    assert not operations.withdraw_consent(consent=consent, on=TODAY, how="call", by=by, at=NOW)
    assert not consents.may_write(anna)
    assert give(anna, text, by).pk != consent.pk
    told = Entry.objects.filter(event__startswith="clients.consent").order_by("id").values_list("event", flat=True)
    assert [name.split("_")[-1] for name in told] == ["written", "given", "withdrawn", "given"]


def test_a_contact_who_is_put_back_has_his_consents_and_conversations_again(anna, text, by, cast):
    consent = give(anna, text, by)
    talk = conversations.interaction(anna.client, cast.max, contact=anna)
    operations.remove(kind="contact", row=anna, by=by, at=NOW)
    for row in (consent, talk):
        row.refresh_from_db()
        assert row.contact_id is None
    entry = Entry.objects.filter(event="clients.client_edited").latest("pk")
    assert operations.put_back(entry=entry, client=anna.client, by=by, at=NOW) == []
    for row in (consent, talk):
        row.refresh_from_db()
        assert row.contact.name == "Анна Серова"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"given_on": dt.date(2025, 12, 31)}, "early"),
        ({"given_on": dt.date(2026, 3, 17)}, "future"),
        ({"how": "во сне"}, "how"),
    ],
)
def test_what_cannot_have_been_is_refused(anna, text, by, asked, code):
    with pytest.raises(Refusal) as refused:
        give(anna, text, by, **asked)
    assert refused.value.code == code


def test_once_is_enough_and_a_company_does_not_agree(anna, text, by):
    consent = give(anna, text, by)
    for contact, code in ((anna, "known"), (None, "contact")):
        with pytest.raises(Refusal) as refused:
            operations.give_consent(
                client=anna.client, contact=contact, text=text, given_on=TODAY, how="paper", by=by, at=NOW
            )
        assert refused.value.code == code
    with pytest.raises(Refusal):
        operations.withdraw_consent(consent=consent, on=TODAY - dt.timedelta(1), how="call", by=by, at=NOW)


def test_the_card_shows_records_and_takes_back(sign_in, anna, text, by):
    browser, page = sign_in("max"), reverse("clients:page", args=[anna.client_id])
    assert "нет согласия" in browser.get(page).content.decode()
    path = reverse("clients:give_consent", args=[anna.client_id, text.pk]) + f"?contact={anna.pk}"
    wrong = browser.post(path, {"given_on": "2025-01-01", "how": "paper"}, headers=HTMX)
    assert wrong.status_code == 422
    assert 'id="id_given_on_error"' in wrong.content.decode()
    answer = browser.post(path, {"given_on": "2026-03-16", "how": "paper", "proof": "папка 3"}, headers=HTMX)
    assert "папка 3" in answer.content.decode()
    path = reverse("clients:withdraw_consent", args=[anna.client_id, Consent.objects.get().pk])
    answer = browser.post(path, {"on": "2026-03-16", "how": "call"}, headers=HTMX)
    assert "нет согласия" in answer.content.decode()


def test_texts_have_versions(sign_in, text, anna, by):
    browser, path = sign_in("adam"), reverse("clients:consent_texts")
    give(anna, text, by)
    browser.post(path, {"purpose": "mailing", "text": "Иначе сказано", "valid_from": "2026-03-01"})
    assert list(ConsentText.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    assert "Иначе сказано" in browser.get(path).content.decode()
    # Whoever agreed to the first wording still agrees.
    assert consents.may_write(anna)
    assert browser.post(path, {"purpose": "mailing", "text": " ", "valid_from": "2026-03-01"}).status_code == 422


def test_the_list_finds_those_without_and_the_file_says(cast, sign_in, anna, text, by):
    clients.client(cast.home, owner=cast.max, name="Лютик")
    give(anna, text, by)
    browser, path = sign_in("nina"), reverse("clients:list")
    for query, there, absent in (
        ({"consent": "mailing"}, "Лютик", "Ромашка"),
        ({"consent.given": "mailing"}, "Ромашка", "Лютик"),
    ):
        page = browser.get(path, query).content.decode()
        assert there in page
        assert absent not in page
    file = b"".join(browser.get(reverse("clients:export"), {"format": "csv"}).streaming_content).decode()
    assert "Анна Серова – новости и предложения, 2026-03-16" in file


def test_consents_go_along_with_a_merge(cast, anna, text, by):
    give(anna, text, by)
    keep = clients.client(cast.home, owner=cast.max, name="Лютик")
    operations.merge(keep=keep, gone=anna.client, by=by, at=NOW)
    assert Consent.objects.get().client == keep
    assert consents.may_write(anna)


def test_a_household_agrees_itself(cast, text, by):
    home = clients.client(cast.home, owner=cast.max, kind="household", name="Иванова Мария")
    operations.give_consent(client=home, contact=None, text=text, given_on=TODAY, how="site", by=by, at=NOW)
    assert consents.agreed([home.pk]) == {home.pk}
