"""
Pieces of a page that are the same on one page after another, rendered once and kept.

A piece is rendered from its key and from nothing else – no request, no viewer – so that nobody can be shown what was
rendered for somebody else: whatever it says has to be named, and what is named is the key. What differs every time (a
token, an id) is a place in the piece, and is filled in afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable
from functools import lru_cache

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# Drawn anew by each process: nobody can write a word that stands for a place.
_SALT = secrets.token_hex(8)


def place(name: str) -> str:
    """This function will give the word that stands where `fill` puts the value of that name."""
    return f"place{_SALT}{name}e"


def fill(html: str, **values: str) -> SafeString:
    """This function will put values, escaped unless they are safe, into the places of a piece."""
    for name, value in values.items():
        html = html.replace(place(name), conditional_escape(value))
    return mark_safe(html)  # noqa: S308 - a template's work, and values escaped above


def kept(template: str, **fields: Hashable) -> SafeString:
    """
    This function will give the piece that `template` makes of `fields` in the present language.

    TypeError when a field cannot be a key.
    """
    # Who writes templates wants to see the change at once.
    render = _render.__wrapped__ if settings.DEBUG else _render
    return mark_safe(render(template, get_language(), tuple(fields.items())))  # noqa: S308 - a template's work


# The language is there for the memory alone: the words are of the language that is switched on.
@lru_cache(maxsize=2048)
def _render(template: str, language: str | None, fields: tuple[tuple[str, Hashable], ...]) -> str:
    return str(get_template(template).template.render(Context(dict(fields))))  # type: ignore[attr-defined]
