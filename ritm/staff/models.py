"""Nouns of the staff room: organisations, units, teams, people, employees, roles."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.kernel.reach import Reach
from ritm.staff.viewer import Viewer

M = TypeVar("M", bound=models.Model)


class Organisation(models.Model):
    """A business on this installation. Its rows never meet another's."""

    name = models.CharField(_("name"), max_length=200)
    legal_name = models.CharField(_("full legal name"), max_length=400, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    timezone = models.CharField(_("time zone"), max_length=50, default="Europe/Moscow")
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    area_code = models.CharField(_("area code for short phone numbers"), max_length=8, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class OwnedQuerySet(models.QuerySet[M]):
    """Rows of an organisation. Every read begins with `visible_to`."""

    def visible_to(self, viewer: Viewer) -> OwnedQuerySet[M]:
        """This function will keep the viewer's organisation's rows; nouns with an owner narrow it further."""
        return self.filter(organisation_id=viewer.organisation_id)


class Owned(models.Model):
    """Base of every row that belongs to one organisation."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )

    objects: ClassVar = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class OwnedInBulk(Owned):
    """Base of rows that come by the million: the wall alone vouches for their organisation, see docs/adr."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        abstract = True


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody who signs in; may be an employee of several organisations. Belongs to the installation."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=2, default="ru", choices=[("ru", "Русский"), ("en", "English")]
    )
    theme = models.CharField(
        _("theme"),
        max_length=5,
        default="auto",
        choices=[("auto", _("as the system")), ("light", _("light")), ("dark", _("dark"))],
    )
    is_active = models.BooleanField(default=True)
    totp_secret = models.TextField(blank=True)  # encrypted by staff.secrets; empty while two-factor is off
    totp_confirmed_at = models.DateTimeField(null=True)
    totp_last_step = models.BigIntegerField(default=0)  # a code is good once
    recovery_codes = models.JSONField(default=list)  # hashes
    last_employee_id = models.BigIntegerField(null=True)  # the organisation to open next time
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    @property
    def has_second_factor(self) -> bool:
        return self.totp_confirmed_at is not None

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_lower")]

    def __str__(self) -> str:
        return self.name


class Unit(Owned):
    """A node of the organisation's tree. `path` is '/1/7/': ids from the root down to this one."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=150)
    head = models.ForeignKey("Employee", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    path = models.CharField(max_length=400, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "path"], name="unit_path", opclasses=["int8_ops", "text_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.name


class Role(Owned):
    """A named set of grants. `key` marks a shipped role; an administrator may change any and add others."""

    key = models.CharField(max_length=20, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    # Sells, and so may look at the exchange and be given clients.
    sells = models.BooleanField(_("works with clients of his own"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="role_name_once")]

    def __str__(self) -> str:
        return self.name


class Grant(Owned):
    """How far a role reaches with one verb on one noun; no row reaches nobody."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    noun = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    reach = models.PositiveSmallIntegerField(choices=[(r.value, r.name.lower()) for r in Reach])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "noun", "verb"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.noun}.{self.verb} {Reach(self.reach).name.lower()}"


class Employee(Owned):
    """A person's place in one organisation."""

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    position = models.CharField(_("position"), max_length=150, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    roles = models.ManyToManyField(Role, related_name="+", through="Assignment")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    extension = models.CharField(_("extension"), max_length=10, blank=True)
    capacity = models.PositiveIntegerField(_("how many clients he can carry"), default=400)
    external_id = models.CharField(max_length=100, blank=True)
    hired_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    away_until = models.DateField(null=True)
    substitute = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "unit"], name="employee_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], name="employee_once", condition=models.Q(person__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(Owned):
    """An employee holds a role."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "role"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.employee_id} is {self.role_id}"


class Team(Owned):
    """People who work on the same clients, whatever their units."""

    name = models.CharField(_("name"), max_length=150)
    members = models.ManyToManyField(Employee, related_name="+", through="Membership")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(Owned):
    """An employee is in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "employee"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.team_id}"


class InvitationQuerySet(OwnedQuerySet["Invitation"]):
    """Invitations by what became of them."""

    def open(self) -> InvitationQuerySet:
        """This function will keep the ones neither accepted nor withdrawn, run out or not."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(Owned):
    """A letter that lets somebody in. Only the token's hash is kept."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                name="invitation_open_once",
                condition=models.Q(accepted_at=None, withdrawn_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.email


class SignIn(models.Model):
    """
    A session, as the browser's cookie names it: one that a person can see and end. Of the installation, like him.

    Only the hash of the cookie's key is kept. `person` is null until the second factor has been given.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    data = models.TextField()
    expires_at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="signin_expired")]

    def __str__(self) -> str:
        return f"{self.person_id} since {self.at}"


class Attempt(models.Model):
    """One try to sign in, counted against the e-mail and the address it came from."""

    key = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_recent")]

    def __str__(self) -> str:
        return self.key


class SpecialDay(Owned):
    """A day that differs from Monday-to-Friday: a holiday, or a working Saturday. Editable."""

    day = models.DateField(_("day"))
    working = models.BooleanField(_("worked"))
    note = models.CharField(pgettext_lazy("day", "note"), max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="specialday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.note}"


class Token(Owned):
    """A key by which a program works in an employee's name; only its hash is kept, `head` helps to tell them apart."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    head = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("what it may do"), max_length=5, choices=Scope, default=Scope.READ)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["employee", "-id"], name="token_of_employee")]

    def __str__(self) -> str:
        return self.name
