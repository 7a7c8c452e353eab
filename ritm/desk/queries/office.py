"""What those who do not sell open on: expected orders, the state of imports, people who cannot sign in yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from ritm.journal.models import Batch
from ritm.retention.models import Rhythm
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer
from ritm.trade.models import Payment

SHOWN = 20


@dataclass(frozen=True)
class Expected:
    """Clients whose order is due today, most valuable first, and how many there are."""

    rows: tuple[Rhythm, ...]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def expected_today(viewer: Viewer, day: dt.date) -> Expected:
    """This function will list whose order is due today, within reach."""
    due = Rhythm.objects.visible_to(viewer).filter(expected_on=day, client__archived_at=None)
    rows = due.select_related("client", "client__owner").order_by("-annual_worth", "client_id")[:SHOWN]
    return Expected(tuple(rows), due.count())


def last_imports(viewer: Viewer, limit: int = 5) -> list[Batch]:
    """This function will list the last bulk changes of the organisation, newest first."""
    return list(Batch.objects.filter(organisation_id=viewer.organisation_id).order_by("-id")[:limit])


def last_payments(viewer: Viewer, limit: int = 10) -> list[Payment]:
    """This function will list the last payments that came in, newest first."""
    return list(Payment.objects.visible_to(viewer).select_related("client").order_by("-id")[:limit])


@dataclass(frozen=True)
class StaffState:
    """How many work here, and how many of them have no sign-in."""

    people: int
    without_sign_in: int


def staff_state(viewer: Viewer) -> StaffState:
    """This function will count who works here and who cannot sign in yet."""
    found = (
        Employee.objects.visible_to(viewer)
        .filter(left_on=None)
        .aggregate(people=Count("pk"), without=Count("pk", filter=Q(person=None) | Q(person__is_active=False)))
    )
    return StaffState(found["people"], found["without"])
