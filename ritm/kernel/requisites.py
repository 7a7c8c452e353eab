"""Russian requisites: check digits of INN, KPP, OGRN, BIK and account numbers."""

from __future__ import annotations

import re

from stdnum.ru import inn as _inn

_ACCOUNT_WEIGHTS = (7, 1, 3)


def digits_of(text: str) -> str:
    """This function will keep the digits; '7707083893.0', as a spreadsheet gives it, loses its '.0'."""
    text = re.sub(r"\.0+$", "", text.strip())
    return re.sub(r"\D", "", text)


def inn_is_valid(text: str) -> bool:
    """This function will check an INN: 10 digits of a company, 12 of a person, with their check digits."""
    return len(text) in (10, 12) and text.isdigit() and set(text) != {"0"} and bool(_inn.is_valid(text))


def kpp_is_valid(text: str) -> bool:
    """This function will check a KPP by its shape (it has no check digit)."""
    return re.fullmatch(r"\d{4}[0-9A-Z]{2}\d{3}", text) is not None


def ogrn_is_valid(text: str) -> bool:
    """
    This function will check an OGRN (13 digits) or OGRNIP (15 digits).

    Source: order of the Ministry of Finance 165n of 30.10.2017: the last digit of the remainder by 11 (by 13). Not
    by stdnum, which compares the whole remainder and so refuses three OGRNIPs of thirteen.
    """
    if not (len(text) in (13, 15) and text.isascii() and text.isdigit()) or text[0] == "0":
        return False
    return int(text[:-1]) % (11 if len(text) == 13 else 13) % 10 == int(text[-1])


def bik_is_valid(text: str) -> bool:
    """This function will check a BIK by its shape: nine digits that begin with 0, 1 or 2."""
    return re.fullmatch(r"[012]\d{8}", text) is not None


def account_is_valid(account: str, bik: str) -> bool:
    """
    This function will check a 20-digit account against its bank's BIK.

    Source: Bank of Russia, the key of an account: weights 7-1-3 over the last three digits of the BIK and the
    account; for accounts kept at the Bank of Russia itself, over '0' and digits 5-6 of the BIK.
    """
    if not (re.fullmatch(r"\d{20}", account) and bik_is_valid(bik)):
        return False
    tail = bik[-3:]
    # Correspondent accounts (301…) and accounts at a settlement centre are kept at the Bank of Russia.
    head = f"0{bik[4:6]}" if account.startswith("301") or tail in ("000", "001", "002") else tail
    number = head + account
    return sum(int(d) * _ACCOUNT_WEIGHTS[i % 3] % 10 for i, d in enumerate(number)) % 10 == 0
