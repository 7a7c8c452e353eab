"""The trade room."""

from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "ritm.trade"
    label = "trade"

    def ready(self) -> None:
        from ritm.trade import access, merging, panels, sentences  # noqa: F401
