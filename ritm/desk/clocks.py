"""The desk's clocks, plugged in for `ritm tick` and the desk's job: kept sums are made fresh after the other clocks."""

from __future__ import annotations

import datetime as dt

from ritm.kernel.clock import CLOCKS, Clock


def _count(organisation_id: int, now: dt.datetime) -> int:
    from ritm.desk import tally
    from ritm.journal import tenancy

    with tenancy.organisation(organisation_id):
        return tally.refresh(organisation_id)


def _sum(organisation_id: int, now: dt.datetime) -> int:
    from ritm.desk.sums import keep

    return keep.keep(organisation_id, now)


OURS = (Clock("desk.tally", _count), Clock("desk.sums", _sum))
for order, clock in enumerate(OURS, 900):
    CLOCKS.plug(clock.key, order=order)(clock)
