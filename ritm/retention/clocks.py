"""The room's clocks, plugged in for `ritm tick`."""

from __future__ import annotations

import datetime as dt

from ritm.kernel.clock import CLOCKS, Clock


def _ring(organisation_id: int, now: dt.datetime) -> int:
    from ritm.retention.operations import rhythm_clock

    return rhythm_clock.tick(organisation_id=organisation_id, now=now)


CLOCKS.plug("rhythm")(Clock("rhythm", _ring))
