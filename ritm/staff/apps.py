"""The staff room."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "ritm.staff"
    label = "staff"

    def ready(self) -> None:
        from ritm.staff import access  # noqa: F401
