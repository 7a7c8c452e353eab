"""
The office that every test works in.

**Vera** heads the north unit; **Max** sells in it; **Lena** sells in the south unit and must see none of it;
**Oleg** keeps accounts; **Nina** directs; **Adam** administers; **Dina** takes orders; **Rita** works for the
other organisation and must see nothing at all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from ritm.journal import tenancy
from ritm.staff import operations, queries
from ritm.staff.models import Employee, Organisation, Person, Unit
from ritm.staff.viewer import Viewer

NOW = dt.datetime(2026, 3, 16, 9, 0, tzinfo=dt.UTC)  # a Monday, noon in Moscow
TODAY = NOW.date()
PASSWORD = "a-quiet-client-is-news"
NAMES = ("vera", "max", "lena", "oleg", "nina", "adam", "dina", "rita")


@dataclass
class Cast:
    """The people by name, and their two organisations."""

    home: Organisation
    other: Organisation
    north: Unit
    south: Unit
    vera: Employee
    max: Employee
    lena: Employee
    oleg: Employee
    nina: Employee
    adam: Employee
    dina: Employee
    rita: Employee

    def viewer(self, name: str, at: dt.datetime = NOW) -> Viewer:
        """The viewer of one of them; inside his organisation's wall."""
        employee: Employee = getattr(self, name)
        with tenancy.organisation(employee.organisation_id):
            viewer = queries.viewer_of(employee.pk, at=at)
        assert viewer is not None
        return viewer


def _person(name: str) -> Person:
    # An MD5 hash keeps sign-in in tests quick; the settings of the tests allow it.
    return Person.objects.create(
        email=f"{name}@example.com", name=name.title(), password=make_password(PASSWORD, hasher="md5"), created_at=NOW
    )


def assemble() -> Cast:
    """This function will open both organisations and hire the cast, and leave the home organisation's wall set."""
    people = {name: _person(name) for name in NAMES}
    other = operations.open_organisation(name="Правовой советник", at=NOW)
    rita = operations.hire(
        organisation=other,
        unit=Unit.objects.get(organisation=other),
        name="Рита",
        role="director",
        person=people["rita"],
        at=NOW,
    )
    home = operations.open_organisation(name="Север-Опт", at=NOW)
    root = Unit.objects.get(organisation=home, parent=None)
    north = operations.add_unit(organisation=home, name="Северный отдел", parent=root)
    south = operations.add_unit(organisation=home, name="Южный отдел", parent=root)

    def hire(name: str, shown: str, role: str, unit: Unit, *, heads: bool = False) -> Employee:
        return operations.hire(
            organisation=home, unit=unit, name=shown, role=role, person=people[name], heads=heads, at=NOW
        )

    return Cast(
        home=home,
        other=other,
        north=north,
        south=south,
        rita=rita,
        vera=hire("vera", "Вера", "head", north, heads=True),
        max=hire("max", "Макс", "sales", north),
        lena=hire("lena", "Лена", "sales", south),
        oleg=hire("oleg", "Олег", "accountant", root),
        nina=hire("nina", "Нина", "director", root),
        adam=hire("adam", "Адам", "administrator", root),
        dina=hire("dina", "Дина", "order_desk", root),
    )
