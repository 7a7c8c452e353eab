"""Tags and filters that every template has without loading them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ClearableFileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from ritm.kernel.money import show_money, show_short_money
from ritm.kernel.phone import show_phone
from ritm.shell import charts, drawn, figures, icons, nouns, writing
from ritm.shell import kept as keeping
from ritm.shell.addresses import address
from ritm.shell.rhythm_strip import Size, Strip, draw

register = template.Library()

Number = Decimal | int | float


@register.filter
def money(amount: Number | None, currency: str = "RUB") -> str:
    """{{ order.total|money }} – '1 250 000 ₽'; nothing is '–'."""
    return writing.NOTHING if amount in (None, "") else show_money(amount, currency, lang=writing.language())


@register.filter
def exact_money(amount: Number | None, currency: str = "RUB") -> str:
    """{{ payment.amount|exact_money }} – '1 250 000,50 ₽'."""
    if amount in (None, ""):
        return writing.NOTHING
    return show_money(amount, currency, lang=writing.language(), kopecks=True)


@register.filter
def short_money(amount: Number | None, currency: str = "RUB") -> str:
    """{{ total|short_money }} – '1,3 млн ₽'."""
    return writing.NOTHING if amount in (None, "") else show_short_money(amount, currency, lang=writing.language())


@register.filter
def number(value: Number | None, places: int = 0) -> str:
    """{{ n|number }} – '1 250'; {{ n|number:1 }} – '1 250,5'."""
    return writing.NOTHING if value in (None, "") else writing.show_number(value, places)


@register.filter
def percent(share: Number | None, places: int = 0) -> str:
    """{{ 0.25|percent }} – '25 %'."""
    return writing.NOTHING if share in (None, "") else writing.show_percent(share, places)


@register.filter
def phone(e164: str | None, extension: str = "") -> str:
    """{{ number.e164|phone }} – '+7 912 345-67-89'."""
    return show_phone(e164, extension, lang=writing.language()) if e164 else ""


@register.filter
def day(value: dt.date | None) -> str:
    """{{ date|day }} – '14 марта'."""
    return writing.show_day(value) if value else writing.NOTHING


@register.filter
def short_day(value: dt.date | None) -> str:
    """{{ date|short_day }} – '14 мар'."""
    return writing.show_short_day(value) if value else writing.NOTHING


@register.filter
def day_year(value: dt.date | None) -> str:
    """{{ date|day_year }} – '14 марта 2026'."""
    return writing.show_day_year(value) if value else writing.NOTHING


@register.filter
def month(value: dt.date | None) -> str:
    """{{ date|month }} – 'март 2026'."""
    return writing.show_month(value) if value else writing.NOTHING


@register.filter
def month_name(value: dt.date) -> str:
    """{{ date|month_name }} – 'мар', for an axis."""
    return writing.show_month_name(value)


@register.filter
def clock(value: dt.datetime | None) -> str:
    """{{ call.at|clock }} – '09:05'."""
    return writing.show_time(value) if value else writing.NOTHING


@register.filter
def moment(value: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """{{ call.at|moment }} – '14 марта, 12:05', with the year when it is another one."""
    return writing.show_moment(value, now or timezone.now()) if value else writing.NOTHING


@register.filter
def ago(value: dt.date | None, now: dt.datetime | None = None) -> str:
    """{{ call.at|ago }} – '5 минут назад', 'вчера'; {{ date|ago:now }} counts from another moment."""
    return writing.show_ago(value, now or timezone.now()) if value else writing.NOTHING


@register.filter
def count_of(count: int | None, noun: str) -> str:
    """{{ n|count_of:"client" }} – '1 клиент', '2 клиента', '5 клиентов'."""
    return nouns.count_of(count or 0, noun, writing.show_number(count or 0)).replace(" ", writing.NBSP)


@register.filter
def attr(mapping: Any, key: Any) -> Any:
    """{{ panels|attr:client.pk }} – what a dictionary holds under a key that is itself a variable."""
    return mapping.get(key) if mapping is not None else None


@register.simple_tag
def icon(name: str, label: object = "", extra: str = "") -> SafeString:
    """{% icon "phone" %} – hidden from screen readers unless it has a label."""
    return icons.icon(name, label, extra)


class _Address(URLNode):
    """Django's {% url %} with a memory for the shape of an address."""

    def render(self, context: template.Context) -> str:
        if self.kwargs or self.asvar:
            return str(super().render(context))
        found = address(self.view_name.resolve(context), *[arg.resolve(context) for arg in self.args])
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: template.base.Parser, token: template.base.Token) -> URLNode:
    """{% url "clients:page" client.pk %} – as Django's own, quicker: a page writes a hundred."""
    node = django_url(parser, token)
    return _Address(node.view_name, node.args, node.kwargs, node.asvar)


@register.simple_tag
def kept(template: str) -> SafeString:
    """{% kept "shell/_head.html" %} – a piece that says the same on every page of a language, rendered once."""
    return keeping.kept(template)


@register.simple_tag
def filled(piece: str, **values: object) -> SafeString:
    """{% filled form token=csrf_token %} – a kept piece with what differs every time."""
    return keeping.fill(piece, **{name: str(value) for name, value in values.items()})


@register.simple_tag
def url_if_any(name: str, *args: Any, **kwargs: Any) -> str:
    """{% url_if_any "desk:search" as where %} – '' when no room answers under that name."""
    try:
        return reverse(name, args=args, kwargs=kwargs) if kwargs else address(name, *args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def status_chip(status: str | None, since: dt.date | None = None) -> SafeString:
    """{% status_chip rhythm.status %} – shape, colour and word of a class."""
    return drawn.status_chip(status, since)


@register.simple_tag
def zone_chip(zone: str | None) -> SafeString:
    """{% zone_chip "red" %} – shape, colour and word of a zone."""
    return drawn.zone_chip(zone)


@register.simple_tag
def rhythm_strip(strip: Strip | None, size: Size = "inline") -> SafeString:
    """{% rhythm_strip strip size="card" %} – the picture of how a client buys; without a strip, an empty one."""
    if size == "inline":
        return drawn.inline_strip(strip)
    known = {"strip": strip, "size": size, "drawing": draw(strip, size) if strip else None}
    return render_to_string("ui/rhythm_strip.html", known)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, label: object = None, help: object = None, wide: bool = False) -> dict[str, Any]:
    """{% field form.name %} – label, control, help and error of one field, tied together for screen readers."""
    widget = bound.field.widget
    known: list[tuple[str, type | tuple[type, ...]]] = [
        ("group", (RadioSelect, CheckboxSelectMultiple)),
        ("check", CheckboxInput),
        ("file", ClearableFileInput),
        ("select", Select),
        ("long", Textarea),
    ]
    kind = next((name for name, of in known if isinstance(widget, of)), "line")
    shown_help = bound.help_text if help is None else help
    told = [f"{bound.auto_id}_help"] * bool(shown_help) + [f"{bound.auto_id}_error"] * bool(bound.errors)
    attrs: dict[str, Any] = {}
    if told and kind != "group":
        attrs["aria-describedby"] = " ".join(told)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "label": bound.label if label is None else label,
        "help": shown_help,
        "wide": wide,
        "optional": not bound.field.required and kind not in ("check", "group"),
    }


@register.inclusion_tag("ui/errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """{% form_errors form %} – what is wrong with the form as a whole."""
    return {"errors": form.non_field_errors()}


@register.inclusion_tag("ui/empty_state.html")
def empty_state(
    title: object, icon: str = "inbox", text: object = "", url: str = "", action: object = ""
) -> dict[str, Any]:
    """{% empty_state icon="users" title=… text=… url=… action=… %} – why it is empty, and the next step."""
    return {"icon": icon, "title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("ui/pagination.html")
def pagination(page: Any) -> dict[str, Any]:
    """{% pagination page %} – keyset paging: `page.previous` and `page.next` are urls or empty."""
    return {"page": page}


@register.inclusion_tag("ui/stacked_bar.html")
def stacked_bar(parts: Any, label: object = "") -> dict[str, Any]:
    """{% stacked_bar parts label=… %} – parts are dicts: tone, value, label, url (optional)."""
    return {"parts": figures.stack(parts), "label": label}


@register.inclusion_tag("ui/progress.html")
def progress(share: float, label: object = "") -> dict[str, Any]:
    """{% progress 0.4 label="…" %} – how far a job has come, 0 to 1."""
    return {"percent": round(min(1.0, max(0.0, float(share))) * 100, 1), "label": label}


@register.inclusion_tag("ui/sparkline.html")
def sparkline(values: Sequence[Number], label: object = "", width: int = 120, height: int = 28) -> dict[str, Any]:
    """{% sparkline months label="…" %} – a small line without axes; the label says what it shows."""
    return {"label": label, "width": width, "height": height} | figures.spark(values, width, height)


@register.inclusion_tag("ui/chart.html")
def chart(shown: charts.Chart) -> dict[str, Any]:
    """{% chart months %} – a drawn table; each point opens its rows. `months` is a `ritm.shell.charts.Chart`."""
    return {"chart": shown}


@register.simple_block_tag
def panel(content: SafeString, title: object = "", extra: str = "") -> SafeString:
    """{% panel title="…" %}…{% endpanel %} – a card with a heading."""
    return render_to_string("ui/panel.html", {"content": content, "title": title, "extra": extra})


@register.simple_block_tag
def menu(content: SafeString, label: object = "", icon: str = "", extra: str = "", quiet: bool = False) -> SafeString:
    """{% menu label="…" icon="ellipsis" %}…{% endmenu %} – a button that opens a list of `.menu__item`s."""
    return render_to_string(
        "ui/menu.html", {"content": content, "label": label, "icon": icon, "extra": extra, "quiet": quiet}
    )


@register.simple_block_tag
def dialog(content: SafeString, id: str, title: object = "", drawer: bool = False) -> SafeString:
    """{% dialog id="…" title="…" %}…{% enddialog %} – opened by a button with data-open="id"."""
    return render_to_string("ui/dialog.html", {"content": content, "id": id, "title": title, "drawer": drawer})
