"""Verbs of attached files: attach, remove, erase, and sweep away what no row knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ritm.clients.sockets import Leaving
from ritm.conversations import files
from ritm.conversations.events import FileRemoved, FilesAttached
from ritm.conversations.models import Attachment, Interaction
from ritm.conversations.operations import EDITABLE_FOR
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal

# An upload writes its file first and its row last: what is younger may still be on its way.
YOUNG = dt.timedelta(days=1)


class Upload(Protocol):
    """A file as the web hands it over."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


@transaction.atomic
def attach(*, interaction: Interaction, uploads: Sequence[Upload], by: Actor, at: dt.datetime) -> list[Attachment]:
    """
    This function will keep files with a conversation, within a day of its entry.

    All or none: what one refusal stops leaves no file behind. Refuses a withdrawn conversation, more than
    `files.MOST` files, and whatever `files.keep` refuses.
    """
    if not uploads:
        return []
    row = _lock(interaction, at)
    if row.files + len(uploads) > files.MOST:
        raise Refusal(
            _("At most %(most)d files go with one conversation.") % {"most": files.MOST},
            code="attachments_many",
            field="attached",
        )
    kept: list[files.Kept] = []
    try:
        for upload in uploads:
            # One by one: what stands already is taken away when the next one is refused.
            kept.append(files.keep(by.organisation_id, upload.name or "", upload.chunks()))  # noqa: PERF401
        made: list[Attachment] = Attachment.objects.bulk_create(
            Attachment(
                organisation_id=by.organisation_id, client_id=row.client_id, interaction=row, name=one.name,
                content_type=one.content_type, size=one.size, digest=one.digest, stored=one.stored,
                created_by_id=by.employee_id, created_at=at,
            )
            for one in kept
        )  # fmt: skip
    except BaseException:
        for one in kept:
            files.forget(one.stored)
        raise
    row.files += len(made)
    row.save(update_fields=["files"])
    names = tuple(one.name for one in made)
    publish(FilesAttached(client_id=row.client_id, interaction_id=row.pk, names=names), by=by, at=at)
    return made


@transaction.atomic
def remove(*, attachment: Attachment, by: Actor, at: dt.datetime) -> None:
    """This function will remove a file from its conversation, within a day of the conversation's entry."""
    row = _lock(attachment.interaction, at)
    deleted, _kinds = Attachment.objects.filter(pk=attachment.pk).delete()
    if not deleted:
        return
    row.files -= 1
    row.save(update_fields=["files"])
    transaction.on_commit(lambda: files.forget(attachment.stored))
    publish(FileRemoved(client_id=row.client_id, interaction_id=row.pk, file=attachment.name), by=by, at=at)


def files_of(who: Leaving) -> QuerySet[Attachment]:
    """This function will give the files that go with an erasure: the client's, or of conversations with the contact."""
    mine: QuerySet[Attachment] = Attachment.objects.filter(client_id__in=who.client_ids)
    return mine if who.whole else mine.filter(interaction__contact_id__in=who.contact_ids)


@transaction.atomic
def erase(*, who: Leaving) -> int:
    """
    This function will delete the files of who is erased, rows now and contents on commit; it returns how many.

    A part of erasing a person on request: whoever erases publishes it.
    """
    rows = list(files_of(who).values_list("pk", "interaction_id", "stored"))
    stored = [row[2] for row in rows]
    Attachment.objects.filter(pk__in=[row[0] for row in rows]).delete()
    Interaction.objects.filter(pk__in={row[1] for row in rows}).update(files=0)
    transaction.on_commit(partial(_forget_all, stored))
    return len(stored)


def _forget_all(stored: Sequence[str]) -> None:
    for one in stored:
        files.forget(one)


def sweep(organisation_id: int, *, at: dt.datetime) -> int:
    """
    This function will delete stored files that no row knows (their client was erased, or their upload broke off).

    Inside the organisation's wall; files younger than a day are left alone. It returns how many.
    """
    known = set(Attachment.objects.filter(organisation_id=organisation_id).values_list("stored", flat=True))
    old = (at - YOUNG).timestamp()
    lost = [
        path
        for path in files.on_disk(organisation_id)
        if f"{files.FOLDER}/{organisation_id}/{path.name}" not in known and path.stat().st_mtime < old
    ]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def _lock(interaction: Interaction, at: dt.datetime) -> Interaction:
    row = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    if row.withdrawn_at is not None:
        raise Refusal(_("This was withdrawn."), code="withdrawn")
    if at > row.created_at + EDITABLE_FOR:
        raise Refusal(
            _("This was entered more than a day ago and can no longer be changed. Add a note instead."),
            code="too_late",
        )
    return row
