"""The shell: the look."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "ritm.shell"
    label = "shell"
