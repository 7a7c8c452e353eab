"""Who does something: a person at his desk, or the office itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Via = Literal["web", "api", "import", "rule", "clock", "command", "demo"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a change. `employee_id` is None when the office acts by itself (a clock, a rule)."""

    organisation_id: int
    employee_id: int | None = None
    via: Via = "web"
