"""A refusal: something the office foresaw and says no to, in words a person can act on."""

from __future__ import annotations


class Refusal(Exception):
    """
    An anticipated failure with a human sentence.

    `sentence` is shown to the person as it is, in his language; `field` names the input it belongs to (so that
    a form can show it there); `code` is stable for API clients and tests. Anything that is not a Refusal is a bug.
    """

    def __init__(self, sentence: str, *, code: str = "refused", field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.field = field

    def __str__(self) -> str:
        # The sentence may be a lazy translation: it is put into words when it is shown.
        return str(self.sentence)


class NotYours(Refusal):
    """The row exists, perhaps, but not for this person: entrances answer 404, never 403."""
