"""What the retention room hears."""

from __future__ import annotations

from ritm.journal.operations import News, subscribe
from ritm.trade.events import OrdersChanged

# An import, not a day's work: history itself may have grown.
BULK = 200


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
