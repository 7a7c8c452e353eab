"""Who acts in the story, when, and with whom."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

from django.db.models import QuerySet

from ritm.clients.models import Client
from ritm.demo import office
from ritm.kernel.actor import Actor
from ritm.staff.models import Employee


@dataclass(frozen=True)
class Scene:
    """One organisation on the day of the demo: `people` by the key of their login."""

    organisation_id: int
    as_of: dt.date
    now: dt.datetime
    people: dict[str, Employee]

    def by(self, key: str) -> Actor:
        """This function will give somebody as the author of a change."""
        return Actor(self.organisation_id, self.people[key].pk)

    def ago(self, days: int, hour: int = 9) -> dt.datetime:
        """This function will give a moment `days` before the day of the demo; `hour` is UTC."""
        return dt.datetime.combine(self.as_of - dt.timedelta(days=days), dt.time(hour), tzinfo=dt.UTC)

    def day(self, days: int) -> dt.date:
        """This function will give the day that is `days` ahead; behind, when negative."""
        return self.as_of + dt.timedelta(days=days)

    def clients(self, *owners: str) -> QuerySet[Client]:
        """This function will give these people's clients, everybody's without names, in the order of their coming."""
        found = Client.objects.filter(organisation_id=self.organisation_id, archived_at=None, released_at=None)
        if owners:
            found = found.filter(owner__in=[self.people[key] for key in owners])
        mine: QuerySet[Client] = found.order_by("pk")
        return mine


def open_scene(organisation_id: int, *, as_of: dt.date, now: dt.datetime) -> Scene:
    """This function will find the people of the demo inside the open wall."""
    emails = {office.email_of(seat.key): seat.key for seat in office.WHOLESALER.seats}
    seated = Employee.objects.filter(organisation_id=organisation_id, person__email__in=emails)
    people = {emails[one.person.email]: one for one in seated.select_related("person") if one.person is not None}
    return Scene(organisation_id, as_of, now, people)


def chance(*said: object) -> float:
    """This function will give a number in [0, 1) that is the same for the same words on any machine."""
    return zlib.crc32("|".join(map(str, said)).encode()) / 2**32
