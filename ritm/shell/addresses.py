"""Addresses of pages by name: Django's `reverse`, looked up once per name and then only filled with ids."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, get_urlconf, reverse

# Stands where an id will stand. Nothing else in an address looks like it.
_PLACE = 7_310_000_000_000_007


def address(url_name: str, *args: Any) -> str:
    """This function will give the address of a page; NoReverseMatch when there is none."""
    ids = [arg for arg in args if type(arg) is int and arg >= 0]
    # A word in a template is safe text, a str of another class.
    words = tuple(str(arg) if isinstance(arg, str) else None for arg in args)
    if len(ids) != words.count(None):
        return reverse(url_name, args=args)
    shape = _shape(url_name, words, get_script_prefix(), get_urlconf())
    return shape % tuple(ids) if shape else reverse(url_name, args=args)


# A page writes a hundred of them, and their shapes never change: what they follow from is in the key.
@lru_cache(maxsize=2048)
def _shape(url_name: str, words: tuple[str | None, ...], prefix: str, urlconf: str | None) -> str:
    """The address with a %d for each id; empty when it does not take its ids as they are written."""
    found = reverse(url_name, args=[_PLACE if word is None else word for word in words])
    shape = found.replace("%", "%%").replace(str(_PLACE), "%d")
    return shape if shape.count("%d") == words.count(None) else ""
