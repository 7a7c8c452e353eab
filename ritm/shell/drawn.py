"""Chips and inline strips as ready HTML: a table draws fifty of each, where a template apiece is most of the time."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from ritm.shell import chips, writing
from ritm.shell.rhythm_strip import Strip, draw

_NOTHING = mark_safe(f'<span class="muted">{writing.NOTHING}</span>')  # noqa: S308 - written here


def status_chip(status: str | None, since: dt.date | None = None) -> SafeString:
    """This function will give shape, colour and word of a class; KeyError when there is no such class."""
    if not status:
        return _NOTHING
    told = ""
    if since:
        words = gettext("since %(day)s") % {"day": writing.show_day(since)}
        told = f' <span class="chip__since">{escape(words)}</span>'
    return mark_safe(_status(str(status), get_language()) + told + "</span>")  # noqa: S308 - escaped above and below


def zone_chip(zone: str | None) -> SafeString:
    """This function will give shape, colour and word of a zone; KeyError when there is no such zone."""
    return mark_safe(_zone(str(zone), get_language()) + "</span>") if zone else _NOTHING  # noqa: S308 - escaped


# The language is there for the memory alone: the words are of the language that is switched on.
@lru_cache(maxsize=64)
def _status(status: str, language: str | None) -> str:
    return _opened(chips.STATUSES[status], "chip")


@lru_cache(maxsize=64)
def _zone(zone: str, language: str | None) -> str:
    return _opened(chips.ZONES[zone], "chip zone", "zone")


def _opened(chip: chips.Chip, classes: str, prefix: str = "chip") -> str:
    hint = f' title="{escape(str(chip.hint))}"' if chip.hint else ""
    hollow = " chip__shape--hollow" if chip.hollow else ""
    return (
        f'<span class="{classes} {prefix}--{escape(chip.tone)}"{hint}><svg class="chip__shape{hollow}"'
        f' viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"><path d="{chip.shape}"/></svg>'
        f"{escape(str(chip.word))}"
    )


def inline_strip(strip: Strip | None) -> SafeString:
    """
    This function will draw the strip of a row, 120 × 20 px, whose title is its sentence; a plain line when empty.

    A strip without a sentence illustrates what is said beside it, and is hidden from screen readers.
    """
    drawing = draw(strip, "inline") if strip else None
    sentence = escape(str(strip.sentence)) if strip and strip.sentence else ""
    if strip is None or drawing is None or not (drawing.dots or drawing.silence):
        return mark_safe(  # noqa: S308 - the sentence is escaped
            '<svg class="strip strip--inline" width="120" height="20" role="img">'
            f"<title>{sentence or escape(gettext('no orders yet'))}</title>"
            '<line class="strip__none" x1="4%" x2="96%" y1="50%" y2="50%"/></svg>'
        )
    named = f'role="img"><title>{sentence}</title>' if sentence else 'aria-hidden="true">'
    pieces = [
        f'<svg class="strip strip--inline strip--{escape(strip.tone)}" width="120" height="20" viewBox="0 0 120 20"'
        f" {named}"
    ]
    if drawing.band:
        x, width = drawing.band
        pieces.append(f'<rect class="strip__band" x="{x}" width="{width}" y="2" height="16" rx="2"/>')
    if drawing.line:
        pieces.append(f'<path class="strip__line" d="M{drawing.line[0]} 10H{drawing.line[1]}"/>')
    if drawing.silence:
        pieces.append(f'<path class="strip__silence" d="M{drawing.silence[0]} 10H{drawing.silence[1]}"/>')
    if drawing.today is not None:
        pieces.append(f'<path class="strip__today" d="M{drawing.today} 2v16"/>')
    pieces.append('<g class="strip__dots">')
    pieces += [f'<path stroke-width="{width:g}" d="{d}"/>' for width, d in drawing.paths]
    pieces.append("</g></svg>")
    return mark_safe("".join(pieces))  # noqa: S308 - numbers, and words escaped above
