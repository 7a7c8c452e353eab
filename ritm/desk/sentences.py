"""How the audit trail tells the news of the desk."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ritm.desk import events
from ritm.desk.models import Verdict
from ritm.journal.sentences import Payload, tell
from ritm.shell.writing import show_day_year

_RESULTS = dict(Verdict.Result.choices)


def _given(said: Payload) -> str:
    result = str(_RESULTS.get(said["result"], said["result"]))
    if said["until"] is None:
        return result
    day = show_day_year(dt.date.fromisoformat(said["until"]))
    return gettext("%(result)s, comes back on %(day)s") % {"result": result, "day": day}


def _pace(said: Payload) -> str:
    day = show_day_year(dt.date.fromisoformat(said["effective_on"]))
    return gettext("%(count)s items a day from %(day)s") % {"count": said["per_day"], "day": day}


tell(events.VerdictGiven, _("Result in the list of the day"), _given)
tell(events.VerdictUndone, _("Result in the list of the day taken back"))
tell(events.PaceSet, _("Length of the list of the day"), _pace)
