"""Conversations go with a client who is merged into another."""

from __future__ import annotations

from ritm.clients.sockets import MERGES, Children, plug

plug(MERGES, Children("conversations", (("conversations_interaction", "client_id"),)), order=50)
