"""Signing in as somebody would try it, well and ill meaning."""

from __future__ import annotations

import datetime as dt
import re

import pyotp
import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from ritm.journal import tenancy
from ritm.journal.models import Entry
from ritm.kernel.refusal import Refusal
from ritm.staff import secrets
from ritm.staff.jobs import send_password_letter, sweep
from ritm.staff.models import Attempt, Employee, SignIn
from ritm.staff.operations import founding
from ritm.staff.operations import person as verbs
from ritm.staff.operations import sign_in as front
from tests.cast import NOW, PASSWORD

AT = reverse("staff:sign_in")
DAVID = "198.51.100.7"


def enter(browser: Browser, name: str, password: str = PASSWORD, **more: str):
    return browser.post(AT, {"email": f"{name}@example.com", "password": password, **more})


def said(answer) -> str:
    """A page without what differs each time."""
    return re.sub(r'value="[^"]*"|content="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.content.decode())


def authenticator(person) -> pyotp.TOTP:
    secret = verbs.new_secret()
    totp = pyotp.TOTP(secret)
    # The code of the step before: the one of now is left for signing in.
    now = timezone.now()
    verbs.turn_on_second_factor(person=person, secret=secret, code=totp.at(now - dt.timedelta(seconds=30)), at=now)
    return totp


def test_the_right_password_opens_and_is_journalled(client, cast):
    assert enter(client, "max", next="/clients/?zone=red").url == "/clients/?zone=red"
    assert client.cookies["ritm_session"]["httponly"]
    assert client.cookies["ritm_session"]["samesite"] == "Lax"
    row = SignIn.objects.get(person=cast.max.person)
    assert row.ip == "127.0.0.1"
    entry = Entry.objects.filter(event="staff.signed_in").latest("id")
    assert (entry.employee_id, entry.payload["address"]) == (cast.max.pk, "127.0.0.1")


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client, cast, url):
    assert enter(client, "max", next=url).url == "/"


def test_a_session_planted_before_signing_in_is_worth_nothing_after(client, cast):
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["ritm_session"] = session.session_key
    enter(client, "max")
    assert client.cookies["ritm_session"].value != session.session_key
    stranger = Browser()
    stranger.cookies["ritm_session"] = session.session_key
    assert stranger.get(AT).status_code == 200  # still asked to sign in


def test_unknown_wrong_and_switched_off_get_one_answer(client, cast):
    cast.lena.person.is_active = False
    cast.lena.person.save()
    answers = [
        enter(client, "max", "wrong-password"),
        enter(client, "nobody", "wrong-password"),
        enter(client, "lena"),
    ]
    assert {answer.status_code for answer in answers} == {422}

    assert len({said(answer) for answer in answers}) == 1


def test_an_unknown_address_costs_the_same_work(cast, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    whole = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or whole(*a, **k))
    front.knock(email="nobody@example.com", password="x", address=None, at=NOW)
    unknown = len(hashed)
    front.knock(email="max@example.com", password="x", address=None, at=NOW)
    assert unknown == len(hashed) - unknown == 1


def test_the_eighth_try_is_not_even_looked_at_and_says_when_to_come_back(client, cast):
    for _ in range(7):
        assert enter(client, "max", "wrong-password").status_code == 422
    answer = enter(client, "max")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "15 минут" in answer.content.decode().replace("\u00a0", " ")
    # Another colleague behind the same address is not kept out.
    assert enter(Browser(), "lena").status_code == 302


def test_one_address_that_tries_many_names_is_held_up(cast):
    for i in range(front.TRIES_PER_ADDRESS):
        outcome = front.knock(email=f"a{i}@example.com", password="x", address=DAVID, at=NOW)
        assert outcome.wait_until is None
    held = front.knock(email="max@example.com", password=PASSWORD, address=DAVID, at=NOW)
    assert held.wait_until == NOW + front.WINDOW
    assert front.knock(email="max@example.com", password=PASSWORD, address="198.51.100.8", at=NOW).person


def test_attempts_stop_counting_after_a_quarter_of_an_hour_and_are_swept(cast):
    for _ in range(front.TRIES_PER_EMAIL):
        front.knock(email="max@example.com", password="x", address=None, at=NOW)
    assert front.knock(email="MAX@example.com ", password=PASSWORD, address=None, at=NOW).wait_until
    later = NOW + front.WINDOW
    assert front.knock(email="max@example.com", password=PASSWORD, address=None, at=later).person
    front.knock(email="lena@example.com", password="x", address=None, at=NOW)
    sweep(timestamp=0)  # the present is long after the cast's Monday, or long before: prune by its own clock
    front.prune(at=later + dt.timedelta(seconds=1))
    assert not Attempt.objects.exists()


def test_what_strangers_type_is_not_kept(cast):
    front.knock(email="my-password@typed.here", password="x", address=None, at=NOW)
    assert "my-password" not in Attempt.objects.get().key


# Two factors


def test_with_two_factors_the_password_alone_opens_nothing(client, cast):
    totp = authenticator(cast.max.person)
    assert enter(client, "max").url == reverse("staff:code")
    assert client.get(AT).status_code == 200  # not signed in yet
    assert not SignIn.objects.filter(person=cast.max.person).exists()
    assert client.post(reverse("staff:code"), {"code": "000000"}).status_code == 422
    now = totp.now()
    assert client.post(reverse("staff:code"), {"code": f"{now[:3]} {now[3:]}"}).url == "/"
    assert SignIn.objects.filter(person=cast.max.person).exists()


def test_a_code_is_good_once(cast):
    person = cast.max.person
    totp = authenticator(person)
    at = timezone.now()
    assert front.give_code(person=person, code=totp.at(at), at=at).person
    assert front.give_code(person=person, code=totp.at(at), at=at).person is None
    # Nor is an older one, once a newer has been used.
    assert front.give_code(person=person, code=totp.at(at - dt.timedelta(seconds=30)), at=at).person is None


def test_a_recovery_code_is_good_once_and_only_its_hash_is_kept(cast):
    person = cast.max.person
    authenticator(person)
    codes = verbs.renew_recovery_codes(person=person)
    assert len(set(codes)) == 10
    assert not any(code in str(person.recovery_codes) for code in codes)
    assert front.give_code(person=person, code=codes[3].lower().replace("-", " "), at=NOW).person
    assert front.give_code(person=person, code=codes[3], at=NOW).person is None
    assert front.give_code(person=person, code=codes[4], at=NOW).person


def test_codes_are_not_guessed(cast):
    person = cast.max.person
    totp = authenticator(person)
    at = timezone.now()
    for _ in range(front.TRIES_PER_CODE):
        assert front.give_code(person=person, code="000000", at=at).person is None
    assert front.give_code(person=person, code=totp.at(at), at=at).wait_until


def test_the_secret_is_sealed_and_another_key_does_not_open_it(cast, settings):
    authenticator(cast.max.person)
    cast.max.person.refresh_from_db()
    sealed = cast.max.person.totp_secret
    secret = secrets.unseal(sealed, use="totp")
    assert secret and secret not in sealed
    assert secrets.unseal(sealed, use="another") is None
    settings.SECRET_KEY = "another"
    assert secrets.unseal(sealed, use="totp") is None


# A forgotten password


def test_a_forgotten_password(client, cast, sign_in):
    elsewhere = sign_in("max")
    answers = [client.post(reverse("staff:forgot"), {"email": f"{n}@example.com"}) for n in ("max", "ghost")]
    assert [a.status_code for a in answers] == [200, 200]
    assert said(answers[0]).replace("max@", "@") == said(answers[1]).replace("ghost@", "@")

    send_password_letter(email="ghost@example.com", base_url="http://testserver/")
    assert mail.outbox == []
    send_password_letter(email="max@example.com", base_url="http://testserver/")
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    form = client.get(link).url
    assert "/set" not in form and link != form
    assert client.post(form, {"password": "12345"}).status_code == 422
    assert client.post(form, {"password": "quiet-river-9"}).status_code == 200
    assert client.get(link).status_code == 410  # works once
    assert elsewhere.get(AT).status_code == 200  # signed out everywhere
    assert enter(client, "max").status_code == 422
    assert enter(client, "max", "quiet-river-9").status_code == 302


def test_password_letters_are_not_a_weapon(client, cast):
    for _ in range(3):
        assert client.post(reverse("staff:forgot"), {"email": "max@example.com"}).status_code == 200
    assert client.post(reverse("staff:forgot"), {"email": "max@example.com"}).status_code == 429


def test_a_changed_password_ends_other_sessions(cast, sign_in):
    here, there = sign_in("max"), sign_in("max")
    verbs.change_password(person=cast.max.person, password="quiet-river-9", keep_session=None, at=NOW)
    assert here.get("/office/").status_code in (302, 404)
    assert not SignIn.objects.filter(person=cast.max.person).exists()
    assert there.get(AT).status_code == 200
    with pytest.raises(Refusal) as refused:
        verbs.change_password(person=cast.max.person, password="password", keep_session=None, at=NOW)
    assert refused.value.field == "password"


# Language, theme, places


def test_a_stranger_chooses_his_language(client, cast):
    assert "Войти" in client.get(AT).content.decode()
    assert client.post(reverse("staff:prefer"), {"language": "en", "next": AT}).url == AT
    assert "Sign in" in client.get(AT).content.decode()
    assert client.post(reverse("staff:prefer"), {"language": "xx"}).status_code == 404


def test_the_language_and_theme_stay_with_the_person(sign_in, cast):
    browser = sign_in("max")
    assert browser.post(reverse("staff:prefer"), {"theme": "dark"}).status_code == 204
    cast.max.person.refresh_from_db()
    assert (cast.max.person.theme, cast.max.person.language) == ("dark", "ru")


def test_one_person_in_two_organisations_goes_over(sign_in, cast):
    with tenancy.organisation(cast.other.pk):
        unit = cast.rita.unit
        second = founding.hire(
            organisation=cast.other, unit=unit, name="Макс", role="sales", person=cast.max.person, at=NOW
        )
    browser = sign_in("max")
    browser.get(AT)  # chooses the first place
    assert browser.session["place"] == [cast.max.pk, cast.home.pk]
    assert browser.post(reverse("staff:switch"), {"employee": second.pk}).status_code == 302
    assert browser.session["place"] == [second.pk, cast.other.pk]
    assert browser.post(reverse("staff:switch"), {"employee": cast.rita.pk}).status_code == 404
    assert browser.post(reverse("staff:switch"), {"employee": "x"}).status_code == 404
    # He comes back to where he was, on any device; and to the other place when that one ends.
    fresh = sign_in("max")
    fresh.get(AT)
    assert fresh.session["place"] == [second.pk, cast.other.pk]
    with tenancy.organisation(cast.other.pk):
        Employee.objects.filter(pk=second.pk).update(left_on=NOW.date())
    fresh.get(AT)
    assert fresh.session["place"] == [cast.max.pk, cast.home.pk]


def test_forms_are_guarded_against_other_sites(cast):
    browser = Browser(enforce_csrf_checks=True)
    assert enter(browser, "max").status_code == 403
