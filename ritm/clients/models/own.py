"""
Own fields: what an office wants to know of its clients that nobody foresaw, typed and indexed.

The definitions serve every noun; the values of each noun stand in a table of its own, beside its rows (`OwnValue` is
the shape of such a table, `sockets.OWN_NOUNS` the list of them).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from ritm.clients.models.clients import Client, OfClientQuerySet
from ritm.clients.rules.own import Kind
from ritm.staff.models import Owned


class OwnField(Owned):
    """A field that an administrator added to a noun. It is put away when nobody needs it, never deleted."""

    class Type(models.TextChoices):
        TEXT = Kind.TEXT.value, _("text")
        WHOLE = Kind.WHOLE.value, _("whole number")
        DECIMAL = Kind.DECIMAL.value, _("number with a fraction")
        MONEY = Kind.MONEY.value, _("money")
        DATE = Kind.DATE.value, _("date")
        YES_NO = Kind.YES_NO.value, _("yes or no")
        CHOICE = Kind.CHOICE.value, _("one of a list")
        CHOICES = Kind.CHOICES.value, _("several of a list")

    noun = models.CharField(max_length=20, editable=False)
    # Its name for files, addresses of lists and the API; it never changes.
    key = models.CharField(max_length=40, editable=False)
    kind = models.CharField(_("what it holds"), max_length=8, choices=Type)
    name = models.CharField(_("name"), max_length=80)
    help = models.CharField(_("hint"), max_length=200, blank=True)
    unit = models.CharField(_("unit of measure"), max_length=12, blank=True)
    required = models.BooleanField(_("must be filled in"), default=False)
    # Ids of the roles that see the field; empty: everybody who sees the noun.
    roles = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Ids of the units in which it is seen, with all below them and by who heads them from above; empty: in all.
    units = ArrayField(models.BigIntegerField(), default=list, blank=True)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "noun", "key"], name="ownfield_key_once"),
            models.UniqueConstraint(
                "organisation", "noun", Lower("name"), name="ownfield_name_once", condition=Q(archived_at=None)
            ),
            models.CheckConstraint(condition=~Q(name=""), name="ownfield_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class OwnOption(Owned):
    """One of the list that a field offers. Lists are kept, and sorted by, in the order in which options were added."""

    field = models.ForeignKey(OwnField, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("option"), max_length=80)
    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("field", Lower("name"), name="ownoption_once"),
            models.CheckConstraint(condition=~Q(name=""), name="ownoption_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class OwnValue(Owned):
    """
    The shape of a table of values: one row per thing and field, exactly one typed column filled.

    A table of it adds `subject_id` by a foreign key and the indexes of `own_indexes`.
    """

    field = models.ForeignKey(OwnField, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=500, null=True)
    # In any case, ё as е: what is sorted by and looked for.
    text_key = models.GeneratedField(
        expression=Replace(Lower("text"), Value("ё"), Value("е")),
        output_field=models.CharField(max_length=500),
        db_persist=True,
    )
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    date = models.DateField(null=True)
    flag = models.BooleanField(null=True)
    option = models.ForeignKey(OwnOption, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    options = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        abstract = True


SORTED = ("text_key", "number", "date", "flag", "option")


def own_indexes(subject: str, prefix: str) -> list[models.Index]:
    """This function will give the indexes of a table of values: each column in order of its values, and fragments."""
    return [
        *(
            models.Index(
                fields=["organisation", "field", column, subject],
                name=f"{prefix}_by_{column}",
                condition=Q(**{f"{column}__isnull": False}),
            )
            for column in SORTED
        ),
        GinIndex(
            fields=["organisation", "field", "text_key"],
            name=f"{prefix}_text",
            opclasses=["int8_ops", "int8_ops", "gin_trgm_ops"],
            condition=Q(text_key__isnull=False),
        ),
        GinIndex(
            fields=["organisation", "field", "options"],
            name=f"{prefix}_options",
            opclasses=["int8_ops", "int8_ops", "array_ops"],
            condition=Q(options__isnull=False),
        ),
    ]


class ClientValue(OwnValue):
    """What an own field says of a client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="own_values", db_index=False)

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "field"], name="clientvalue_once"),
            models.CheckConstraint(
                condition=Q(text__isnull=False)
                | Q(number__isnull=False)
                | Q(date__isnull=False)
                | Q(flag__isnull=False)
                | Q(option__isnull=False)
                | Q(options__isnull=False),
                name="clientvalue_says_something",
            ),
        ]
        indexes = own_indexes("client", "clientvalue")

    def __str__(self) -> str:
        return f"{self.client_id}: {self.field_id}"
