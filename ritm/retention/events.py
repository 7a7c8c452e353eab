"""News of the retention room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class StatusesChanged(Event):
    """A chunk of clients passed to other statuses; the three tuples have one length."""

    name: ClassVar[str] = "retention.statuses_changed"
    client_ids: tuple[int, ...]
    was: tuple[str, ...]
    became: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PriorFitted(Event):
    """The population's numbers of `months` months, the last of them `month`; `base_interval` is G0 in days."""

    name: ClassVar[str] = "retention.prior_fitted"
    month: dt.date
    months: int
    base_interval: float


@dataclass(frozen=True, kw_only=True)
class ZonesChanged(Event):
    """A chunk of clients passed to other contact zones; the three tuples have one length."""

    name: ClassVar[str] = "retention.zones_changed"
    client_ids: tuple[int, ...]
    was: tuple[str, ...]
    became: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ZoneWarningsGiven(Event):
    """Owners were warned that these clients will soon turn into a worse zone."""

    name: ClassVar[str] = "retention.zone_warnings_given"
    client_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ClientClaimed(Event):
    """Somebody took a client from the exchange and owes him a contact by `obliged_until`."""

    name: ClassVar[str] = "retention.client_claimed"
    client_id: int
    employee_id: int
    former_owner_id: int | None
    obliged_until: dt.date

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ClaimsEnded(Event):
    """Claims ended: met by a contact, or the clients went back to the exchange. The three tuples have one length."""

    name: ClassVar[str] = "retention.claims_ended"
    client_ids: tuple[int, ...]
    employee_ids: tuple[int, ...]
    met: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Event):
    """The zone policy of the organisation (unit None) or of a unit got a new version, or one was taken back."""

    name: ClassVar[str] = "retention.policy_changed"
    version: int
    unit_id: int | None
    effective_on: dt.date
    taken_back: bool


@dataclass(frozen=True, kw_only=True)
class RhythmRuleChanged(Event):
    """The constants of the rhythm rule have a new version, in force from a day on."""

    name: ClassVar[str] = "retention.rhythm_rule_changed"
    version: int
    effective_on: dt.date


@dataclass(frozen=True, kw_only=True)
class BacktestStarted(Event):
    """Somebody tries rules on the organisation's own history."""

    name: ClassVar[str] = "retention.backtest_started"
    backtest_id: int
    since: dt.date
    until: dt.date


@dataclass(frozen=True, kw_only=True)
class BacktestFinished(Event):
    """A back-test has its numbers."""

    name: ClassVar[str] = "retention.backtest_finished"
    backtest_id: int
    cases: int


@dataclass(frozen=True, kw_only=True)
class ObligationsGiven(Event):
    """Clients were given to owners straight from the exchange: the first contact is owed, as after a claim."""

    name: ClassVar[str] = "retention.obligations_given"
    client_ids: tuple[int, ...]
    employee_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class FeedFellSilent(Event):
    """A source of contact is quiet beyond its norm since `last_on`: worse zones, releases or classes are held."""

    name: ClassVar[str] = "retention.feed_fell_silent"
    feed: str
    last_on: dt.date


@dataclass(frozen=True, kw_only=True)
class FeedSpokeAgain(Event):
    """A source of contact that was quiet speaks again: what was held follows."""

    name: ClassVar[str] = "retention.feed_spoke_again"
    feed: str


@dataclass(frozen=True, kw_only=True)
class SilenceAccepted(Event):
    """Somebody said that a source of contact is really quiet, and why: what was held follows."""

    name: ClassVar[str] = "retention.silence_accepted"
    feed: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SilenceDoubted(Event):
    """What was said of a silence was taken back: the feed holds again."""

    name: ClassVar[str] = "retention.silence_doubted"
    feed: str


@dataclass(frozen=True, kw_only=True)
class SilenceExcused(Event):
    """A client's silence is excused until a day (included), for a reason."""

    name: ClassVar[str] = "retention.silence_excused"
    client_id: int
    until: dt.date
    why: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ExcuseEnded(Event):
    """An excused silence was ended before its day: the clock of contact runs again."""

    name: ClassVar[str] = "retention.excuse_ended"
    client_id: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)
