"""The journal room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "ritm.journal"
    label = "journal"

    def ready(self) -> None:
        from ritm.journal import among  # noqa: F401
