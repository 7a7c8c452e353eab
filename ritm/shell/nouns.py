"""Counted nouns: '1 client', '5 clients', in the grammar of each language."""

from __future__ import annotations

from django.utils.translation import ngettext

NOUNS: dict[str, tuple[str, str]] = {}


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """This function will mark a plural pair for translation and hand it back as it is."""
    return one, many


def noun(key: str, words: tuple[str, str]) -> None:
    """
    This function will teach `count_of` a noun. Call it at import: noun("cable", ngettext_noop("%(count)s …", …)).

    The same key with other words is a programming error and raises ValueError.
    """
    if NOUNS.setdefault(key, words) != words:
        raise ValueError(f"the noun '{key}' is known as {NOUNS[key]}")


def count_of(count: int, key: str, shown: str) -> str:
    """This function will say `count` of the noun; `shown` is the number as written. Unknown nouns raise KeyError."""
    one, many = NOUNS[key]
    return ngettext(one, many, count) % {"count": shown}


noun("client", ngettext_noop("%(count)s client", "%(count)s clients"))
noun("contact", ngettext_noop("%(count)s contact", "%(count)s contacts"))
noun("person", ngettext_noop("%(count)s person", "%(count)s people"))
noun("employee", ngettext_noop("%(count)s employee", "%(count)s employees"))
noun("order", ngettext_noop("%(count)s order", "%(count)s orders"))
noun("line", ngettext_noop("%(count)s line", "%(count)s lines"))
noun("payment", ngettext_noop("%(count)s payment", "%(count)s payments"))
noun("return", ngettext_noop("%(count)s return", "%(count)s returns"))
noun("product", ngettext_noop("%(count)s product", "%(count)s products"))
noun("deal", ngettext_noop("%(count)s deal", "%(count)s deals"))
noun("task", ngettext_noop("%(count)s task", "%(count)s tasks"))
noun("call", ngettext_noop("%(count)s call", "%(count)s calls"))
noun("letter", ngettext_noop("%(count)s letter", "%(count)s letters"))
noun("note", ngettext_noop("%(count)s note", "%(count)s notes"))
noun("event", ngettext_noop("%(count)s event", "%(count)s events"))
noun("day", ngettext_noop("%(count)s day", "%(count)s days"))
noun("working_day", ngettext_noop("%(count)s working day", "%(count)s working days"))
noun("week", ngettext_noop("%(count)s week", "%(count)s weeks"))
noun("month", ngettext_noop("%(count)s month", "%(count)s months"))
noun("year", ngettext_noop("%(count)s year", "%(count)s years"))
noun("hour", ngettext_noop("%(count)s hour", "%(count)s hours"))
noun("minute", ngettext_noop("%(count)s minute", "%(count)s minutes"))
noun("second", ngettext_noop("%(count)s second", "%(count)s seconds"))
noun("row", ngettext_noop("%(count)s row", "%(count)s rows"))
noun("file", ngettext_noop("%(count)s file", "%(count)s files"))
noun("error", ngettext_noop("%(count)s error", "%(count)s errors"))
noun("column", ngettext_noop("%(count)s column", "%(count)s columns"))
noun("session", ngettext_noop("%(count)s session", "%(count)s sessions"))
noun("time", ngettext_noop("%(count)s time", "%(count)s times"))
