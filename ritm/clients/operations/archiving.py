"""Put a client away, and bring him back. Nothing of his is lost meanwhile."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ritm.clients.events import ClientArchived, ClientRestored
from ritm.clients.models import Client
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor


@transaction.atomic
def archive(*, client: Client, by: Actor, at: dt.datetime) -> bool:
    """This function will take the client out of lists and search; False when he is out already."""
    moved = Client.objects.filter(pk=client.pk, archived_at=None).update(archived_at=at, updated_at=at)
    if moved:
        publish(ClientArchived(client_id=client.pk), by=by, at=at)
    return bool(moved)


@transaction.atomic
def restore(*, client: Client, by: Actor, at: dt.datetime) -> bool:
    """This function will bring the client back; False when he was never away."""
    moved = Client.objects.filter(pk=client.pk, archived_at__isnull=False).update(archived_at=None, updated_at=at)
    if moved:
        publish(ClientRestored(client_id=client.pk), by=by, at=at)
    return bool(moved)
