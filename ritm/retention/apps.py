"""The retention room."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "ritm.retention"
    label = "retention"

    def ready(self) -> None:
        from ritm.retention import access, clocks, companions, listing, merging, panels, sentences, subscribers  # noqa: F401
