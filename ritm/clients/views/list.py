"""The list of clients."""

from __future__ import annotations

from html import escape
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from ritm.clients import queries
from ritm.clients.listing.request import Asked, Listed
from ritm.clients.views import saved
from ritm.clients.views.toolbar import toolbar
from ritm.shell.htmx import is_htmx
from ritm.staff.doors import door


@require_safe
@door("client", "see")
def clients(request: HttpRequest) -> HttpResponse:
    """This view will show one page of the list that its URL asks for; htmx gets the table alone."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = Asked.read(request.GET, viewer)
    if "add" in request.GET or len(request.GET.getlist("columns")) > 1:
        # One place has one address, whichever form led to it.
        return HttpResponseRedirect(reverse("clients:list") + asked.url())
    listed = queries.client_list(viewer, asked, now=timezone.now())
    context = {
        "listed": listed,
        "asked": asked,
        "heads": heads(listed),
        "rows": rendered_rows(listed) if listed.rows else "",
        "chips": [(one, one.shown(viewer), asked.without(one).url()) for one in asked.conditions],
        "came_from": asked.url()[1:],
        "summed": any(column.total for column in listed.columns),
        "may_assign": viewer.may("client", "assign"),
        "may_archive": viewer.may("client", "archive"),
        "may_fill_in": bool(asked.catalogue.own) and viewer.may("client", "edit"),
    }
    if is_htmx(request) and request.headers.get("HX-Target") == "list":
        return render(request, "clients/_list.html", context)
    context["toolbar"] = toolbar(request, viewer, asked, saved.views_of(viewer))
    context["may_create"] = viewer.may("client", "create")
    return render(request, "clients/list.html", context)


@require_safe
@door("client", "see")
def totals(request: HttpRequest) -> HttpResponse:
    """This view will give the footer of the table: sums over the whole list, asked for once the list is there."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = Asked.read(request.GET, viewer)
    found = queries.totals(viewer, asked)
    cells = [(column, found.sums.get(column.key, "") if found else "") for column in asked.shown_columns[1:]]
    return render(request, "clients/_totals.html", {"totals": found, "cells": cells})


@require_safe
@door("client", "see")
def condition(request: HttpRequest, key: str) -> HttpResponse:
    """This view will give the little form of one filter, with the choices that the viewer has."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = Asked.read(request.GET, viewer)
    known = asked.catalogue.filters.get(key)
    if known is None:
        raise Http404
    choices = known.choices(viewer) if known.choices else ()
    context = {"filter": known, "choices": choices, "pairs": asked.pairs()}
    return render(request, "clients/_filter.html", context)


def heads(listed: Listed) -> list[dict[str, Any]]:
    """This function will give the heads of the columns: the order they stand for now, and the one a click asks for."""
    asked = listed.asked
    made = []
    for column in listed.columns:
        current = column.key == asked.sort
        reverse = not asked.reverse if current else False
        down = column.order_by.startswith("-") != asked.reverse
        made.append(
            {
                "column": column,
                "url": asked.beside(sort=column.key, reverse=reverse).url() if column.order_by else "",
                "sorted": ("descending" if down else "ascending") if current else "",
            }
        )
    return made


def rendered_rows(listed: Listed) -> SafeString:
    """
    This function will render the rows of the table.

    Each column's template is looked up once and rendered in one context, and the tags around the cells are put
    together here: on a page of fifty rows an include per cell and a condition per tag are most of the time.
    """
    context = Context({"came_from": listed.asked.url()[1:]})
    columns = []
    for i, column in enumerate(listed.columns):
        template: Any = None if column.draw else get_template(column.template).template  # type: ignore[attr-defined]
        classes = ["table__number"] if column.align == "end" else []
        classes += [] if column.on_phone else ["clients__rest"]
        opening = format_html('<td class="{}">', " ".join(classes)) if i else '<th scope="row" class="table__name">'
        columns.append((column.draw, template, listed.cells[column.key], opening, "</td>" if i else "</th>"))
    pieces: list[str] = []
    came_from = listed.asked.url()[1:]
    for client in listed.rows:
        pieces.append(
            f'<tr data-row><td class="table__check"><input type="checkbox" name="client" value="{client.pk:d}"'
            f' data-select aria-label="{escape(client.name)}" form="selected"></td>'
        )
        for draw, template, cells, opening, closing in columns:
            if draw is not None:
                pieces += (opening, draw(client, cells.get(client.pk), came_from), closing)
                continue
            with context.push(client=client, cell=cells.get(client.pk)):
                context.template = template
                with context.render_context.push_state(template):
                    pieces += (opening, template.nodelist.render(context), closing)
        pieces.append("</tr>\n")
    # Every piece is either written above or came out of a template, escaped.
    return mark_safe("".join(pieces))  # noqa: S308
