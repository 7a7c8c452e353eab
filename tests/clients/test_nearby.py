"""A list of somebody who sees few begins with those few, and shows the same as the walk over all."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from ritm.clients.listing import nearby
from ritm.clients.listing.request import Asked
from ritm.clients.models import Client, Phone
from ritm.clients.queries import client_list, neighbours
from ritm.journal.among import Among
from tests.cast import NOW
from tests.factories.clients import client as make_client
from tests.factories.clients import many


def _names(viewer, query=""):
    return [client.name for client in client_list(viewer, Asked.read(QueryDict(query), viewer), now=NOW).rows]


@pytest.mark.parametrize("who", ["max", "vera", "nina"])
@pytest.mark.parametrize("sort", ["name", "worth", "last_order", "created"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_both_ways_give_the_same_page(cast, monkeypatch, who, sort, sign):
    many(cast.home, 6, owner=cast.max)
    many(cast.home, 3, owner=cast.lena)
    make_client(cast.home, name="Ничей")
    viewer = cast.viewer(who)
    near = _names(viewer, f"sort={sign}{sort}")
    monkeypatch.setattr(nearby, "FEW", -1)
    assert nearby.few_within_reach(viewer, -1) is None
    assert near and near == _names(viewer, f"sort={sign}{sort}")


def test_neighbours_are_found_either_way(cast, monkeypatch):
    many(cast.home, 3, owner=cast.max)
    middle = Client.objects.filter(owner=cast.max).order_by("name_key")[1]
    viewer = cast.viewer("max")
    asked = Asked.read(QueryDict("kind=company"), viewer)
    near = neighbours(viewer, middle, asked)
    monkeypatch.setattr(nearby, "FEW_UNDER_CONDITIONS", -1)
    assert near == neighbours(viewer, middle, asked)
    assert near.previous is not None and near.next is not None


def test_a_stranger_stays_unseen_however_the_list_begins(cast):
    many(cast.home, 2, owner=cast.lena)
    assert _names(cast.viewer("max")) == []


def test_among_is_an_in_of_one_parameter(cast, django_assert_num_queries):
    one, two = make_client(cast.home), make_client(cast.home)
    assert set(Client.objects.filter(pk__among=[one.pk])) == {one}
    assert set(Client.objects.filter(pk__among=iter([one.pk, two.pk, -1]))) == {one, two}
    assert list(Phone.objects.filter(client_id__among=[one.pk])) == []
    with django_assert_num_queries(0):
        assert list(Client.objects.filter(pk__among=[])) == []
    with pytest.raises(ValueError, match="invalid literal"):
        Among(Client._meta.pk, ["1; DROP"])
