"""The demo company: believable, deterministic, of any size."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "ritm.demo"
    label = "demo"
