"""What is wrong with requisites, field by field: a refusal when typed, a warning when imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ritm.kernel.requisites import account_is_valid, bik_is_valid, inn_is_valid, kpp_is_valid, ogrn_is_valid


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is one of the codes below; `field` names the input it stands beside."""

    field: str
    code: str


def problems(kind: str, values: Mapping[str, str]) -> list[Problem]:
    """
    This function will check inn, kpp, ogrn, bik and account (whichever are given and not empty).

    `kind` is 'company', 'sole_trader' or 'household': a company's INN has 10 digits, a person's has 12. The
    account can only be checked beside its bank's BIK.
    """
    found: list[Problem] = []
    inn, kpp, ogrn = values.get("inn", ""), values.get("kpp", ""), values.get("ogrn", "")
    bik, account = values.get("bik", ""), values.get("account", "")
    if inn and not inn_is_valid(inn):
        found.append(Problem("inn", "inn_length" if len(inn) not in (10, 12) else "inn_digits"))
    elif inn and kind == "company" and len(inn) != 10:
        found.append(Problem("inn", "inn_of_person"))
    elif inn and kind != "company" and len(inn) != 12:
        found.append(Problem("inn", "inn_of_company"))
    if kpp and not kpp_is_valid(kpp):
        found.append(Problem("kpp", "kpp"))
    elif kpp and kind != "company":
        found.append(Problem("kpp", "kpp_of_person"))
    if ogrn and not ogrn_is_valid(ogrn):
        found.append(Problem("ogrn", "ogrn"))
    if bik and not bik_is_valid(bik):
        found.append(Problem("bik", "bik"))
    if account and not bik:
        found.append(Problem("account", "account_needs_bik"))
    elif account and bik_is_valid(bik) and not account_is_valid(account, bik):
        found.append(Problem("account", "account"))
    return found
