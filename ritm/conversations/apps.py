"""The conversations room."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "ritm.conversations"
    label = "conversations"

    def ready(self) -> None:
        from ritm.conversations import access, erasing, merging, panels, sentences  # noqa: F401
