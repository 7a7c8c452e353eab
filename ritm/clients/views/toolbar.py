"""What stands above the list: tabs, search, filters, columns. It says the same on every page but for the conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ritm.clients.listing.request import Asked
from ritm.clients.models import SavedView
from ritm.shell.kept import fill, kept, place
from ritm.staff.viewer import Viewer


def toolbar(request: HttpRequest, viewer: Viewer, asked: Asked, views: Iterable[SavedView]) -> SafeString:
    """This function will give the tabs and the tools of the list that stands below."""
    may = tuple(verb for verb in ("edit", "export") if viewer.may("client", verb))
    shown = asked.shown_columns
    tabs = tuple((view.pk, view.name, view.query, view.employee_id == viewer.employee_id) for view in views)
    # A number that anybody may write into the address would make a piece of its own each time.
    current = asked.view_id if asked.view_id in [tab[0] for tab in tabs] else -1
    pairs = asked.pairs()
    piece = kept(
        "clients/_toolbar.html",
        views=tabs,
        view_id=current if asked.view_id else None,
        may=(*may, "share") if viewer.reach("client") >= 3 else may,
        filters=tuple((one.key, str(one.label)) for one in asked.catalogue.filters.values()),
        columns=tuple((one.key, str(one.label), one in shown) for one in asked.catalogue.columns.values()),
        **{name: place(name) for name in ("q", "query", "asked_url", "hidden", "not_columns")},
        csrf_token=place("token"),
    )
    return fill(
        piece,
        q=asked.q,
        query=asked.url()[1:],
        asked_url=asked.url(),
        hidden=_inputs((name, value) for name, value in pairs if name != "q"),
        not_columns=_inputs((name, value) for name, value in pairs if name != "columns"),
        token=get_token(request),
    )


def _inputs(pairs: Iterable[tuple[str, Any]]) -> SafeString:
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)
