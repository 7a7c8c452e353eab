"""The desk's clock, plugged in for `ritm tick` and the worker: kept counts are made fresh after the other clocks."""

from __future__ import annotations

import datetime as dt

from ritm.kernel.clock import CLOCKS, Clock


def _count(organisation_id: int, now: dt.datetime) -> int:
    from ritm.desk import tally
    from ritm.journal import tenancy

    with tenancy.organisation(organisation_id):
        return tally.refresh(organisation_id)


CLOCKS.plug("desk.tally", order=900)(Clock("desk.tally", _count))
