"""What somebody types into a search box, turned into conditions that an index answers."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, QuerySet

from ritm.clients.models import within_reach
from ritm.kernel.phone import search_digits
from ritm.kernel.reach import Reach
from ritm.staff.viewer import Viewer

_NUMBER = re.compile(r"[\d\s()+\-\u2010-\u2015.]+")

_TRUNK = re.compile(r"^(\+7|[78](?=[\s(\-]))")


def condition(text: str) -> Q:
    """
    This function will give the condition for `text`: each word anywhere in the name, INN, numbers, e-mails,
    contacts or the client's own id; a number however it is punctuated.

    Fragments shorter than three letters, which the trigram index cannot help with, are looked for at the
    beginning of the name, unless a longer word stands beside them.
    """
    text = text.lower().replace("ё", "е").strip()
    if not text:
        return Q()
    # A number begun like a Russian one loses its 8 or +7 even while it is being typed.
    digits = search_digits(_TRUNK.sub("", text))
    if _NUMBER.fullmatch(text) and len(digits) >= 3:
        return Q(search__contains=digits)
    words = text.split()
    if max(map(len, words)) < 3:
        return Q(name_key__startswith=text)
    found = Q()
    for word in words:
        found &= Q(search__contains=word)
    return found


def search(rows: QuerySet[Any], text: str, viewer: Viewer) -> QuerySet[Any]:
    """
    This function will keep the clients who match what was typed; one whose contacts are hidden from the viewer only by
    his name and INN, or a number tried in the box would tell whose it is.
    """
    found = condition(text)
    if found and viewer.sells and viewer.reach("client") < Reach.ORGANISATION:
        named = Q()
        for word in text.lower().replace("ё", "е").split():
            named &= Q(name_key__contains=word) | Q(inn__startswith=word)
        open_to = within_reach(viewer, viewer.reach("client"), exchange="none")
        found &= Q(contacts_hidden=False) | open_to | named
    return rows.filter(found)
