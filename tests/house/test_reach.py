"""A role may see further than it acts: every verb looks at its own reach, not at the sight of the client."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from ritm.kernel.reach import Reach
from ritm.staff.models import Assignment, Grant, Role
from tests.factories import clients, conversations, trade

CALL = {"kind": "call", "direction": "out", "result": "reached", "text": "Поговорили"}

# url name, (noun, verb) that it is about, what its address names, what is posted.
VERBS = [
    ("conversations:record", ("interaction", "create"), "client", CALL),
    ("conversations:edit", ("interaction", "edit"), "interaction", CALL),
    ("conversations:withdraw", ("interaction", "edit"), "interaction", {}),
    ("desk:result", ("interaction", "create"), "client", {}),
    ("desk:snooze", ("interaction", "create"), "client", {}),
    ("trade:quick", ("order", "create"), "client", {}),
    ("trade:quick_save", ("order", "create"), "client", {}),
    ("trade:cancel", ("order", "cancel"), "order", {}),
    ("trade:restore", ("order", "cancel"), "order", {}),
    ("trade:pay", ("payment", "create"), "order", {"amount": "1", "paid_on": "2026-03-16"}),
    ("trade:unpay", ("payment", "create"), "payment", {}),
    ("retention:excuse", ("client", "edit"), "client", {}),
    ("clients:archive", ("client", "archive"), "client", {}),
    ("clients:owner", ("client", "assign"), "client", {}),
    ("clients:tag", ("client", "edit"), "client", {"tag": "важный"}),
    ("clients:merge", ("client", "edit"), "client", {}),
]


@pytest.fixture
def office(cast):
    """Max's role sees every client and does every verb, each as far as `grant` says; one client is his, one Lena's."""
    role = Role.objects.create(organisation=cast.home, key="", name="Стажёр", sells=True)
    Assignment.objects.filter(employee=cast.max).update(role=role)

    def grant(noun: str, verb: str, reach: Reach) -> None:
        Grant.objects.update_or_create(
            organisation=cast.home, role=role, noun=noun, verb=verb, defaults={"reach": reach}
        )

    def things(owner) -> dict[str, int]:
        client = clients.client(cast.home, owner=owner)
        order = trade.order(client)
        return {
            "client": client.pk,
            "order": order.pk,
            "payment": trade.payment(order, Decimal(10)).pk,
            "interaction": conversations.interaction(client, owner).pk,
        }

    return SimpleNamespace(grant=grant, mine=things(cast.max), others=things(cast.lena))


@pytest.mark.parametrize(("name", "permission", "thing", "posted"), VERBS, ids=[row[0] for row in VERBS])
def test_seeing_everybody_is_not_acting_on_everybody(office, sign_in, name, permission, thing, posted):
    office.grant("client", "see", Reach.ORGANISATION)
    office.grant("client", "edit", Reach.OWN)
    office.grant(*permission, Reach.OWN)
    seller = sign_in("max")
    assert seller.get(reverse("clients:page", args=[office.others["client"]])).status_code == 200
    assert seller.post(reverse(name, args=[office.others[thing]]), posted).status_code == 404
    assert seller.post(reverse(name, args=[office.mine[thing]]), posted).status_code in (200, 204, 302, 422)


@pytest.mark.parametrize(("name", "permission", "thing", "posted"), VERBS, ids=[row[0] for row in VERBS])
def test_acting_on_everybody_does_not_reach_beyond_sight(office, sign_in, name, permission, thing, posted):
    office.grant("client", "see", Reach.OWN)
    office.grant("client", "edit", Reach.ORGANISATION)
    office.grant(*permission, Reach.ORGANISATION)
    seller = sign_in("max")
    assert seller.post(reverse(name, args=[office.others[thing]]), posted).status_code == 404
    assert seller.post(reverse(name, args=[office.mine[thing]]), posted).status_code in (200, 204, 302, 422)


def test_the_exchange_is_claimed_within_the_claims_own_reach(cast, office, sign_in):
    from ritm.clients.models import Client
    from tests.cast import NOW

    Client.objects.filter(pk=office.others["client"]).update(owner=None, released_at=NOW)
    office.grant("client", "see", Reach.ORGANISATION)
    url = reverse("retention:claim", args=[office.others["client"]])
    seller = sign_in("max")
    assert seller.post(url).status_code == 404
    office.grant("exchange", "claim", Reach.OWN)
    assert seller.post(url).status_code == 302
    assert Client.objects.get(pk=office.others["client"]).owner_id == cast.max.pk


def test_the_report_counts_within_its_own_reach(cast, office):
    from ritm.conversations import queries
    from tests.cast import TODAY

    office.grant("client", "see", Reach.ORGANISATION)
    office.grant("interaction", "report", Reach.OWN)
    found = queries.by_client(queries.in_period(cast.viewer("max"), TODAY, TODAY))
    assert [row.client_id for row in found] == [office.mine["client"]]
