"""The lines of a client's page, written in Python: it has dozens, where an include apiece is most of the time."""

from __future__ import annotations

from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ritm.clients.models import Address, Client, Email, Phone
from ritm.clients.queries import OwnLine
from ritm.shell.addresses import address
from ritm.shell.icons import icon
from ritm.shell.templatetags.ritm import phone as show_phone

register = template.Library()


@register.simple_tag
def fact(client: Client, name: str, label: object, value: object) -> SafeString:
    """{% fact client "source" _("Source") client.source %} – one fact, and the way to mend it for who may."""
    said = "<br>".join(escape(str(value)).splitlines()) if value else ""
    if client.may_edit:  # type: ignore[attr-defined]
        to = address("clients:field", client.pk, name)
        shown = said or f'<span class="fact__add">{escape(_("add"))}</span>'
        said = (
            f'<a class="fact__edit" href="{to}" hx-get="{to}" hx-target="closest .fact" hx-swap="outerHTML">'
            f"{shown}{icon('pencil')}</a>"
        )
    # Addresses are ours, words are escaped above.
    return mark_safe(  # noqa: S308
        f'<div class="fact"><dt>{escape(str(label))}</dt><dd class="fact__value">{said or "–"}</dd></div>'
    )


@register.simple_tag
def own_fact(client: Client, line: OwnLine) -> SafeString:
    """{% own_fact client line %} – one own field, and the way to mend it for who may."""
    definition, said = line.definition, escape(line.shown)
    if client.may_edit:  # type: ignore[attr-defined]
        to = address("clients:own_value", client.pk, definition.key)
        empty = ("missing", _("fill in")) if line.missing else ("add", _("add"))
        shown = said or f'<span class="fact__{empty[0]}">{escape(empty[1])}</span>'
        said = (
            f'<a class="fact__edit" href="{to}" hx-get="{to}" hx-target="closest .fact" hx-swap="outerHTML">'
            f"{shown}{icon('pencil')}</a>"
        )
    hint = f' title="{escape(definition.help)}"' if definition.help else ""
    return mark_safe(  # noqa: S308 - as above
        f'<div class="fact"><dt{hint}>{escape(definition.name)}</dt><dd class="fact__value">{said or "–"}</dd></div>'
    )


@register.simple_tag
def part(client: Client, one: Phone | Email | Address) -> SafeString:
    """{% part client phone %} – a number, an e-mail or an address, and the way to mend it for who may."""
    kind, shown, said = _said(one)
    mend = ""
    if client.may_edit:  # type: ignore[attr-defined]
        to = address("clients:part", client.pk, kind, one.pk)
        label = escape(_("Edit %(shown)s") % {"shown": shown})
        mend = (
            f'<a class="fact__edit" href="{to}" hx-get="{to}" hx-target="closest .fact" hx-swap="outerHTML"'
            f' aria-label="{label}">{icon("pencil")}</a>'
        )
    return mark_safe(f'<div class="fact fact--part">{mend}{said}</div>')  # noqa: S308 - as above


def _said(one: Any) -> tuple[str, str, str]:
    if isinstance(one, Phone):
        to, words = escape(one.e164), escape(show_phone(one.e164, one.extension))
        return "phone", one.e164, f'{icon("phone")}<a class="fact__main" href="tel:{to}">{words}</a>'
    if isinstance(one, Email):
        to = escape(one.address)
        return "email", one.address, f'{icon("mail")}<a class="fact__main" href="mailto:{to}">{to}</a>'
    words, kind = escape(one.text), escape(str(one.get_kind_display()))
    return (
        "address",
        one.text,
        f'{icon("map-pin")}<span class="fact__main">{words} <span class="muted">{kind}</span></span>',
    )
