"""Lines of a client's history as HTML, written in Python: thirty stand on a page."""

from __future__ import annotations

import datetime as dt
from html import escape

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from ritm.shell.icons import icon
from ritm.shell.pieces import Pieces
from ritm.shell.sockets import Moment
from ritm.shell.writing import show_day_year, show_moment


def drawn(moments: list[Moment], pieces: Pieces) -> SafeString:
    """This function will draw the moments in their order; a richer body comes out of its room's own template."""
    now = timezone.now()
    return mark_safe("".join(_drawn(moment, pieces, now) for moment in moments))  # noqa: S308 - escaped below


def _drawn(moment: Moment, pieces: Pieces, now: dt.datetime) -> str:
    tone = f" moment--{escape(moment.tone)}" if moment.tone else ""
    title = escape(str(moment.title))
    if moment.url:
        title = f'<a href="{escape(moment.url)}">{title}</a>'
    by = f' <span class="muted">{escape(moment.by)}</span>' if moment.by else ""
    text = f'<p class="moment__text">{escape(str(moment.text))}</p>' if moment.text else ""
    body = pieces.render(moment.template, moment.context) if moment.template else ""
    when = show_day_year(moment.at) if moment.all_day else show_moment(moment.at, now)
    return (
        f'<article class="moment{tone}"><span class="moment__icon">{icon(moment.icon)}</span>'
        f'<div class="moment__body"><p class="moment__title">{title}{by}</p>{text}{body}</div>'
        f'<time class="moment__when" datetime="{moment.at.isoformat()}">{escape(when)}</time></article>\n'
    )
