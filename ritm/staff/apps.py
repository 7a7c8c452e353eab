"""The staff room."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "ritm.staff"
    label = "staff"

    def ready(self) -> None:
        from ritm.staff import access, nav, sentences  # noqa: F401

        post_migrate.connect(_learn_permissions, sender=self)


def _learn_permissions(**kwargs: Any) -> None:
    """After an upgrade: permissions that came with it reach as far as they ship."""
    from ritm.journal import tenancy
    from ritm.staff import queries
    from ritm.staff.operations import roles

    for organisation_id in queries.organisation_ids():
        with tenancy.organisation(organisation_id):
            roles.learn(organisation_id=organisation_id)
