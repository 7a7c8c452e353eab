"""Taking back clients that an import created and nobody has touched since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import connection, models, transaction
from psycopg import sql

from ritm.clients.events import ClientsWithdrawn
from ritm.clients.models import Client
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor

CHUNK = 10_000


@transaction.atomic
def withdraw(*, client_ids: Collection[int], by: Actor, at: dt.datetime) -> int:
    """
    This function will delete clients with everything that is a part of them, in any room, set-wise.

    The caller has made sure that nobody would miss them: the database refuses while orders or payments remain.
    Publishes ClientsWithdrawn per 10,000 and returns how many there were.
    """
    ids = sorted(client_ids)
    removed = 0
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with connection.cursor() as cursor:
            for table, column in _parts():
                cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(sql.Identifier(table), sql.Identifier(column)),
                    [chunk],
                )
            cursor.execute(
                "DELETE FROM clients_client WHERE organisation_id = %s AND id = ANY(%s)", [by.organisation_id, chunk]
            )
            removed += cursor.rowcount
        publish(ClientsWithdrawn(client_ids=tuple(chunk)), by=by, at=at)
    return removed


def _parts() -> list[tuple[str, str]]:
    """The tables of every room whose rows are a part of a client, those that others lean on last."""
    relations = [
        relation
        for relation in Client._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.CASCADE
    ]
    part_of = {relation.related_model for relation in relations}

    def leaned_on(relation: models.ManyToOneRel) -> int:
        return sum(
            isinstance(other, models.ManyToOneRel) and other.related_model in part_of
            for other in relation.related_model._meta.get_fields(include_hidden=True)
        )

    return [
        (relation.related_model._meta.db_table, relation.field.column) for relation in sorted(relations, key=leaned_on)
    ]
