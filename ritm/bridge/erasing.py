"""Files that were brought in hold names and numbers: they are forgotten with the person who asks for it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ritm.bridge import files
from ritm.bridge.models import Import
from ritm.clients.sockets import ERASERS, Eraser, Leaving, plug


def _kept(organisation_id: int) -> QuerySet[Import]:
    # One that is on its way needs its file until it is over.
    going = (Import.State.DRY, Import.State.RUNNING, Import.State.UNDOING)
    rows: QuerySet[Import] = Import.objects.filter(organisation_id=organisation_id).exclude(stored="")
    return rows.exclude(state__in=going)


def _count(who: Leaving) -> int:
    return _kept(who.organisation_id).count()


def _forget(who: Leaving) -> None:
    for source in _kept(who.organisation_id):
        transaction.on_commit(lambda stored=source.stored: files.forget(stored))  # type: ignore[misc]
    _kept(who.organisation_id).update(stored="")


plug(ERASERS, Eraser("bridge.files", _("files of imports, all of them"), _count, _forget))
