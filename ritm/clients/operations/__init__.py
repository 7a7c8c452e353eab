"""Verbs of the clients room: every write goes through one of these."""

from ritm.clients.operations import search
from ritm.clients.operations.bulk import Newcomer, Placed, bring_in, bring_in_staged, open_staging

__all__ = ["Newcomer", "Placed", "bring_in", "bring_in_staged", "open_staging", "search"]
