"""'Who can see this, and why': the walls of reach, read aloud for one record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from ritm.kernel.reach import Reach

_SQL = """
WITH owner AS (
    SELECT e.id, e.name, u.path,
        CASE WHEN e.left_on IS NULL AND e.away_until >= %(today)s THEN e.substitute_id END AS stands_in
    FROM staff_employee e JOIN staff_unit u ON u.id = e.unit_id
    WHERE e.id = %(owner)s AND e.organisation_id = %(organisation)s
), place AS (
    SELECT COALESCE(
        (SELECT path FROM owner),
        (SELECT path FROM staff_unit WHERE id = %(unit)s AND organisation_id = %(organisation)s)
    ) AS path
), reaching AS (
    SELECT DISTINCT ON (e.id) e.id, e.name, e.unit_id, g.reach, r.name AS role,
        bool_or(r.sells) OVER (PARTITION BY e.id) AS sells
    FROM staff_employee e
    JOIN staff_assignment a ON a.employee_id = e.id
    JOIN staff_role r ON r.id = a.role_id
    LEFT JOIN staff_grant g ON g.role_id = r.id AND g.noun = %(noun)s AND g.verb = 'see'
    WHERE e.organisation_id = %(organisation)s AND e.left_on IS NULL
    ORDER BY e.id, g.reach DESC NULLS LAST
)
SELECT x.id, x.name, COALESCE(x.reach, 0), x.role, x.sells,
    (SELECT name FROM owner),
    (SELECT t.name FROM staff_membership m JOIN staff_membership o ON o.team_id = m.team_id
        JOIN staff_team t ON t.id = m.team_id
        WHERE m.employee_id = x.id AND o.employee_id = (SELECT id FROM owner) ORDER BY t.name LIMIT 1),
    (SELECT u.name FROM staff_unit u, place WHERE u.head_id = x.id AND place.path LIKE u.path || '%%'
        ORDER BY length(u.path) LIMIT 1),
    (SELECT u.name FROM staff_unit u, place WHERE u.id = x.unit_id AND place.path LIKE u.path || '%%'),
    COALESCE(x.id = (SELECT stands_in FROM owner), false)
FROM reaching x ORDER BY x.name, x.id
"""


@dataclass(frozen=True)
class Sight:
    """Somebody who sees a record: how far his role reaches, and the sentence that says why he sees this one."""

    employee_id: int
    name: str
    reach: Reach
    sentence: str


def who_sees(
    noun: str,
    owner_id: int | None,
    unit_id: int | None,
    organisation_id: int,
    *,
    today: dt.date,
    released: bool = False,
) -> list[Sight]:
    """
    This function will list the employees who see a record on `today`, each with the reason, in one query.

    The record is told by its owner, or by its unit while it has none; `released` says that it is on the exchange.
    Runs inside the organisation's wall. The owner comes first, then by name.
    """
    with connection.cursor() as cursor:
        asked = {"noun": noun, "owner": owner_id, "unit": unit_id, "organisation": organisation_id, "today": today}
        cursor.execute(_SQL, asked)
        rows = cursor.fetchall()
    found = []
    for employee_id, name, step, role, sells, owner, team, headed, unit, stands_in in rows:
        reach = Reach(step)
        sentence = _why(
            reach,
            own=employee_id == owner_id,
            owned=owner_id is not None,
            sells=sells and released,
            role=role,
            owner=owner or "",
            team=team,
            headed=headed,
            unit=unit,
            stands_in=stands_in,
        )
        if sentence:
            found.append(Sight(employee_id, name, reach, sentence))
    return sorted(found, key=lambda sight: sight.employee_id != owner_id)


def _why(
    reach: Reach,
    *,
    own: bool,
    owned: bool,
    sells: bool,
    role: str,
    owner: str,
    team: str | None,
    headed: str | None,
    unit: str | None,
    stands_in: bool,
) -> str:
    # The same ladder as `Viewer.people` and `clients.within_reach`: a test walks both over the cast.
    if reach > Reach.NOBODY and own:
        return _("owner")
    if reach == Reach.ORGANISATION:
        return _("the role “%(role)s” sees everything in the organisation") % {"role": role}
    if reach == Reach.UNIT and headed:
        return _("heads “%(unit)s”") % {"unit": headed}
    if reach == Reach.UNIT and unit:
        return _("the role “%(role)s” sees the whole unit “%(unit)s”") % {"role": role, "unit": unit}
    if reach == Reach.TEAM and owned and team:
        return _("is with %(owner)s in the team “%(team)s”") % {"owner": owner, "team": team}
    if reach > Reach.NOBODY and stands_in:
        return _("stands in for %(owner)s") % {"owner": owner}
    if reach > Reach.NOBODY and sells:
        return _("sells, and this is on the exchange")
    return ""
