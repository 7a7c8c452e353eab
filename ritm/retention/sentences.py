"""How the audit trail tells the news of the retention room, and which obligations LEAVERS shows of who leaves."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ritm.clients.sentences import many, only_one
from ritm.journal.sentences import Payload, tell
from ritm.retention import events
from ritm.retention.models import Claim
from ritm.retention.rules.feeds import Feed
from ritm.shell.chips import STATUSES, ZONES, Chip
from ritm.shell.writing import show_day_year, show_month
from ritm.staff.sockets import LEAVERS, Holding
from ritm.staff.viewer import Viewer


def _day(text: str) -> str:
    return show_day_year(dt.date.fromisoformat(text))


def _passages(said: Payload, chips: Mapping[str, Chip]) -> str:
    """'active → slipping: 3; overdue → lost: 1', most first."""
    counted = Counter(zip(said["was"], said["became"], strict=True))

    def word(code: str) -> str:
        return str(chips[code].word) if code in chips else "–"

    return "; ".join(f"{word(was)} → {word(became)}: {count}" for (was, became), count in counted.most_common())


def _fitted(said: Payload) -> str:
    month = show_month(dt.date.fromisoformat(said["month"]))
    return gettext("months: %(months)s, the last is %(month)s") % {"months": said["months"], "month": month}


def _ended(said: Payload) -> str:
    met = sum(said["met"])
    return gettext("met by a contact: %(met)s, back to the exchange: %(gone)s") % {
        "met": met,
        "gone": len(said["met"]) - met,
    }


def _policy(said: Payload) -> str:
    words = {"version": said["version"], "day": _day(said["effective_on"])}
    if said["taken_back"]:
        return gettext("version %(version)s of %(day)s is taken back") % words
    return gettext("version %(version)s, in force from %(day)s") % words


tell(events.StatusesChanged, _("Classes of rhythm"), lambda said: _passages(said, STATUSES), only_one)
tell(events.PriorFitted, _("Usual rhythm of the base worked out anew"), _fitted)
tell(events.ZonesChanged, _("Zones of contact"), lambda said: _passages(said, ZONES), only_one)
tell(events.ZoneWarningsGiven, _("Owners warned of a zone"), many, only_one)
tell(
    events.ClientClaimed,
    _("Taken from the exchange"),
    lambda said: gettext("contact is due by %(day)s") % {"day": _day(said["obliged_until"])},
)
tell(events.ObligationsGiven, _("Given from the exchange: a contact is owed"), many, only_one)
tell(events.ClaimsEnded, _("Obligations of the exchange ended"), _ended, only_one)
tell(events.PolicyChanged, _("Rules of zones and the exchange"), _policy)
tell(
    events.RhythmRuleChanged,
    _("Rule of rhythm"),
    lambda said: (
        gettext("version %(version)s, in force from %(day)s")
        % {"version": said["version"], "day": _day(said["effective_on"])}
    ),
)
_FEEDS: dict[str, Any] = {Feed.ORDERS: _("orders"), Feed.CALLS: _("calls"), Feed.LETTERS: _("letters and messages")}


def _feed(said: Payload) -> str:
    return str(_FEEDS.get(said["feed"], said["feed"]))


tell(
    events.FeedFellSilent,
    _("News stopped coming: zones and classes are held"),
    lambda said: gettext("%(feed)s, the last on %(day)s") % {"feed": _feed(said), "day": _day(said["last_on"])},
)
tell(events.FeedSpokeAgain, _("News comes again: what was held follows"), _feed)
tell(
    events.SilenceAccepted, _("It is really quiet: what was held follows"), lambda said: f"{_feed(said)}: {said['why']}"
)
tell(
    events.SilenceExcused,
    _("Silence excused"),
    lambda said: gettext("until %(day)s: %(why)s") % {"day": _day(said["until"]), "why": said["why"]},
)
tell(events.ExcuseEnded, _("Excused silence ended"))
tell(events.SilenceDoubted, _("A silence is not believed any more: it holds again"), _feed)
tell(
    events.BacktestStarted,
    _("Rules tried on history"),
    lambda said: f"{_day(said['since'])} – {_day(said['until'])}",
)
tell(
    events.BacktestFinished,
    _("Rules tried on history: done"),
    lambda said: gettext("rows: %(count)s") % {"count": said["cases"]},
)


def _open_claims(viewer: Viewer, employee_id: int) -> int:
    rows = Claim.objects.visible_to(viewer).filter(
        employee_id=employee_id, client__archived_at=None, met_on=None, returned_on=None
    )
    return int(rows.count())


LEAVERS.plug("obligations", order=20)(
    Holding(
        "obligations",
        _("Contacts promised for clients of the exchange"),
        _open_claims,
        lambda pk: f"{reverse('clients:list')}?owner={pk}",
    )
)
