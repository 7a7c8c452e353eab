"""The clients room."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "ritm.clients"
    label = "clients"

    def ready(self) -> None:
        from ritm.clients import access, plugs, sentences, subscribers, timeline  # noqa: F401
        from ritm.clients.listing import columns  # noqa: F401
