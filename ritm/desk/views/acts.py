"""What can be done with an item: written out for the one in hand, as data for the others (shell/js/actions.js)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from ritm.desk.queries.today import Card
from ritm.shell.templatetags.ritm import phone as show_phone

CALL, LETTER = "", "letter"


@dataclass(frozen=True)
class Act:
    """
    The words of one item's actions. In the blank one each word is a place to fill, and `blank` keeps every variant.

    `kind` is what a one-key result stands for: a letter where there is no number to call, else a call.
    """

    client: str
    source: str
    episode: str
    tel: str
    phone: str
    email: str
    kind: str
    query: str
    page: str
    result: str
    snooze: str
    blank: bool = False


class Urls:
    """Addresses of one page's items: reversed once, since a list needs a hundred of them."""

    def __init__(self) -> None:
        self._parts = [reverse(name, args=[0]).split("/0/") for name in ("clients:page", "desk:result", "desk:snooze")]

    def of(self, client: object) -> tuple[str, str, str]:
        """This function will give the addresses of a client (page, result, snooze), or of a place for one."""
        page, result, snooze = (f"{before}/{client}/{after}" for before, after in self._parts)
        return page, result, snooze


def act_of(card: Card, urls: Urls) -> Act:
    """This function will give the actions of an item."""
    number = card.phone
    page, result, snooze = urls.of(card.client.pk)
    tel = ""
    if number is not None:
        tel = f"{number.e164},{number.extension}" if number.extension else number.e164
    return Act(
        client=str(card.client.pk),
        source=card.item.source,
        episode=card.item.episode,
        tel=tel,
        phone=show_phone(number.e164, number.extension) if number is not None else "",
        email=card.email,
        kind=LETTER if card.email and number is None else CALL,
        query=urlencode({"source": card.item.source, "episode": card.item.episode}),
        page=page,
        result=result,
        snooze=snooze,
    )


def blank() -> Act:
    """This function will give the actions with places to fill, for the list's template."""
    page, result, snooze = Urls().of("{client}")
    return Act(
        client="{client}", source="{source}", episode="{episode}", tel="{tel}", phone="{phone}", email="{email}",
        kind="{kind}", query="source={source}&episode={episode}", page=page, result=result, snooze=snooze, blank=True,
    )  # fmt: skip
