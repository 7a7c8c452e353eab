"""Which conversations count as contact: docs/rules/meaning.md has the reasons and worked tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Because = Literal["talked", "result", "reply", "short", "no_result", "no_answer", "no_reply", "note"]

NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    The constants that an organisation may tune; durations are seconds.

    `results` are those that prove that somebody was reached; `replies` says whether incoming letters and
    messages count.
    """

    version: int = 1
    call_seconds: int = 60
    result_seconds: int = 10
    results: frozenset[str] = frozenset({"ordered", "thinking", "call_back", "refused"})
    replies: bool = True


DEFAULT_RULE = Rule()


class Answer(NamedTuple):
    """Whether it counts, and the one reason that decided."""

    meaningful: bool
    because: Because


def judge(
    *, kind: str, direction: str, result: str = "", seconds: int | None = None, rule: Rule = DEFAULT_RULE
) -> Answer:
    """
    This function will say whether a conversation counts as contact, and why.

    `kind` is call, meeting, letter, message or note; `direction` in, out or none; `result` is '' when there
    is none, `seconds` None when the duration is not known. Raises ValueError for another kind.
    """
    if kind == "note":
        return Answer(False, "note")
    if kind in ("letter", "message"):
        return Answer(True, "reply") if rule.replies and direction == "in" else Answer(False, "no_reply")
    if kind not in ("call", "meeting"):
        raise ValueError(f"no such kind of conversation: {kind}")
    if result == NO_ANSWER:
        return Answer(False, "no_answer")
    if kind == "call" and seconds is not None:
        if seconds >= rule.call_seconds:
            return Answer(True, "talked")
        if seconds < rule.result_seconds or result not in rule.results:
            return Answer(False, "short")
    return Answer(True, "result") if result in rule.results else Answer(False, "no_result")
