"""Order histories for the retention room's tests: days in, orders out, heard by the room."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from ritm.clients.models import Client
from ritm.journal import operations as journal
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.trade.events import OrdersChanged
from ritm.trade.models import Order
from tests.cast import NOW, TODAY, Cast


def buyer(cast: Cast, name: str = "ООО «Ромашка»", *, owner: str | None = "max", **more: object) -> Client:
    """This function will create a client of one of the cast."""
    return Client.objects.create(
        organisation=more.pop("organisation", cast.home),
        name=name,
        owner=getattr(cast, owner) if owner else None,
        **{"created_at": NOW, "updated_at": NOW, **more},
    )


def ordered(client: Client, *days: dt.date | int, amount: int | str = 1000, kind: str = "order") -> list[Order]:
    """This function will add orders on these dates (an int is so many days before TODAY), one amount each."""
    dates = [day if isinstance(day, dt.date) else TODAY - dt.timedelta(days=day) for day in days]
    return Order.objects.bulk_create(
        Order(
            organisation_id=client.organisation_id,
            client=client,
            kind=kind,
            ordered_on=day,
            amount=Decimal(amount),
            created_at=NOW,
        )
        for day in dates
    )


def heard(*clients: Client, at: dt.datetime = NOW) -> None:
    """This function will publish that these clients' orders changed, and let the retention room hear it."""
    organisation_id = clients[0].organisation_id
    entry: Entry = journal.publish(
        OrdersChanged(client_ids=tuple(client.pk for client in clients)),
        by=Actor(organisation_id, None, "import"),
        at=at,
    )
    journal.hear(entry=entry, subscriber_key="retention.rhythm_of_new_orders", at=timezone.now())
