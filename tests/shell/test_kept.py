"""Pieces that are kept: from their key alone, of their language, with places that nobody can write; quick addresses."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from ritm.shell.addresses import address
from ritm.shell.kept import fill, kept, place
from ritm.shell.pieces import Pieces


def test_a_piece_is_of_its_key_and_of_its_language():
    with translation.override("ru"):
        own = kept("ui/empty_state.html", title="Пусто", icon="inbox")
        other = kept("ui/empty_state.html", title="Никого", icon="inbox")
    assert "Пусто" in own and "Никого" in other and "Пусто" not in other
    with translation.override("en"):
        assert "Actions" in kept("ui/menu.html")
    with translation.override("ru"):
        assert "Actions" not in kept("ui/menu.html")


def test_a_piece_is_told_nothing_that_is_not_named():
    with pytest.raises(TypeError):
        kept("ui/menu.html", label=["a list", "is no key"])


def test_a_place_takes_its_value_escaped_and_no_value_opens_another_place():
    html = f"<a title='{place('name1')}{place('name10')}'>{place('token')}</a>"
    filled = fill(html, name1="<b>", name10=place("token")[:5], token="t0ken")
    assert filled == "<a title='&lt;b&gt;place'>t0ken</a>"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("clients:list", ()),
        ("clients:page", (7,)),
        ("clients:part", (7, "phone", 12)),
        ("clients:field", (3, "comment")),
    ],
)
def test_an_address_is_what_django_gives(name, args):
    for _ in range(2):
        assert address(name, *args) == reverse(name, args=args)
    shown = Template("{% url name " + " ".join(repr(arg) for arg in args) + " %}").render(Context({"name": name}))
    assert shown == reverse(name, args=args)


@pytest.mark.parametrize("args", [(), ("seven",), (-7,), (1, 2), (None,)])
def test_what_is_no_address_is_refused_as_ever(args):
    with pytest.raises(NoReverseMatch):
        address("clients:page", *args)


def test_pieces_share_what_every_page_knows_and_nothing_else(rf):
    pieces = Pieces(rf.get("/"))
    first = pieces.render("ui/empty_state.html", {"title": "Один", "icon": "inbox"})
    second = pieces.render("ui/empty_state.html", {"icon": "inbox"})
    assert "Один" in first and "Один" not in second
