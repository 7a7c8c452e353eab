"""Verbs of notices: make them of news, set-wise; mark them read; keep an employee's wishes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from ritm.clients.models import Client
from ritm.desk.models import Notice, NoticeWish
from ritm.kernel.calendar import local_date
from ritm.retention.models import Claim, ZoneWarning
from ritm.staff.models import Employee, Organisation

# More of one kind at once than this are told as one number.
EACH = 3
KEPT = dt.timedelta(days=90)


@transaction.atomic
def tell_owners(
    *,
    kind: str,
    client_ids: Sequence[int],
    entry_id: int,
    organisation_id: int,
    at: dt.datetime,
    but: int | None = None,
) -> int:
    """
    This function will tell each owner of these clients, but for the employee `but` who did it himself.

    A few clients are told one by one, many as a number. Who turned worse is told to whoever stands in for the owner,
    too. Returns the number of notices (four queries at most).
    """
    owned = Client.objects.filter(organisation_id=organisation_id, pk__in=client_ids, owner__left_on=None)
    rows = owned.exclude(owner=None).order_by("pk").values_list("owner_id", "pk")
    pairs = [row for row in rows if row[0] != but]
    count = _tell(kind, pairs, {}, entry_id, organisation_id, at)
    if kind in (Notice.Kind.YELLOW, Notice.Kind.RED):
        count += _tell_stand_ins(kind, pairs, {}, entry_id, organisation_id, at)
    return count


@transaction.atomic
def tell_former_owners(
    *, client_ids: Sequence[int], owner_ids: Sequence[int], entry_id: int, organisation_id: int, at: dt.datetime
) -> int:
    """This function will tell the former owners (0: there was none) that their clients went to the exchange."""
    known = set(Client.objects.filter(organisation_id=organisation_id, pk__in=client_ids).values_list("pk", flat=True))
    here = _working(organisation_id, owner_ids)
    pairs = [(o, c) for c, o in zip(client_ids, owner_ids, strict=True) if o in here and c in known]
    return _tell(Notice.Kind.RELEASED, pairs, {}, entry_id, organisation_id, at)


@transaction.atomic
def tell_of_warnings(*, client_ids: Sequence[int], entry_id: int, organisation_id: int, at: dt.datetime) -> int:
    """This function will tell owners, and who stands in for them, which boundary their clients will pass, and when."""
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
    given = ZoneWarning.objects.filter(
        organisation_id=organisation_id, client_id__in=client_ids, given_on=local_date(at, zone)
    )
    inputs = {
        row.client_id: {"boundary": row.boundary, "on": row.boundary_on.isoformat()} for row in given.order_by("id")
    }
    owned = Client.objects.filter(pk__in=inputs, owner__left_on=None).exclude(owner=None)
    pairs = list(owned.order_by("pk").values_list("owner_id", "pk"))
    count = _tell(Notice.Kind.WARNED, pairs, inputs, entry_id, organisation_id, at)
    return count + _tell_stand_ins(Notice.Kind.WARNED, pairs, inputs, entry_id, organisation_id, at)


@transaction.atomic
def tell_of_returns(
    *, client_ids: Sequence[int], employee_ids: Sequence[int], entry_id: int, organisation_id: int, at: dt.datetime
) -> int:
    """This function will tell who claimed these clients that they went back, as nobody talked to them in time."""
    known = set(Client.objects.filter(organisation_id=organisation_id, pk__in=client_ids).values_list("pk", flat=True))
    here = _working(organisation_id, employee_ids)
    pairs = [(e, c) for c, e in zip(client_ids, employee_ids, strict=True) if e in here and c in known]
    return _tell(Notice.Kind.RETURNED, pairs, {}, entry_id, organisation_id, at)


@transaction.atomic
def tell_of_obligations(*, organisation_id: int, at: dt.datetime) -> int:
    """
    This function will tell claimants, and who stands in for them, of first contacts due today or tomorrow, once each.
    """
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
    today = local_date(at, zone)
    due = Claim.objects.filter(
        organisation_id=organisation_id,
        client__archived_at=None,
        met_on=None,
        returned_on=None,
        obliged_until__gte=today,
        obliged_until__lte=today + dt.timedelta(days=1),
        employee__left_on=None,
    )
    told = set(
        Notice.objects.filter(
            organisation_id=organisation_id, kind=Notice.Kind.OBLIGED, at__gte=at - dt.timedelta(days=4)
        ).values_list("employee_id", "key")
    )
    claims = list(due)
    absent = _stand_ins([claim.employee_id for claim in claims], organisation_id, today)
    whom: list[tuple[Claim, int, dict[str, Any]]] = [(claim, claim.employee_id, {}) for claim in claims]
    whom += [
        (claim, absent[claim.employee_id].substitute_id, {"for": absent[claim.employee_id].name})
        for claim in claims
        if claim.employee_id in absent
    ]
    fresh = [
        Notice(
            organisation_id=organisation_id, employee_id=employee_id, kind=Notice.Kind.OBLIGED,
            client_id=claim.client_id, inputs={"on": claim.obliged_until.isoformat(), **more},
            key=f"obliged:{claim.pk}", at=at,
        )
        for claim, employee_id, more in whom
        if (employee_id, f"obliged:{claim.pk}") not in told
    ]  # fmt: skip
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


@transaction.atomic
def tell_who_began(
    *, kind: str, employee_id: int, inputs: dict[str, Any], entry_id: int, organisation_id: int, at: dt.datetime
) -> None:
    """This function will tell whoever began an import (IMPORTED) or a bulk change (BATCH) that it ended, and how."""
    row = Notice(
        organisation_id=organisation_id, employee_id=employee_id, kind=kind, inputs=inputs, key=f"{kind}:{entry_id}",
        at=at,
    )  # fmt: skip
    Notice.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def read(*, employee_id: int, at: dt.datetime, pk: int | None = None) -> int:
    """This function will mark one notice of the employee read, or all of them; the number that were unread."""
    rows = Notice.objects.filter(employee_id=employee_id, read_at=None)
    return rows.filter(**({} if pk is None else {"pk": pk})).update(read_at=at)


@transaction.atomic
def wish(*, employee: Employee, values: dict[str, Any]) -> NoticeWish:
    """This function will keep how an employee wants to be told."""
    row, _ = NoticeWish.objects.update_or_create(
        employee=employee, defaults={**values, "organisation_id": employee.organisation_id}
    )
    return row


@transaction.atomic
def forget_old(*, organisation_id: int, at: dt.datetime) -> int:
    """This function will drop notices that were read and are older than KEPT."""
    dropped, _ = Notice.objects.filter(
        organisation_id=organisation_id, read_at__isnull=False, at__lt=at - KEPT
    ).delete()
    return dropped


def _working(organisation_id: int, ids: Collection[int]) -> set[int]:
    found = Employee.objects.filter(organisation_id=organisation_id, pk__in=set(ids), left_on=None)
    return set(found.values_list("pk", flat=True))


class _Absent(NamedTuple):
    """Whoever stands in for somebody on leave, and the name of the latter."""

    substitute_id: int
    name: str


def _stand_ins(employee_ids: Collection[int], organisation_id: int, today: dt.date) -> dict[int, _Absent]:
    """Who of these employees is on leave on that day and has a substitute at work (`staff.queries`: one step only)."""
    rows = Employee.objects.filter(
        organisation_id=organisation_id, pk__in=set(employee_ids), left_on=None, away_until__gte=today,
        substitute__left_on=None, substitute__isnull=False,
    )  # fmt: skip
    return {pk: _Absent(substitute, name) for pk, substitute, name in rows.values_list("pk", "substitute_id", "name")}


def _tell_stand_ins(
    kind: str,
    pairs: Sequence[tuple[int, int]],
    inputs: dict[int, dict[str, Any]],
    entry_id: int,
    organisation_id: int,
    at: dt.datetime,
) -> int:
    """The same news to whoever stands in, by absent colleague: each says for whom."""
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
    count = 0
    for owner_id, absent in _stand_ins([o for o, _ in pairs], organisation_id, local_date(at, zone)).items():
        theirs = [(absent.substitute_id, client_id) for owner, client_id in pairs if owner == owner_id]
        more = {"for": absent.name, "owner": owner_id}
        count += _tell(kind, theirs, inputs, f"{entry_id}-{owner_id}", organisation_id, at, more)
    return count


def _tell(
    kind: str,
    pairs: Sequence[tuple[int, int]],
    inputs: dict[int, dict[str, Any]],
    entry: int | str,
    organisation_id: int,
    at: dt.datetime,
    more: dict[str, Any] | None = None,
) -> int:
    """One row per (employee, client), or one with a number where an employee has many."""
    whose: dict[int, list[int]] = defaultdict(list)
    for employee_id, client_id in pairs:
        whose[employee_id].append(client_id)
    rows = []
    for employee_id, ids in whose.items():
        each = ids if len(ids) <= EACH else [None]
        rows += [
            Notice(
                organisation_id=organisation_id, employee_id=employee_id, kind=kind, client_id=client_id,
                inputs=(inputs.get(client_id, {}) if client_id else {"count": len(ids)}) | (more or {}),
                key=f"{kind}:{entry}:{client_id or ''}", at=at,
            )
            for client_id in each
        ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)
