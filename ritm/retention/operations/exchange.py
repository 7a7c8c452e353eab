"""
The exchange: taking a released client, once, by one person, within his quota.

Two rows are locked, always in this order: the claimant's day (quota), then the client. Whoever comes second to a client
reads who came first.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ritm.clients import operations as clients
from ritm.clients.models import Client, Tenure
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.retention import zone_queries
from ritm.retention.events import ClientClaimed
from ritm.retention.models import Claim, ContactClock, ExchangeView
from ritm.retention.operations import zones
from ritm.retention.rules import exchange as rules
from ritm.shell.writing import show_day
from ritm.staff.models import Employee

_COUNT_UP = """
INSERT INTO retention_exchangeday AS d (organisation_id, employee_id, day, claims, views)
VALUES (%(organisation)s, %(employee)s, %(day)s, %(claims)s, %(views)s)
ON CONFLICT (employee_id, day) DO UPDATE SET claims = d.claims + %(claims)s, views = d.views + %(views)s
RETURNING claims, views
"""


@transaction.atomic
def claim(*, client_id: int, by: Actor, at: dt.datetime) -> Claim:
    """
    This function will give a client of the exchange to whoever `by` is, with the obligation to contact him in time.

    Refuses one who is taken already (saying by whom), one whom the claimant lost lately, and a claim over the day's
    quota.
    """
    claimant = Employee.objects.select_related("organisation").get(pk=by.employee_id or 0)
    today = local_date(at, claimant.organisation.timezone)
    claims, _views = _count(claimant, today, claims=1, views=0)
    client = Client.objects.select_for_update(of=("self",)).get(pk=client_id)
    terms = zone_queries.policy_on(by.organisation_id, today, client.unit_id).exchange
    last = Tenure.objects.filter(client=client).order_by("-span").first()
    mine = Tenure.objects.filter(client=client, owner=claimant, span__upper_inf=False).order_by("-span").first()
    former_until = local_date(mine.span.upper, claimant.organisation.timezone) if mine else None
    said = rules.verdict(
        on_exchange=client.released_at is not None,
        former_until=former_until,
        claims_today=claims - 1,
        today=today,
        terms=terms,
    )
    if said == "taken":
        owner = Employee.objects.filter(pk=client.owner_id or 0).first()
        raise Refusal(
            _("%(name)s is not on the exchange: %(owner)s has taken him.") % {"name": client.name, "owner": owner.name}
            if owner
            else _("%(name)s is not on the exchange.") % {"name": client.name},
            code="taken",
        )
    if said == "cooldown" and former_until is not None:
        day = show_day(rules.cooldown_ends(former_until, terms))
        raise Refusal(
            _("You were his owner until lately: others go first until %(day)s.") % {"day": day}, code="cooldown"
        )
    if said == "quota":
        raise Refusal(
            _("You have taken %(count)d clients today, which is all for one day.") % {"count": terms.claims_per_day},
            code="quota",
        )
    clients.assign(client=client, owner=claimant, why=_("taken from the exchange"), rule="exchange.claim", by=by, at=at)
    until = rules.obliged_until(today, terms)
    row = Claim.objects.create(
        organisation_id=by.organisation_id,
        client=client,
        employee=claimant,
        former_owner_id=last.owner_id if last else None,
        claimed_at=at,
        obliged_until=until,
    )
    ContactClock.objects.filter(client=client).update(obliged_from=today, obliged_until=until)
    zones.settle(clients_where=zones.of_clients([client.pk]), by=by, at=at)
    publish(
        ClientClaimed(
            client_id=client.pk, employee_id=claimant.pk, former_owner_id=row.former_owner_id, obliged_until=until
        ),
        by=by,
        at=at,
    )
    return row


@transaction.atomic
def look(*, client_id: int, by: Actor, at: dt.datetime) -> None:
    """
    This function will count that somebody opens a client of the exchange; the same one again on that day costs nothing.

    Refuses one over the day's quota.
    """
    viewer = Employee.objects.select_related("organisation").get(pk=by.employee_id or 0)
    today = local_date(at, viewer.organisation.timezone)
    # The day's row is locked first: the same client opened in two windows is counted once.
    _count(viewer, today, claims=0, views=0)
    _row, fresh = ExchangeView.objects.get_or_create(
        employee=viewer, client_id=client_id, day=today, defaults={"organisation_id": by.organisation_id}
    )
    if not fresh:
        return
    terms = zone_queries.policy_on(by.organisation_id, today, viewer.unit_id).exchange
    _claims, views = _count(viewer, today, claims=0, views=1)
    if views > terms.views_per_day:
        raise Refusal(
            _("You have opened %(count)d clients of the exchange today, which is all for one day.")
            % {"count": terms.views_per_day},
            code="quota",
        )


def _count(employee: Employee, day: dt.date, *, claims: int, views: int) -> tuple[int, int]:
    """Counts up and locks the person's day until the transaction ends: a refusal takes the count back with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_UP,
            {
                "organisation": employee.organisation_id,
                "employee": employee.pk,
                "day": day,
                "claims": claims,
                "views": views,
            },
        )
        found = cursor.fetchone()
    return int(found[0]), int(found[1])
