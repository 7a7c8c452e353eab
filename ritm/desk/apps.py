"""The desk room."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "ritm.desk"
    label = "desk"

    def ready(self) -> None:
        from ritm.desk import access, bell, clocks, companions, merging, nav, sentences, sources, subscribers  # noqa: F401

        sources.find()
