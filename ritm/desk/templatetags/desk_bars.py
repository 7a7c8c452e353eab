"""The slim bar of a portfolio. A table has a hundred of them with ten parts each: drawn here, not by a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def slim_bar(bar: Sequence[Mapping[str, Any]], linked: object = None) -> SafeString:
    """This function will draw the parts that `views.home.bar` laid out; `linked`, each leads to its clients."""
    shown, words = [], []
    for part in bar:
        said = f"{escape(str(part['label']))}: {part['value']}"
        words.append(f"{escape(str(part['label']))} {part['value']}")
        rect = (
            f'<rect class="fill--{escape(part["tone"])}" x="{part["x"]}%" width="{part["width"]}%" height="8">'
            f"<title>{said}</title></rect>"
        )
        shown.append(f'<a href="{escape(part["url"])}" aria-label="{said}">{rect}</a>' if linked else rect)
    head = f'width="100%" height="8" role="{"group" if linked else "img"}" aria-label="{", ".join(words)}"'
    # Every word in it is escaped above.
    return mark_safe(f'<svg class="slim" {head}>{"".join(shown)}</svg>')  # noqa: S308
