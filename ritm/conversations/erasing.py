"""Files of conversations with a person who is erased go with him, from the disk too."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ritm.clients.sockets import ERASERS, Eraser, Leaving, plug
from ritm.conversations import attaching


def _count(who: Leaving) -> int:
    return attaching.files_of(who).count()


def _forget(who: Leaving) -> None:
    attaching.erase(who=who)


plug(ERASERS, Eraser("conversations.files", _("files that go with conversations"), _count, _forget))
