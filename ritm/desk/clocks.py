"""The desk's clocks: kept counts and sums are made fresh after all others have rung."""

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


CLOCKS.plug("desk.tally", order=900)(Clock("desk.tally", _count))
CLOCKS.plug("desk.sums", order=901)(Clock("desk.sums", _sum))
