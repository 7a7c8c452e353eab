"""The letter of the day: what waits today, to whoever has a list, at his hour, once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from ritm.desk import notices
from ritm.desk.models import NoticeWish
from ritm.desk.queries.notices import own
from ritm.desk.queries.today import today as today_of
from ritm.desk.rules.notices import is_time
from ritm.journal import tenancy
from ritm.kernel.calendar import is_working
from ritm.staff.models import Assignment, Employee, Organisation
from ritm.staff.queries import special_days, viewer_of

SHOWN = 5


def ring(organisation_id: int, now: dt.datetime) -> int:
    """
    This function will tell of obligations that are due, and send the letters whose hour has come; returns how many.

    One transaction per letter: whoever was written to today is not written to again, and a mail server that refuses
    leaves the letter for the next ring. Nobody is written to on days that are not worked.
    """
    with tenancy.organisation(organisation_id):
        zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
        local = now.astimezone(ZoneInfo(zone))
        notices.tell_of_obligations(organisation_id=organisation_id, at=now)
        notices.forget_old(organisation_id=organisation_id, at=now)
        if not is_working(local.date(), special_days(organisation_id)):
            return 0
        due = _due(organisation_id, local)
    sent = 0
    for employee_id in due:
        with tenancy.organisation(organisation_id):
            sent += _send(organisation_id, employee_id, local.date(), now)
    return sent


def _due(organisation_id: int, local: dt.datetime) -> list[int]:
    """Who sells, has an address, is at work, has not been written to today, and whose hour it is."""
    sells = Assignment.objects.filter(organisation_id=organisation_id, role__sells=True).values("employee_id")
    people = Employee.objects.filter(
        Q(away_until=None) | Q(away_until__lt=local.date()),
        organisation_id=organisation_id, left_on=None, person__is_active=True, pk__in=sells,
    )  # fmt: skip
    wishes = {row.employee_id: row for row in NoticeWish.objects.filter(organisation_id=organisation_id)}
    usual = NoticeWish()
    found = []
    for pk in people.order_by("pk").values_list("pk", flat=True):
        wish = wishes.get(pk, usual)
        fresh = wish.digested_on is None or wish.digested_on < local.date()
        if wish.digest and fresh and is_time(local.hour, wish.digest_hour, wish.quiet_from, wish.quiet_until):
            found.append(pk)
    return found


@transaction.atomic
def _send(organisation_id: int, employee_id: int, day: dt.date, now: dt.datetime) -> int:
    NoticeWish.objects.bulk_create(
        [NoticeWish(organisation_id=organisation_id, employee_id=employee_id)], ignore_conflicts=True
    )
    # Compare and set: of two workers one writes the letter.
    mine = NoticeWish.objects.filter(Q(digested_on=None) | Q(digested_on__lt=day), employee_id=employee_id)
    if not mine.update(digested_on=day):
        return 0
    person = Employee.objects.select_related("person").get(pk=employee_id).person
    viewer = viewer_of(employee_id, at=now, language=person.language if person else "ru")
    if person is None or viewer is None or not viewer.may("queue", "see"):
        return 0
    with translation.override(viewer.language), timezone.override(viewer.timezone):
        found = today_of(viewer, [employee_id], day, absent=viewer.stands_in)
        unread = own(viewer).filter(read_at=None).count()
        if not found.cards and not unread:
            return 0
        site = settings.CSRF_TRUSTED_ORIGINS[0] if settings.CSRF_TRUSTED_ORIGINS else ""
        words = {
            "name": viewer.name, "day": day, "count": len(found.cards), "waiting": found.waiting, "unread": unread,
            "cards": found.cards[:SHOWN], "site": site,
        }  # fmt: skip
        text = render_to_string("desk/letters/digest.txt", words)
        page = render_to_string("desk/letters/digest.html", words)
    subject, _, body = text.strip().partition("\n")
    letter = EmailMultiAlternatives(subject.strip(), body.strip() + "\n", None, [person.email])
    letter.attach_alternative(page, "text/html")
    letter.send()
    return 1
