"""The bridge room."""

from django.apps import AppConfig


class BridgeConfig(AppConfig):
    name = "ritm.bridge"
    label = "bridge"

    def ready(self) -> None:
        from ritm.bridge import (
            access,  # noqa: F401
            erasing,  # noqa: F401
            sentences,  # noqa: F401
            sockets,  # noqa: F401
        )
        from ritm.bridge.kinds import clients, orders  # noqa: F401
