"""
The transition log: every passage of a client from class to class, append-only once witnessed.

History that was imported is told afterwards: its rows say `reconstructed`, reach back MONTHS_TOLD (with the step
before, so that the class on any day in between is known) and are told anew when older orders arrive. A row that was
witnessed is never touched: when a late order shows that it was wrong, the log goes on with a step on the day this
became known.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db import connection

from ritm.kernel.calendar import add_months
from ritm.retention.operations.binary_copy import fill
from ritm.retention.operations.order_days import EPOCH
from ritm.retention.rules import class_history
from ritm.retention.rules.class_history import STATUSES, Steps
from ritm.retention.rules.rhythm import Rule, Status
from ritm.retention.rules.rhythm_arrays import Beats, Bools, Ints

MONTHS_TOLD = 24
# Two years of a million clients are a dozen million rows: a large base is told from half a year ago.
MONTHS_TOLD_OF_MANY = 6
MANY = 100_000

# One look-up per client, however long his history is.
_KNOWN = """
SELECT n.client_id, k."on" - date '2000-01-01', k.became, NOT k.reconstructed
FROM retention_touched n CROSS JOIN LATERAL (
    SELECT t."on", t.became, t.reconstructed FROM retention_transition t
    WHERE t.organisation_id = %s AND t.client_id = n.client_id AND t.clock = 'rhythm'
      AND (n.steady OR NOT t.reconstructed)
    ORDER BY t."on" DESC, t.id DESC LIMIT 1
) k
"""
_RETELL = """
DELETE FROM retention_transition t USING retention_touched n
WHERE t.organisation_id = %s AND t.client_id = n.client_id AND t.clock = 'rhythm' AND t.reconstructed
  AND NOT n.steady AND NOT EXISTS (
      SELECT FROM retention_transition w
      WHERE w.organisation_id = t.organisation_id AND w.client_id = t.client_id AND w.clock = 'rhythm'
        AND NOT w.reconstructed
  )
"""
_APPEND = f"""
INSERT INTO retention_transition (organisation_id, client_id, clock, was, became, "on", recorded_at, owner_id, worth,
                                  rule_version, inputs, reconstructed)
SELECT r.organisation_id, s.client_id, 'rhythm',
    (ARRAY[{", ".join(f"'{status}'" for status in STATUSES)}])[s.was + 1],
    (ARRAY[{", ".join(f"'{status}'" for status in STATUSES)}])[s.became + 1],
    s.on_day, %(at)s, c.owner_id, CASE WHEN NOT s.afterwards THEN r.annual_worth END, r.rule_version,
    CASE WHEN NOT s.afterwards AND s.on_day >= r.last_on THEN jsonb_build_object(
        'orders', r.orders, 'first_on', r.first_on, 'last_on', r.last_on, 'interval_days', r.interval_days,
        'base_interval', r.base_interval, 'expected_on', r.expected_on, 'slipping_on', r.slipping_on,
        'lost_on', r.lost_on, 'rule_version', r.rule_version) ELSE '{{}}' END,
    s.afterwards
FROM retention_steps s JOIN retention_rhythm r USING (client_id) JOIN clients_client c ON c.id = s.client_id
ORDER BY s.client_id, s.on_day, s.place
"""
_TYPES = {
    "client_id": "int8", "on_day": "date", "was": "int2", "became": "int2", "afterwards": "bool", "place": "int4",
}  # fmt: skip


def keep(
    *,
    touched: Ints,
    steady: Bools,
    client: Ints,
    beats: Beats,
    organisation_id: int,
    today: dt.date,
    rule: Rule,
    base: int,
    at: dt.datetime,
) -> None:
    """
    This function will log how the `touched` clients (sorted ids) came to the class that they have now.

    `client` and `beats` are those of all their order days up to `today`, `base` is how many clients the organisation
    has. Those of the touched who are `steady` have the same order days as when they were last told: their history is
    not told again, only continued. Told twice, it writes nothing new.
    """
    mine = np.isin(client, touched)
    since = add_months(today, -(MONTHS_TOLD_OF_MANY if base > MANY else MONTHS_TOLD)).toordinal()
    told = class_history.steps(client[mine], beats.take(mine), today.toordinal(), since, rule)
    with connection.cursor() as cursor:
        fill("retention_touched", {"client_id": "int8", "steady": "bool"}, {"client_id": touched, "steady": steady})
        cursor.execute(_KNOWN, [organisation_id])
        known = cursor.fetchall()
        if len(known) < len(touched):
            cursor.execute(_RETELL, [organisation_id])
        steps, afterwards = _new_steps(touched, told, known, today.toordinal())
        if not len(steps.client):
            return
        fill(
            "retention_steps",
            _TYPES,
            {
                "client_id": steps.client, "on_day": steps.on - EPOCH, "was": steps.was, "became": steps.became,
                "afterwards": afterwards, "place": np.arange(len(steps.client)),
            },
        )  # fmt: skip
        cursor.execute(_APPEND, {"at": at})


def _new_steps(
    touched: Ints, told: Steps, known: list[tuple[int, int, str, bool]], today: int
) -> tuple[Steps, np.ndarray]:
    """What the log does not say yet: everything for clients of whom nothing is known, the sequel for the others."""
    size = len(touched)
    last_on = np.full(size, -1, np.int64)
    last_class = np.full(size, class_history.PROSPECT, np.int64)
    witnessed = np.zeros(size, np.bool_)
    place = {client: index for index, client in enumerate(touched.tolist())}
    for client_id, day, status, seen in known:
        witnessed[place[client_id]] = seen
        last_on[place[client_id]] = day + EPOCH
        last_class[place[client_id]] = STATUSES.index(Status(status))
    whose = np.searchsorted(touched, told.client)
    fresh = told.on > last_on[whose]
    sequel = told.take(fresh)
    whose = whose[fresh]

    # A late order may have made the last witnessed step wrong: say so today, in a step of its own.
    present = np.full(size, class_history.PROSPECT, np.int64)
    present[np.searchsorted(touched, told.client)] = told.became  # the last assignment wins: steps ascend by day
    reached = last_class.copy()
    reached[whose] = sequel.became
    wrong = np.flatnonzero(reached != present)
    client = np.append(sequel.client, touched[wrong])
    on = np.append(sequel.on, np.full(len(wrong), today))
    became = np.append(sequel.became, present[wrong])
    order = np.lexsort((on, client))
    client, on, became = client[order], on[order], became[order]
    was = np.append(0, became[:-1])[: len(client)]
    first = np.append(True, client[1:] != client[:-1])[: len(client)]
    was[first] = last_class[np.searchsorted(touched, client[first])]
    # Where nothing is known the first kept step tells by itself what came before it.
    own = np.append(sequel.was, reached[wrong])[order]
    unknown = first & (last_on[np.searchsorted(touched, client)] < 0)
    was[unknown] = own[unknown]
    steps = Steps(client, on, was, became).take(was != became)
    return steps, ~witnessed[np.searchsorted(touched, steps.client)] & (steps.on < today)
