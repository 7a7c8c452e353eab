"""What the desk hears, to tell it to whom it concerns."""

from __future__ import annotations

from ritm.bridge.events import ImportFinished
from ritm.clients.events import ClientAssigned, ClientsAssigned, ClientsBatchEnded, ClientsGivenBack, ClientsReleased
from ritm.desk import notices
from ritm.desk.models import Notice
from ritm.journal.operations import News, subscribe
from ritm.retention.events import ClaimsEnded, ZonesChanged, ZoneWarningsGiven


@subscribe(ClientAssigned, key="desk.notice_of_a_client_assigned")
def assigned(news: News) -> None:
    if news.event.owner_id is not None:
        _owners(news, Notice.Kind.ASSIGNED, (news.event.client_id,))


@subscribe(ClientsAssigned, key="desk.notice_of_clients_assigned")
def many_assigned(news: News) -> None:
    if news.event.owner_id is not None:
        _owners(news, Notice.Kind.ASSIGNED, news.event.client_ids)


@subscribe(ClientsGivenBack, key="desk.notice_of_clients_given_back")
def given_back(news: News) -> None:
    _owners(news, Notice.Kind.ASSIGNED, news.event.client_ids)


@subscribe(ZonesChanged, key="desk.notice_of_zones")
def zones(news: News) -> None:
    # '' → yellow is the first reckoning of an import, not news.
    passed = [
        (pk, became) for pk, was, became in zip(news.event.client_ids, news.event.was, news.event.became, strict=True)
        if (was, became) in (("green", "yellow"), ("green", "red"), ("yellow", "red"))
    ]  # fmt: skip
    for kind in (Notice.Kind.YELLOW, Notice.Kind.RED):
        ids = [pk for pk, became in passed if became == kind]
        if ids:
            _owners(news, kind, ids)


@subscribe(ZoneWarningsGiven, key="desk.notice_of_zone_warnings")
def warned(news: News) -> None:
    notices.tell_of_warnings(
        client_ids=news.event.client_ids, entry_id=news.entry_id, organisation_id=news.by.organisation_id, at=news.at
    )


@subscribe(ClientsReleased, key="desk.notice_of_released_clients")
def released(news: News) -> None:
    notices.tell_former_owners(
        client_ids=news.event.client_ids, owner_ids=news.event.former_owner_ids, entry_id=news.entry_id,
        organisation_id=news.by.organisation_id, at=news.at,
    )  # fmt: skip


@subscribe(ClaimsEnded, key="desk.notice_of_claims_not_met")
def returned(news: News) -> None:
    event = news.event
    ended = [
        (c, e) for c, e, met in zip(event.client_ids, event.employee_ids, event.met, strict=True) if not met
    ]  # fmt: skip
    if ended:
        notices.tell_of_returns(
            client_ids=[c for c, _ in ended], employee_ids=[e for _, e in ended], entry_id=news.entry_id,
            organisation_id=news.by.organisation_id, at=news.at,
        )  # fmt: skip


@subscribe(ImportFinished, key="desk.notice_of_an_import")
def imported(news: News) -> None:
    event = news.event
    if news.by.employee_id is None:
        return  # brought by a program: nobody waits for it
    told = {"import": event.import_id, "file": event.filename, "created": event.created, "refused": event.refused}
    notices.tell_who_began(
        kind=Notice.Kind.IMPORTED, employee_id=news.by.employee_id, inputs=told, entry_id=news.entry_id,
        organisation_id=news.by.organisation_id, at=news.at,
    )  # fmt: skip


@subscribe(ClientsBatchEnded, key="desk.notice_of_a_bulk_change")
def batch_ended(news: News) -> None:
    event = news.event
    state = "partly" if event.state == "done" and event.left else event.state
    if event.employee_id is not None:
        told = {"batch": event.batch_id, "title": event.title, "state": state, "done": event.done, "left": event.left}
        notices.tell_who_began(
            kind=Notice.Kind.BATCH, employee_id=event.employee_id, inputs=told, entry_id=news.entry_id,
            organisation_id=news.by.organisation_id, at=news.at,
        )  # fmt: skip


def _owners(news: News, kind: str, client_ids: object) -> None:
    notices.tell_owners(
        kind=kind, client_ids=client_ids, entry_id=news.entry_id,  # type: ignore[arg-type]
        organisation_id=news.by.organisation_id, at=news.at, but=news.by.employee_id,
    )  # fmt: skip
