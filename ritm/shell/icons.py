"""Lucide icons, inlined: no request per icon, and the colour of the text around them."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def _body(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ValueError(f"not the name of an icon: {name!r}")
    path = settings.LUCIDE_ICONS / f"{name}.svg"
    if not path.exists():
        raise ValueError(f"there is no lucide icon '{name}'")
    found = _BODY.search(path.read_text())
    if found is None:
        raise ValueError(f"{path} is no SVG")
    return re.sub(r"\s*\n\s*", "", found[1])


def icon(name: str, label: object = "", extra: str = "") -> SafeString:
    """
    This function will give the SVG of a lucide icon; an unknown name raises ValueError.

    With a label it is an image of that name, without one it is hidden from screen readers.
    """
    return _drawn(name, str(label) if label else "", extra)


# Pages draw the same few dozen over and over.
@lru_cache(maxsize=1024)
def _drawn(name: str, label: str, extra: str) -> SafeString:
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - the body is our pinned package's, the label is escaped
        f'<svg class="icon{" " + escape(extra) if extra else ""}" viewBox="0 0 24 24" width="16" '
        f'height="16" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" '
        f'stroke-linejoin="round" {voice}>{_body(name)}</svg>'
    )
