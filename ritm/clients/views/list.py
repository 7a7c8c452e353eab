"""The list of clients."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from ritm.clients import queries
from ritm.clients.listing.request import Asked, Listed
from ritm.clients.sockets import COLUMNS, FILTERS
from ritm.shell.htmx import is_htmx
from ritm.staff.doors import door


@require_safe
@door("client", "see")
def clients(request: HttpRequest) -> HttpResponse:
    """This view will show one page of the list that its URL asks for; htmx gets the table alone."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = Asked.read(request.GET)
    listed = queries.client_list(viewer, asked, now=timezone.now())
    context = {
        "listed": listed,
        "asked": asked,
        "heads": heads(listed),
        "rows": rendered_rows(listed),
        "chips": [(one, one.shown(viewer), asked.without(one).url()) for one in asked.conditions],
        "came_from": asked.url()[1:],
        "hidden": [pair for pair in asked.pairs() if pair[0] != "q"],
    }
    if is_htmx(request) and request.headers.get("HX-Target") == "list":
        return render(request, "clients/_list.html", context)
    context["filters"] = [(one, one.choices(viewer) if one.choices else ()) for one in FILTERS]
    context["may_create"] = viewer.may("client", "create")
    context["all_columns"] = [(column, column in listed.columns) for column in COLUMNS]
    context["not_columns"] = [pair for pair in asked.pairs() if pair[0] != "columns"]
    context["all_pairs"] = asked.pairs()
    return render(request, "clients/list.html", context)


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


def rendered_rows(listed: Listed) -> list[dict[str, Any]]:
    """
    This function will render the cells of every row.

    Each column's template is looked up once and rendered in one context, not included once per cell: on a page of
    fifty rows that is most of the time.
    """
    came_from = listed.asked.url()[1:]
    context = Context({"came_from": came_from})
    templates = [(column, get_template(column.template).template) for column in listed.columns]  # type: ignore[attr-defined]
    rows = []
    for client in listed.rows:
        cells: list[tuple[Any, SafeString]] = []
        for column, template in templates:
            with context.push(client=client, cell=listed.cells[column.key].get(client.pk)):
                context.template = template
                with context.render_context.push_state(template):
                    cells.append((column, template.nodelist.render(context)))
        rows.append({"client": client, "cells": cells})
    return rows
