"""What the room hears: its own news, to look for clients who may be one."""

from __future__ import annotations

from ritm.clients import events
from ritm.clients.operations.pairing import look_for_pairs
from ritm.journal.operations import News, subscribe


@subscribe(events.ClientCreated, key="clients.pairs_of_a_new_client")
def created(news: News) -> None:
    look_for_pairs(client_ids=[news.event.client_id], by=news.by, at=news.at)


@subscribe(events.ClientEdited, key="clients.pairs_of_an_edited_client")
def edited(news: News) -> None:
    telling = {"inn", "kpp", "phone", "email", "address"}
    if telling & {field.partition(":")[0] for field in news.event.fields}:
        look_for_pairs(client_ids=[news.event.client_id], by=news.by, at=news.at)


@subscribe(events.ClientsBroughtIn, key="clients.pairs_of_clients_brought_in")
def brought_in(news: News) -> None:
    look_for_pairs(client_ids=news.event.client_ids, by=news.by, at=news.at)
