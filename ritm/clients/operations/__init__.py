"""Verbs of the clients room: every write goes through one of these."""

from ritm.clients.operations import requisites, search
from ritm.clients.operations.archiving import archive, restore
from ritm.clients.operations.batches import archive_many, reassign, tag_many, undo_batch, untag
from ritm.clients.operations.bulk import Newcomer, Placed, bring_in, bring_in_staged, open_staging
from ritm.clients.operations.consents import give_consent, withdraw_consent, write_consent_text
from ritm.clients.operations.creation import create
from ritm.clients.operations.editing import edit
from ritm.clients.operations.erasing import erase
from ritm.clients.operations.merging import MERGE, merge, unmerge
from ritm.clients.operations.own_fields import bring_back, define, move, put_away, redefine
from ritm.clients.operations.own_values import fill_in
from ritm.clients.operations.ownership import assign, assign_many, hide_contacts, release_many
from ritm.clients.operations.pairing import dismiss, look_for_pairs
from ritm.clients.operations.parts import (
    add_address,
    add_contact,
    add_email,
    add_phone,
    edit_address,
    edit_contact,
    edit_email,
    edit_phone,
    remove,
)
from ritm.clients.operations.undo import put_back
from ritm.clients.operations.views import forget_view, save_view
from ritm.clients.operations.withdrawal import withdraw

__all__ = [
    "MERGE",
    "Newcomer",
    "Placed",
    "add_address",
    "add_contact",
    "add_email",
    "add_phone",
    "archive",
    "archive_many",
    "assign",
    "assign_many",
    "bring_back",
    "bring_in",
    "bring_in_staged",
    "create",
    "define",
    "dismiss",
    "edit",
    "edit_address",
    "edit_contact",
    "edit_email",
    "edit_phone",
    "erase",
    "fill_in",
    "forget_view",
    "give_consent",
    "hide_contacts",
    "look_for_pairs",
    "merge",
    "move",
    "open_staging",
    "put_away",
    "put_back",
    "reassign",
    "redefine",
    "release_many",
    "remove",
    "requisites",
    "restore",
    "save_view",
    "search",
    "tag_many",
    "undo_batch",
    "unmerge",
    "untag",
    "withdraw",
    "withdraw_consent",
    "write_consent_text",
]
