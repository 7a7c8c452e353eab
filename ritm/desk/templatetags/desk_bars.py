"""The slim bar of a portfolio. A table has a hundred of them with ten parts each: drawn here, not by a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ritm.shell.chips import STATUSES, ZONES

register = template.Library()


@lru_cache
def _word(state: str, language: str | None) -> str:
    return escape(str((STATUSES.get(state) or ZONES[state]).word))


@register.simple_tag
def slim_bar(bar: Sequence[Mapping[str, Any]], linked: object = None) -> SafeString:
    """This function will draw the parts that `views.home.bar` laid out; `linked`, each leads to its clients."""
    shown, words = [], []
    language = get_language()
    for part in bar:
        word = _word(part["tone"], language)
        said = f"{word}: {part['value']}"
        words.append(f"{word} {part['value']}")
        rect = (
            f'<rect class="fill--{part["tone"]}" x="{part["x"]}%" width="{part["width"]}%" height="8">'
            f"<title>{said}</title></rect>"
        )
        shown.append(f'<a href="{escape(part["url"])}" aria-label="{said}">{rect}</a>' if linked else rect)
    head = f'width="100%" height="8" role="{"group" if linked else "img"}" aria-label="{", ".join(words)}"'
    # Every word in it is escaped above.
    return mark_safe(f'<svg class="slim" {head}>{"".join(shown)}</svg>')  # noqa: S308
