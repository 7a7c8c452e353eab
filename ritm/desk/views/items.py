"""Items of Today as HTML, written in Python: forty stand on a page, and a template apiece is most of its time."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ritm.desk.queries.today import Card
from ritm.desk.views.acts import Act, Urls, act_of
from ritm.kernel.money import show_short_money
from ritm.shell import drawn
from ritm.shell.icons import icon
from ritm.shell.writing import language, show_day


@dataclass(frozen=True)
class Row:
    """One item of the list, drawn around its actions; `open` is the one in hand when the page comes."""

    act: Act
    open: bool
    before: SafeString
    after: SafeString


def rows(cards: tuple[Card, ...], asked: str, *, of: int | None) -> list[Row]:
    """This function will draw the items and open the asked client's (`?item=`), or the first; `of` is whose."""
    urls = Urls()
    ids = [str(card.client.pk) for card in cards]
    in_hand = asked if asked in ids else ids[0] if ids else ""
    made = []
    for card in cards:
        act = act_of(card, urls)
        here = act.client == in_hand
        made.append(Row(act, here, before_act(card, act, in_hand=here), after_act(act, in_hand=here, of=of)))
    return made


def before_act(card: Card, act: Act, *, in_hand: bool) -> SafeString:
    """
    This function will draw an item up to the place of its actions.

    What is not in hand carries its actions as data, for shell/js/actions.js.
    """
    shown = " data-here" if in_hand else _as_data(act)
    status = f'<span class="item__status">{drawn.status_chip(card.strip.tone)}</span>' if card.strip else ""
    stake = escape(show_short_money(card.item.stake, lang=language()))
    beside = "".join(
        f' <span class="item__beside"><b>{escape(str(label))}:</b> {escape(str(why))}</span>'
        for label, why in card.beside
    )
    # Words are escaped where they stand; the rest is drawn here or by the shell.
    return mark_safe(  # noqa: S308
        f'<li class="item" id="item-{escape(act.client)}" data-row{shown} tabindex="-1">\n'
        f'<div class="item__head"><a class="item__name" href="{escape(act.page)}" data-main>'
        f'{escape(card.client.name)}</a>{status}<span class="item__strip">{drawn.inline_strip(card.strip)}</span>'
        f'<span class="item__stake" title="{escape(_("a year at stake"))}">{stake}</span></div>\n'
        f'<p class="item__why">{escape(str(card.item.why))}{beside}</p>\n'
        f"{_returned(card)}\n{_absent(card)}\n"
        '<div class="item__act" data-slot>'
    )


def after_act(act: Act, *, in_hand: bool, of: int | None) -> SafeString:
    """This function will draw the rest of an item; without a script, a link takes it in hand."""
    whose = f"&amp;of={of:d}" if of else ""
    here = f"?item={escape(act.client)}{whose}#item-{escape(act.client)}"
    link = f'<noscript><a href="{here}">{escape(_("What to do"))}</a></noscript>'
    return mark_safe(  # noqa: S308 - as above
        f'</div>{"" if in_hand else link}\n<div class="item__form" id="more-{escape(act.client)}"></div>\n</li>\n'
    )


def _as_data(act: Act) -> str:
    said = {"client": act.client, "source": act.source, "episode": act.episode}
    if act.kind:
        said["kind"] = act.kind
    if act.tel:
        said |= {"tel": act.tel, "phone": act.phone}
    if act.email:
        said["email"] = act.email
    return "".join(f' data-{name}="{escape(value)}"' for name, value in said.items())


def _returned(card: Card) -> str:
    verdict = card.returned
    if verdict is None:
        return ""
    said = _("%(day)s, %(name)s: %(result)s") % {
        "day": show_day(verdict.day), "name": verdict.employee.name, "result": verdict.get_result_display(),
    }  # fmt: skip
    reason = f" – {escape(verdict.reason)}" if verdict.reason else ""
    return f'<p class="item__returned">{icon("undo-2")}{escape(said)}{reason}</p>'


def _absent(card: Card) -> str:
    if card.absent is None:
        return ""
    said = _("%(name)s is on leave until %(day)s") % {"name": card.absent.name, "day": show_day(card.absent.until)}
    return f'<p class="item__absent">{icon("user-round")}{escape(said)}</p>'
