"""`ritm person …`: for whoever runs the machine – add an administrator, set a password, switch somebody off or on."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from ritm.journal import tenancy
from ritm.kernel.refusal import Refusal
from ritm.staff import queries
from ritm.staff.models import Organisation, Person
from ritm.staff.operations import opening
from ritm.staff.operations import person as verbs


class Command(BaseCommand):
    help = (
        "add EMAIL --name NAME [--organisation NAME]: an administrator (of a new organisation on an empty "
        "installation); password EMAIL: set it; off EMAIL / on EMAIL: may sign in no more, or again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=("add", "password", "off", "on"))
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="the person's name")
        parser.add_argument("--organisation", default="", help="the organisation's name")
        parser.add_argument("--password", default=None, help="asked for when it is not given")

    def handle(self, *args: Any, verb: str, email: str, **options: Any) -> None:
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(email.strip().lower(), options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _add(self, email: str, options: dict[str, Any]) -> None:
        name = options["name"] or email.partition("@")[0]
        known = Person.objects.filter(email=email).exists()
        words: dict[str, Any] = {"name": name, "email": email, "via": "command", "at": timezone.now()}
        password = "" if known else self._asked(options)
        ids = queries.organisation_ids()
        if not ids:
            title = options["organisation"] or "Моя организация"
            opening.open_house(organisation=title, password=password, **words)
        else:
            with tenancy.organisation(self._chosen(ids, options["organisation"])):
                organisation = Organisation.objects.get()
                opening.add_administrator(organisation=organisation, password=password, **words)
        self.stdout.write(f"{email} administers.")

    def _chosen(self, ids: list[int], name: str) -> int:
        with tenancy.installation():
            names = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
        found = [pk for pk in ids if names[pk] == name] if name else ids
        if len(found) != 1:
            raise CommandError(f"--organisation: one of {', '.join(names.values())}")
        return found[0]

    def _password(self, email: str, options: dict[str, Any]) -> None:
        verbs.change_password(
            person=self._person(email), password=self._asked(options), keep_session=None, at=timezone.now()
        )
        self.stdout.write(f"{email}: the password is set, all sessions are ended.")

    def _off(self, email: str, options: dict[str, Any]) -> None:
        verbs.switch(person=self._person(email), on=False)
        self.stdout.write(f"{email} may sign in no more; all sessions are ended.")

    def _on(self, email: str, options: dict[str, Any]) -> None:
        verbs.switch(person=self._person(email), on=True)
        self.stdout.write(f"{email} may sign in again.")

    def _person(self, email: str) -> Person:
        person = Person.objects.filter(email=email).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {email}.")
        return person

    def _asked(self, options: dict[str, Any]) -> str:
        return str(options["password"] or getpass.getpass("Password: "))
