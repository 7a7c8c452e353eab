"""Letters of the staff room: subject and text from one template, its first line being the subject."""

from __future__ import annotations

from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation


def send(template: str, to: str, *, language: str, **words: Any) -> None:
    """This function will render `staff/letters/<template>.txt` in a language and send it; raises when mail fails."""
    with translation.override(language):
        text = render_to_string(f"staff/letters/{template}.txt", words)
    subject, _, body = text.strip().partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [to])
