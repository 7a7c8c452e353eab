"""Who owns a client: the owner, his unit and the tenure ledger change together or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ritm.clients.events import ClientAssigned, ClientsAssigned, ClientsGivenBack, ClientsReleased
from ritm.clients.models import Client
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee

CHUNK = 10_000

# A tenure lasts at least a microsecond, and a clock set back makes no overlap.
_END = """
UPDATE clients_tenure
SET span = tstzrange(lower(span), GREATEST(%(at)s, lower(span) + interval '1 microsecond')),
    ended_why = %(why)s, ended_rule = %(rule)s, ended_by_id = %(by)s
WHERE client_id = ANY(%(ids)s) AND upper_inf(span)
"""

_BEGIN = """
INSERT INTO clients_tenure (
    organisation_id, client_id, owner_id, span, why, rule, by_id, ended_why, ended_rule
)
SELECT c.organisation_id, c.id, g.owner_id,
       tstzrange(
           GREATEST(%(at)s, (SELECT max(upper(t.span)) FROM clients_tenure t WHERE t.client_id = c.id)), NULL
       ),
       %(why)s, %(rule)s, %(by)s, '', ''
FROM unnest(%(ids)s::bigint[], %(owners)s::bigint[]) AS g (id, owner_id) JOIN clients_client c ON c.id = g.id
WHERE g.owner_id IS NOT NULL
"""

# Without an owner the client stays in the sight of the unit he was in.
_GIVE = """
UPDATE clients_client c
SET owner_id = g.owner_id, unit_id = CASE WHEN g.owner_id IS NULL THEN c.unit_id ELSE e.unit_id END,
    released_at = %(released_at)s, contacts_hidden = false, updated_at = %(at)s
FROM unnest(%(ids)s::bigint[], %(owners)s::bigint[]) AS g (id, owner_id)
LEFT JOIN staff_employee e ON e.id = g.owner_id
WHERE c.id = g.id
"""


def _locked(client_ids: Collection[int]) -> list[tuple[int, int | None]]:
    rows = Client.objects.filter(pk__in=client_ids).order_by("pk").select_for_update(of=("self",))
    return list(rows.values_list("pk", "owner_id"))


def _move(
    owners: Mapping[int, int | None], *, why: str, rule: str = "", released: bool = False, by: Actor, at: dt.datetime
) -> None:
    """Three statements, however many clients and owners: the old tenures end, the new begin, the clients follow."""
    params: dict[str, Any] = {
        "ids": list(owners),
        "owners": list(owners.values()),
        "at": at,
        "released_at": at if released else None,
        "why": why[:300],
        "rule": rule,
        "by": by.employee_id,
    }
    with connection.cursor() as cursor:
        for statement in (_END, _BEGIN, _GIVE):
            cursor.execute(statement, params)


@transaction.atomic
def assign(*, client: Client, owner: Employee | None, why: str, rule: str = "", by: Actor, at: dt.datetime) -> bool:
    """
    This function will give the client to `owner` (None: to nobody); False when he is the owner already.

    Publishes ClientAssigned. `rule` names what decided, '' when a person did.
    """
    refuse_gone(owner)
    ((pk, former),) = _locked([client.pk])
    if former == (owner.pk if owner else None) and client.released_at is None:
        return False
    _move({pk: owner.pk if owner else None}, why=why, rule=rule, by=by, at=at)
    client.refresh_from_db()
    publish(
        ClientAssigned(client_id=pk, former_owner_id=former, owner_id=owner.pk if owner else None, why=why),
        by=by,
        at=at,
    )
    return True


@transaction.atomic
def assign_many(
    *,
    client_ids: Collection[int],
    owner: Employee | None,
    why: str,
    rule: str = "",
    by: Actor,
    at: dt.datetime,
) -> list[tuple[int, int | None]]:
    """
    This function will give many clients to `owner`, set-wise, and return (client id, former owner id) each.

    Publishes one ClientsAssigned per chunk of at most 10,000.
    """
    refuse_gone(owner)
    wanted = owner.pk if owner else None
    moved = [(pk, former) for pk, former in _locked(client_ids) if former != wanted]
    for start in range(0, len(moved), CHUNK):
        chunk = moved[start : start + CHUNK]
        _move({pk: wanted for pk, _former in chunk}, why=why, rule=rule, by=by, at=at)
        publish(
            ClientsAssigned(
                client_ids=tuple(pk for pk, _former in chunk),
                former_owner_ids=tuple(former or 0 for _pk, former in chunk),
                owner_id=wanted,
                why=why,
            ),
            by=by,
            at=at,
        )
    return moved


@transaction.atomic
def give_back(*, owners: Mapping[int, int | None], why: str, by: Actor, at: dt.datetime) -> None:
    """
    This function will give each of these clients (ids) to an owner of his own (id; None: to nobody), set-wise.

    None of the owners may have left. Publishes one ClientsGivenBack per chunk of at most 10,000.
    """
    moved = [(pk, former) for pk, former in _locked(owners) if former != owners[pk]]
    for start in range(0, len(moved), CHUNK):
        chunk = moved[start : start + CHUNK]
        _move({pk: owners[pk] for pk, _former in chunk}, why=why, by=by, at=at)
        publish(
            ClientsGivenBack(
                client_ids=tuple(pk for pk, _former in chunk),
                former_owner_ids=tuple(former or 0 for _pk, former in chunk),
                owner_ids=tuple(owners[pk] or 0 for pk, _former in chunk),
                why=why,
            ),
            by=by,
            at=at,
        )


@transaction.atomic
def release_many(
    *, client_ids: Collection[int], why: str, rule: str, by: Actor, at: dt.datetime
) -> list[tuple[int, int | None]]:
    """
    This function will put clients on the exchange: no owner, released now; (id, former owner id) of each.

    Those on the exchange already are left alone. Publishes one ClientsReleased per chunk.
    """
    free = Client.objects.filter(pk__in=client_ids, released_at=None, archived_at=None)
    moved = _locked(list(free.values_list("pk", flat=True)))
    for start in range(0, len(moved), CHUNK):
        chunk = moved[start : start + CHUNK]
        _move({pk: None for pk, _former in chunk}, why=why, rule=rule, released=True, by=by, at=at)
        publish(
            ClientsReleased(
                client_ids=tuple(pk for pk, _former in chunk),
                former_owner_ids=tuple(former or 0 for _pk, former in chunk),
                why=why,
            ),
            by=by,
            at=at,
        )
    return moved


@transaction.atomic
def hide_contacts(*, client_ids: Collection[int], hidden: bool) -> None:
    """
    This function will hide (or show) the contacts of those of these clients who are on the exchange.

    No news of its own: it follows from a policy, whose change has been told, or from a release.
    """
    found = Client.objects.filter(pk__in=client_ids, released_at__isnull=False)
    found.exclude(contacts_hidden=hidden).update(contacts_hidden=hidden)


def refuse_gone(owner: Employee | None) -> None:
    """This function will refuse an owner who no longer works here."""
    if owner is not None and owner.left_on is not None:
        raise Refusal(
            _("%(name)s no longer works here: choose somebody else.") % {"name": owner.name},
            code="left",
            field="owner",
        )
