"""Saved views: a list that somebody wants to come back to."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients.models import SavedView
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee

MOST = 30


@transaction.atomic
def save_view(*, name: str, query: str, scope: str, by: Actor, at: dt.datetime) -> SavedView:
    """This function will keep a list's query string under a name, for its author, his unit or everybody."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refusal(_("Give the view a name of at most 60 letters."), code="required", field="name")
    if scope not in SavedView.Scope.values:
        raise Refusal(_("Choose who sees the view."), code="scope", field="scope")
    author = Employee.objects.get(pk=by.employee_id or 0)
    if SavedView.objects.filter(organisation_id=by.organisation_id, employee_id=author.pk).count() >= MOST:
        raise Refusal(_("You have %(count)s views already: remove one first.") % {"count": MOST}, code="many")
    return SavedView.objects.create(
        organisation_id=by.organisation_id,
        name=name,
        query=query,
        scope=scope,
        employee=author,
        unit_id=author.unit_id,
        created_at=at,
    )


@transaction.atomic
def forget_view(*, view: SavedView) -> None:
    """This function will remove a saved view; the clients in it are not touched."""
    view.delete()
