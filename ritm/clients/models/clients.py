"""Nouns of the clients room: clients, their contacts, numbers, addresses, requisites, and who owns them."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar, Literal, TypeVar, cast

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from ritm.kernel.reach import Reach
from ritm.staff.models import Employee, Owned, OwnedQuerySet, Unit
from ritm.staff.viewer import Viewer

M = TypeVar("M", bound=models.Model)


Exchange = Literal["all", "open", "none"]
# What changes a client or what belongs to him: nobody does that to one whose contacts are hidden until a claim.
ACTS = frozenset(["create", "edit", "assign", "archive"])
# To stand in for a colleague is to work with his clients: whose they are, and what leaves the house, his head decides.
HEADS_VERBS = frozenset(["assign", "archive", "export", "erase"])


def within_reach(
    viewer: Viewer, reach: Reach, prefix: str = "", *, exchange: Exchange = "all", standing_in: bool = True
) -> Q:
    """
    This function will give the condition 'a client within `reach`', for rows that reach him by `prefix`.

    Clients on the exchange (released, without an owner) are within reach of everybody who sells: all of them, only
    those whose contacts are 'open', or 'none' (docs/adr/0015-hidden-contacts.md).
    """
    if reach == Reach.ORGANISATION:
        return Q()
    if reach == Reach.NOBODY:
        return Q(pk__in=[])
    return reduce(or_, reaches(viewer, reach, prefix, exchange=exchange, standing_in=standing_in))


def reaches(
    viewer: Viewer, reach: Reach, prefix: str = "", *, exchange: Exchange = "all", standing_in: bool = True
) -> list[Q]:
    """This function will give the parts that `within_reach` joins, for a reach between nobody and everybody."""
    parts = [Q(**{f"{prefix}owner_id__in": viewer.people(reach, standing_in=standing_in)})]
    if reach == Reach.UNIT:
        parts.append(Q(**{f"{prefix}owner_id__isnull": True, f"{prefix}unit_id__in": viewer.units}))
    if viewer.sells and exchange != "none":
        released = Q(**{f"{prefix}released_at__isnull": False})
        parts.append(released & Q(**{f"{prefix}contacts_hidden": False}) if exchange == "open" else released)
    return parts


def only_by_exchange(viewer: Viewer, client: Client) -> bool:
    """This function will say whether the viewer sees this client only because he is on the exchange."""
    reach = viewer.reach("client")
    beside = reach == Reach.ORGANISATION or (reach == Reach.UNIT and client.unit_id in viewer.units)
    return client.released_at is not None and not beside


def hides_contacts(viewer: Viewer, client: Client) -> bool:
    """This function will say whether the client's people, numbers and e-mails are hidden from the viewer."""
    return client.contacts_hidden and only_by_exchange(viewer, client)


def _open_to(viewer: Viewer, noun: str, verb: str, prefix: str = "") -> Q:
    """Whom the viewer sees, and on whom he may do `verb` to `noun`: a role may see further than it acts, or act
    further than it sees."""
    reaches = {viewer.reach("client"), viewer.reach(noun, verb)}
    found = Q(organisation_id=viewer.organisation_id)
    for reach in sorted(reaches):
        found &= within_reach(
            viewer, reach, prefix, exchange="open" if verb in ACTS else "all", standing_in=verb not in HEADS_VERBS
        )
    return found


class ClientQuerySet(OwnedQuerySet["Client"]):
    """Clients within somebody's reach."""

    def visible_to(self, viewer: Viewer, verb: str = "see", noun: str = "client") -> ClientQuerySet:
        """This function will keep the clients whom the viewer sees and for whom he may do `verb` to `noun`."""
        return self.filter(_open_to(viewer, noun, verb))


class OfClientQuerySet(OwnedQuerySet[M]):
    """Rows that belong to a client: seen by whoever sees the client."""

    def visible_to(self, viewer: Viewer, verb: str = "see", noun: str = "client") -> OfClientQuerySet[M]:
        """This function will keep the rows of clients whom the viewer sees and for whom he may do `verb` to `noun`."""
        return self.filter(_open_to(viewer, noun, verb, "client__"))


class DetailQuerySet(OfClientQuerySet[M]):
    """Ways to reach a client: hidden with him on the exchange until somebody claims him, where the policy says so."""

    def visible_to(self, viewer: Viewer, verb: str = "see", noun: str = "client") -> DetailQuerySet[M]:
        """This function will keep the rows of clients whom the viewer sees and whose contacts are not hidden."""
        found = within_reach(viewer, viewer.reach("client"), "client__", exchange="open")
        return cast("DetailQuerySet[M]", super().visible_to(viewer, verb, noun)).filter(found)

    def listed_to(self, viewer: Viewer) -> DetailQuerySet[M]:
        """This function will keep what a list may show: nothing of the exchange, where opened cards are counted."""
        found = within_reach(viewer, viewer.reach("client"), "client__", exchange="none")
        return self.filter(found, organisation_id=viewer.organisation_id)


class Client(Owned):
    """A company, a sole trader or a household: whoever buys."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        SOLE_TRADER = "sole_trader", _("sole trader")
        HOUSEHOLD = "household", _("household")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COMPANY)
    name = models.CharField(_("name"), max_length=300)
    full_name = models.CharField(_("full legal name"), max_length=500, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    # The client's id in the accounting system or in the file he came from; text exactly as received.
    external_id = models.CharField(max_length=100, null=True, blank=True)
    owner = models.ForeignKey(
        Employee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("owner"),
    )
    unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("unit"),
    )
    released_at = models.DateTimeField(null=True, editable=False)  # on the exchange since
    # On the exchange, where the policy hides people, numbers and e-mails until somebody claims him.
    contacts_hidden = models.BooleanField(default=False, db_default=False, editable=False)
    source = models.CharField(_("source"), max_length=100, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    # What lists are sorted by and short fragments are looked for in: any case, ё as е.
    name_key = models.GeneratedField(
        expression=Replace(Lower("name"), Value("ё"), Value("е")),
        output_field=models.CharField(max_length=300),
        db_persist=True,
    )
    # Lower-case name, INN, numbers, e-mails and contact names: what 'search by any part' looks into.
    # Written by the SQL function clients_search_text alone (operations.search).
    search = models.TextField(default="", editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, editable=False)
    # He turned out to be another client, who has his rows now; he himself waits in the archive for an undo.
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    objects: ClassVar = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                name="client_external_once",
                condition=Q(external_id__isnull=False),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="client_has_name"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(owner__isnull=True),
                name="client_released_has_no_owner",
            ),
            models.CheckConstraint(
                condition=Q(contacts_hidden=False) | Q(released_at__isnull=False),
                name="client_hides_on_the_exchange",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "name_key", "id"], name="client_by_name"),
            models.Index(fields=["organisation", "created_at", "id"], name="client_by_created"),
            models.Index(fields=["organisation", "owner", "name_key", "id"], name="client_by_owner"),
            models.Index(fields=["organisation", "inn"], name="client_by_inn", condition=~Q(inn="")),
            models.Index(
                fields=["organisation", "released_at", "id"],
                name="client_released",
                condition=Q(released_at__isnull=False),
            ),
            models.Index(fields=["organisation", "unit", "id"], name="client_unowned", condition=Q(owner=None)),
            models.Index(
                fields=["organisation", "name_key", "id"],
                name="client_archived",
                condition=Q(archived_at__isnull=False),
            ),
            GinIndex(
                fields=["organisation", "search"],
                name="client_search",
                opclasses=["int8_ops", "gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Owned):
    """A person at a client's. Nobody is without a client: a lone person has a household."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    position = models.CharField(_("position"), max_length=150, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    is_main = models.BooleanField(_("main contact"), default=False)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = DetailQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Phone(Owned):
    """A number of a client, or of one of his contacts."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="+")
    e164 = models.CharField(_("number"), max_length=16)
    extension = models.CharField(_("extension"), max_length=10, blank=True)
    comment = models.CharField(max_length=100, blank=True)

    objects: ClassVar[Any] = DetailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "e164"], name="phone_by_number")]

    def __str__(self) -> str:
        return self.e164


class Email(Owned):
    """An e-mail address of a client, or of one of his contacts."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(_("e-mail"), max_length=254)

    objects: ClassVar[Any] = DetailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "address"], name="email_by_address")]

    def __str__(self) -> str:
        return self.address


class Address(Owned):
    """One of any number of addresses; `key` is the normalised form that equal addresses share."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("registered address")
        ACTUAL = "actual", _("actual address")
        DELIVERY = "delivery", _("delivery address")
        SITE = "site", _("site")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ACTUAL)
    text = models.CharField(_("address"), max_length=500)
    key = models.CharField(max_length=300, blank=True, editable=False)
    comment = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "key"], name="address_by_key", condition=~Q(key=""))]

    def __str__(self) -> str:
        return self.text


class Requisites(Owned):
    """Legal and bank details as they stood from a day on; the row without `valid_to` is the present one."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    legal_name = models.CharField(_("full legal name"), max_length=500, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    ogrn = models.CharField(_("OGRN"), max_length=15, blank=True)
    account = models.CharField(_("account"), max_length=20, blank=True)
    bik = models.CharField(_("BIK"), max_length=9, blank=True)
    bank = models.CharField(_("bank"), max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client"], name="requisites_one_present", condition=Q(valid_to=None))
        ]

    def __str__(self) -> str:
        return f"{self.inn} {self.kpp}".strip()


class Tenure(Owned):
    """The ledger of ownership: who had the client, from when to when, why, by which rule. Never overlaps."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    span = DateTimeRangeField()  # [from, to); unbounded while it lasts
    why = models.CharField(max_length=300)
    rule = models.CharField(max_length=60, blank=True)  # '' when a person decided
    by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_why = models.CharField(max_length=300, blank=True)
    ended_rule = models.CharField(max_length=60, blank=True)
    ended_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="tenure_one_owner_at_a_time",
                expressions=[("client", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "owner"], name="tenure_by_owner"),
            models.Index(fields=["organisation", "ended_rule"], name="tenure_by_rule", condition=~Q(ended_rule="")),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.owner_id} {self.span}"


class Tag(Owned):
    """A word that people put on clients; one word has one row per organisation."""

    name = models.CharField(_("name"), max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", Lower("name"), name="tag_once"),
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Tagging(Owned):
    """A client bears a tag."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "tag"], name="tagging_once")]
        indexes = [models.Index(fields=["organisation", "tag", "client"], name="tagging_by_tag")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.tag_id}"


class SavedView(Owned):
    """A list that somebody wants to come back to: its query string under a name, as a tab."""

    class Scope(models.TextChoices):
        PRIVATE = "private", _("only me")
        UNIT = "unit", _("my unit")
        ALL = "all", _("everybody")

    name = models.CharField(_("name"), max_length=60)
    query = models.TextField()
    scope = models.CharField(_("who sees it"), max_length=7, choices=Scope, default=Scope.PRIVATE)
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="savedview_has_name")]
        indexes = [models.Index(fields=["organisation", "employee"], name="savedview_of")]

    def __str__(self) -> str:
        return self.name


class Pair(Owned):
    """Two clients who may be one: a background search proposes, a person decides. `low` has the smaller id."""

    class Reason(models.TextChoices):
        INN = "inn", _("the same INN")
        PHONE = "phone", _("the same phone")
        EMAIL = "email", _("the same e-mail")
        ADDRESS = "address", _("the same address")

    low = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    high = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=8, choices=Reason)
    value = models.CharField(max_length=300)
    found_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high", "reason"], name="pair_once"),
            models.CheckConstraint(condition=Q(low__lt=models.F("high")), name="pair_in_order"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="pair_open", condition=Q(dismissed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} = {self.high_id}?"
