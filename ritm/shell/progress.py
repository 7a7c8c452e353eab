"""How far a job has come, on a page that asks again each second (`ui/job.html`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from ritm.shell.htmx import is_htmx


@dataclass(frozen=True)
class Progress:
    """How far a job has come: `share` from 0 to 1, None while it is not known; `words` for people."""

    share: float | None
    words: str


def is_poll(request: HttpRequest) -> bool:
    """This function will say whether the page asks again: a job at work answers with `ui/job.html` alone."""
    return is_htmx(request) and "polls" in request.GET
