"""News of the clients room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class ClientCreated(Event):
    name: ClassVar[str] = "clients.client_created"
    client_id: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ClientEdited(Event):
    """`fields` lists what changed; `before` and `after` give the values as text, in the same order."""

    name: ClassVar[str] = "clients.client_edited"
    client_id: int
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ClientAssigned(Event):
    name: ClassVar[str] = "clients.client_assigned"
    client_id: int
    former_owner_id: int | None
    owner_id: int | None
    why: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ClientsBroughtIn(Event):
    """A chunk of clients created or changed in bulk."""

    name: ClassVar[str] = "clients.clients_brought_in"
    client_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ClientsAssigned(Event):
    """A chunk of clients was given to one owner (None: nobody); a former owner of 0 means there was none."""

    name: ClassVar[str] = "clients.clients_assigned"
    client_ids: tuple[int, ...]
    former_owner_ids: tuple[int, ...]
    owner_id: int | None
    why: str


@dataclass(frozen=True, kw_only=True)
class ClientsGivenBack(Event):
    """A chunk of clients returned each to an owner of his own; 0 means nobody, before or after."""

    name: ClassVar[str] = "clients.clients_given_back"
    client_ids: tuple[int, ...]
    former_owner_ids: tuple[int, ...]
    owner_ids: tuple[int, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class ClientsReleased(Event):
    """A chunk of clients went to the exchange; a former owner of 0 means there was none."""

    name: ClassVar[str] = "clients.clients_released"
    client_ids: tuple[int, ...]
    former_owner_ids: tuple[int, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class ClientArchived(Event):
    name: ClassVar[str] = "clients.client_archived"
    client_id: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ClientRestored(Event):
    name: ClassVar[str] = "clients.client_restored"
    client_id: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ClientsWithdrawn(Event):
    """A chunk of clients that an import had created was taken back; their rows are gone."""

    name: ClassVar[str] = "clients.clients_withdrawn"
    client_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ClientsArchived(Event):
    """A chunk of clients was put away."""

    name: ClassVar[str] = "clients.clients_archived"
    client_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ClientsTagged(Event):
    """A chunk of clients got a tag, or lost it (`off`)."""

    name: ClassVar[str] = "clients.clients_tagged"
    client_ids: tuple[int, ...]
    tag: str
    off: bool = False


@dataclass(frozen=True, kw_only=True)
class ClientsBatchUndone(Event):
    """A bulk change was taken back; `kept` clients had been changed since and stayed as they are."""

    name: ClassVar[str] = "clients.batch_undone"
    batch_id: int
    title: str
    restored: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class ClientsExported(Event):
    """Somebody took clients out of the house: which list, as what, how many rows."""

    name: ClassVar[str] = "clients.exported"
    query: str
    format: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ClientsFilledIn(Event):
    """
    An own field (its token) of many clients was filled in with one value, as `own_values.kept` writes it ('' emptied),
    or put back as it was in each of them (`undone`).
    """

    name: ClassVar[str] = "clients.clients_filled_in"
    client_ids: tuple[int, ...]
    field: str
    value: str
    undone: bool = False


@dataclass(frozen=True, kw_only=True)
class ClientsBatchEnded(Event):
    """
    A job with a change of many clients, or with its undo, has ended for `employee_id`, who began it.

    `state` is the batch's; `done` were changed (put back by an undo), `left` were left as they were (kept by an undo).
    """

    name: ClassVar[str] = "clients.batch_ended"
    batch_id: int
    employee_id: int | None
    title: str
    state: str
    done: int
    left: int


@dataclass(frozen=True, kw_only=True)
class ClientsMerged(Event):
    """Two clients turned out to be one: `gone_id` went into `client_id`, or came back (`undone`)."""

    name: ClassVar[str] = "clients.clients_merged"
    client_id: int
    gone_id: int
    undone: bool = False

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class OwnFieldChanged(Event):
    """An own field was 'defined', 'changed', 'moved', 'put_away' or 'brought_back'."""

    name: ClassVar[str] = "clients.own_field_changed"
    field_id: int
    noun: str
    what: str
    field_name: str


@dataclass(frozen=True, kw_only=True)
class ConsentTextWritten(Event):
    name: ClassVar[str] = "clients.consent_text_written"
    purpose: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    name: ClassVar[str] = "clients.consent_given"
    client_id: int
    consent_id: int
    purpose: str
    how: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    name: ClassVar[str] = "clients.consent_withdrawn"
    client_id: int
    consent_id: int
    purpose: str
    how: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """Everything that names a person was erased: a `contact` of a client, or the client himself. Says not who."""

    name: ClassVar[str] = "clients.person_erased"
    client_id: int
    contact: bool

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)
