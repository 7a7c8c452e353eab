"""News of the conversations room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class InteractionRecorded(Event):
    name: ClassVar[str] = "conversations.interaction_recorded"
    client_id: int
    interaction_id: int
    kind: str
    happened_at: dt.datetime
    result: str
    meaningful: bool

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class InteractionEdited(Event):
    """`fields` lists what changed; `before` and `after` give the values as text, in the same order."""

    name: ClassVar[str] = "conversations.interaction_edited"
    client_id: int
    interaction_id: int
    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    meaningful: bool

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class InteractionWithdrawn(Event):
    name: ClassVar[str] = "conversations.interaction_withdrawn"
    client_id: int
    interaction_id: int
    kind: str
    was_meaningful: bool

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class FilesAttached(Event):
    name: ClassVar[str] = "conversations.files_attached"
    client_id: int
    interaction_id: int
    names: tuple[str, ...]

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class FileRemoved(Event):
    name: ClassVar[str] = "conversations.file_removed"
    client_id: int
    interaction_id: int
    file: str

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)
