"""The journal room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "ritm.journal"
    label = "journal"
