"""How the audit trail tells the news of the bridge."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ritm.bridge import events
from ritm.bridge.models import Import
from ritm.journal.sentences import SUBJECTS, Payload, Subject, tell


def _names(viewer: Any, ids: Collection[int]) -> dict[int, str]:
    if not viewer.may("import", "see"):
        return {}
    return dict(Import.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "filename"))


SUBJECTS.plug("import")(Subject("import", lazy("Import"), _names, lambda pk: reverse("bridge:import", args=[pk])))


def _finished(said: Payload) -> str:
    return _("%(filename)s: created %(created)s, changed %(changed)s, refused %(refused)s") % said


def _undone(said: Payload) -> str:
    if not said["kept"]:
        return str(said["filename"])
    return _("%(filename)s: %(kept)s rows stayed, somebody has touched them since") % said


tell(events.ImportFinished, lazy("File brought in"), _finished)
tell(events.ImportUndone, lazy("Import taken back"), _undone)
