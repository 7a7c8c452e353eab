"""The bell in the top line."""

from __future__ import annotations

from ritm.shell.sockets import TOP, TopPiece, plug

plug(TOP, TopPiece("notices", "desk/_bell.html"), order=10)
