"""What the retention room hears."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, OuterRef, Subquery

from ritm.clients.events import ClientAssigned, ClientsAssigned, ClientsGivenBack
from ritm.journal.operations import News, subscribe
from ritm.trade.events import OrdersChanged

# An import, not a day's work: history itself may have grown.
BULK = 200


@subscribe(ClientAssigned, key="retention.obligation_of_one_given")
def obligation_of_one_given(news: News) -> None:
    """This function will let the clock see that a client of the exchange has an owner again, and who owes now."""
    _follow_the_owner((news.event.client_id,))
    _left_the_exchange(news, (news.event.client_id,))


@subscribe(ClientsGivenBack, key="retention.obligations_of_many_given_back")
@subscribe(ClientsAssigned, key="retention.obligations_of_many_given")
def obligations_of_many_given(news: News) -> None:
    """This function will let the clock see that clients of the exchange have owners again, and who owes now."""
    _follow_the_owner(news.event.client_ids)
    _left_the_exchange(news, news.event.client_ids)


def _follow_the_owner(client_ids: Sequence[int]) -> None:
    """An open claim is owed by whoever owns the client: a leaver cannot keep it, and his heir must read of it."""
    from ritm.clients.models import Client
    from ritm.retention.models import Claim

    owner = Subquery(Client.objects.filter(pk=OuterRef("client_id")).values("owner_id"))
    given = Claim.objects.filter(client_id__in=client_ids, met_on=None, returned_on=None, client__owner__isnull=False)
    given.exclude(employee_id=F("client__owner_id")).update(employee_id=owner)


def _left_the_exchange(news: News, client_ids: Sequence[int]) -> None:
    from ritm.retention.models import ContactClock, Zone
    from ritm.retention.operations import zones

    found = ContactClock.objects.filter(client_id__in=client_ids, zone=Zone.EXCHANGE, client__released_at=None)
    ids = list(found.values_list("client_id", flat=True))
    if ids:
        zones.settle(clients_where=zones.of_clients(ids), by=news.by, at=news.at)


@subscribe(OrdersChanged, key="retention.rhythm_of_new_orders")
def rhythm_of_new_orders(news: News) -> None:
    """This function will recount the clients whose orders changed, set-wise."""
    from ritm.retention.jobs import consider_fit
    from ritm.retention.operations import rhythm_clock

    rhythm_clock.follow_orders(client_ids=news.event.client_ids, by=news.by, at=news.at)
    if len(news.event.client_ids) >= BULK:
        # One at a time; all but the first of an import find that nothing has grown since.
        lock = f"retention.consider_fit:{news.by.organisation_id}"
        consider_fit.configure(lock=lock, schedule_in={"seconds": 3}).defer(organisation_id=news.by.organisation_id)
