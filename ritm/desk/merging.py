"""What was decided about a client goes with him when he is merged into another, and comes back with an undo."""

from __future__ import annotations

from ritm.clients.sockets import MERGES, Children, plug

plug(MERGES, Children("desk", (("desk_verdict", "client_id"),)), order=80)
