"""One row of a client list as a client with his people, numbers, addresses and requisites."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ritm.bridge.rules.keys import BROKEN, parse_key
from ritm.bridge.rules.refused import Refused
from ritm.clients.rules.own import Definition, Value, Wrong, read
from ritm.kernel.phone import Phone, split_phones
from ritm.kernel.requisites import account_is_valid, bik_is_valid, digits_of, inn_is_valid, kpp_is_valid

# What people write behind a name in brackets that is no part of it: it goes to the comment.
_NOTE = re.compile(
    r"\s*\(([^()]*(?:закры|ликвид|банкрот|не работа|не звон|не беспок|черн|дубл|долж|должник|умер)[^()]*)\)\s*$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]{2,}")
_TRADER = re.compile(r"^(?:ип|индивидуальный предприниматель|чп|пбоюл)\b", re.IGNORECASE)
_COMPANY = re.compile(
    r"\b(?:ооо|оао|зао|пао|ао|нко|ано|тоо|гуп|муп|фгуп|мбоу|гбу|мку|ltd|llc|inc|gmbh|компания|завод|магазин)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"^[А-ЯЁ][а-яё-]+\s+[А-ЯЁ][а-яё-]+\s+[А-ЯЁ][а-яё]+(?:вич|вна|ична|ыч|оглы|кызы)$")


@dataclass
class ClientRow:
    """What a row says. Texts are tidy, '' when nothing is said; `warnings` are pairs of a role and a reason."""

    row: int
    name: str = ""
    external_id: str = ""
    full_name: str = ""
    kind: str = "company"
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    account: str = ""
    bik: str = ""
    bank: str = ""
    contact: str = ""
    position: str = ""
    phones: list[Phone] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    address: str = ""
    registered: str = ""
    delivery: str = ""
    owner: str = ""
    source: str = ""
    comment: str = ""
    own: dict[Definition, Value] = field(default_factory=dict)
    warnings: list[tuple[str, Refused]] = field(default_factory=list)


@dataclass
class ClientReader:
    """Reads rows by a mapping of roles to columns; `area_code` completes short numbers."""

    roles: Mapping[str, int]
    columns: Sequence[str]
    area_code: str = ""
    # Ids of another CRM live in a space of their own: its 15 is not the accounting's 15.
    prefix: str = ""
    own: Mapping[Definition, int] = field(default_factory=dict)
    day_first: bool = True
    decimal: str = ","
    _phones: dict[str, tuple[list[Phone], list[str]]] = field(default_factory=dict)

    def read(self, number: int, cells: Sequence[object]) -> ClientRow | tuple[str, Refused]:
        """This function will read one row, or say which role refuses it and why."""
        said: dict[str, str] = {}
        for role, at in self.roles.items():
            text = _text(cells[at] if at < len(cells) else "")
            if isinstance(text, Refused):
                return role, text
            said[role] = text
        row = ClientRow(number)
        self._who(row, said)
        if not row.name:
            return "name", Refused("name_empty")
        if len(row.name) > 300:
            return "name", Refused("text_long", {"length": len(row.name), "most": 300})
        row.external_id = f"{self.prefix}{said['external_id']}"[:100] if said.get("external_id") else ""
        self._requisites(row, said)
        row.kind = _kind(row)
        for role in self._all("phone", said):
            self._numbers(row, role, said[role])
        for role in self._all("email", said):
            found = [address.lower()[:254] for address in _EMAIL.findall(said[role])]
            row.emails += [address for address in found if address not in row.emails]
            if said[role] and not found:
                row.warnings.append((role, Refused("email_unknown", {"value": said[role]})))
        for role in ("address", "registered", "delivery"):
            setattr(row, role, said.get(role, "")[:500])
        for definition, at in self.own.items():
            self._own(row, definition, cells[at] if at < len(cells) else None)
        row.position = said.get("position", "")[:150]
        row.owner = said.get("owner", "")
        row.source = said.get("source", "")[:100]
        notes = [(role, said[role]) for role in self._all("comment", said) if said[role]]
        labelled = [text if role == "comment" else f"{self.columns[self.roles[role]]}: {text}" for role, text in notes]
        row.comment = "\n".join([*filter(None, [row.comment]), *labelled])
        return row

    def _own(self, row: ClientRow, definition: Definition, cell: object) -> None:
        try:
            value = read(definition, cell, day_first=self.day_first, decimal=self.decimal)
        except Wrong as wrong:
            reason = Refused(f"own_{wrong.code}", {"value": str(cell)[:80], **wrong.detail})
            row.warnings.append((f"own-{definition.key}", reason))
        else:
            if value is not None:
                row.own[definition] = value

    def _all(self, role: str, said: Mapping[str, str]) -> list[str]:
        return [code for code in said if code == role or (code.startswith(role) and code[len(role) :].isdigit())]

    def _who(self, row: ClientRow, said: Mapping[str, str]) -> None:
        """A company with a contact; or a person alone, who is a household."""
        person = " ".join(filter(None, (said.get(r, "") for r in ("last_name", "first_name", "middle_name"))))
        name, company = said.get("name", ""), said.get("company", "")
        row.contact = (said.get("contact", "") or person)[:200]
        if said.get("row_kind", "").lower().startswith("контакт"):
            row.contact, name = (name or row.contact)[:200], ""
        row.name = name or company or row.contact or said.get("full_name", "")
        if not name and not company and row.contact:
            row.kind = "household"
        row.full_name = said.get("full_name", "")[:500]
        found = _NOTE.search(row.name)
        if found and found.start() > 0:
            row.comment, row.name = found[1].strip(), row.name[: found.start()].strip()

    def _requisites(self, row: ClientRow, said: Mapping[str, str]) -> None:
        digits = digits_of(said.get("inn", ""))
        if said.get("inn"):
            padded = digits.zfill(10 if len(digits) == 9 else 12) if len(digits) in (9, 11) else digits
            if len(padded) not in (10, 12):
                row.warnings.append(("inn", Refused("inn_unknown", {"value": said["inn"]})))
            else:
                row.inn = padded
                if padded != digits:
                    row.warnings.append(("inn", Refused("inn_padded", {"value": said["inn"], "taken": padded})))
                elif not inn_is_valid(padded):
                    row.warnings.append(("inn", Refused("inn_wrong", {"value": said["inn"]})))
        kpp = said.get("kpp", "").replace(" ", "").upper()
        kpp = kpp.zfill(9) if kpp.isdigit() and len(kpp) == 8 else kpp
        if kpp and kpp_is_valid(kpp):
            row.kpp = kpp
        elif kpp:
            row.warnings.append(("kpp", Refused("kpp_unknown", {"value": kpp})))
        row.ogrn = digits_of(said.get("ogrn", ""))[:15]
        row.account = digits_of(said.get("account", ""))[:20]
        row.bik = digits_of(said.get("bik", ""))[:9]
        row.bik = row.bik.zfill(9) if len(row.bik) == 8 else row.bik
        row.bank = said.get("bank", "")[:300]
        if row.account and row.bik and bik_is_valid(row.bik) and not account_is_valid(row.account, row.bik):
            row.warnings.append(("account", Refused("account_wrong", {"value": row.account})))

    def _numbers(self, row: ClientRow, role: str, text: str) -> None:
        if not text:
            return
        if text not in self._phones:
            if len(self._phones) > 50_000:
                self._phones.clear()
            self._phones[text] = split_phones(text, area_code=self.area_code)
        found, left = self._phones[text]
        row.phones += [phone for phone in found if phone not in row.phones]
        # «89171234567 Марина»: the number is taken, the word beside it is kept in the comment.
        for piece in left:
            digits = re.search(r"\+?\d[\d\s()-]{8,}\d", piece)
            more = split_phones(digits[0], area_code=self.area_code)[0] if digits else []
            row.phones += [phone for phone in more if phone not in row.phones]
            row.comment = "\n".join(filter(None, [row.comment, piece]))
            if not more:
                row.warnings.append((role, Refused("phone_unknown", {"value": piece})))


def _kind(row: ClientRow) -> str:
    if row.kind == "household":
        return row.kind
    if _TRADER.match(row.name) or _TRADER.match(row.full_name) or len(row.inn) == 12:
        return "sole_trader"
    if not row.inn and _PERSON.match(row.name) and not _COMPANY.search(row.full_name):
        return "household"
    return "company"


def _text(cell: object) -> str | Refused:
    found = parse_key(cell)
    if isinstance(found, Refused):
        if found.code == "key_empty":
            return ""
        if found.code == "text_broken" or BROKEN in str(cell):
            return Refused("text_broken", {"value": str(cell)[:200]})
        return found
    return found.replace("\0", "")


def owner_finder(employees: Mapping[int, str]) -> Callable[[str], int | None]:
    """
    This function will make a finder of employees by what a file calls them: «Иванов И. И.», «Иван Иванов», whole names.

    It returns an id only when exactly one employee fits.
    """
    words = {pk: _words(name) for pk, name in employees.items()}
    cache: dict[str, int | None] = {}

    def find(text: str) -> int | None:
        if text not in cache:
            asked = _words(text)
            exact = [pk for pk, known in words.items() if sorted(known) == sorted(asked)]
            near = [pk for pk, known in words.items() if asked and _fits(asked, known)]
            fit = exact or near
            cache[text] = fit[0] if len(fit) == 1 else None
        return cache[text]

    return find


def _words(name: str) -> list[str]:
    return re.findall(r"[\w-]+", name.lower().replace("ё", "е"))


def _fits(asked: Sequence[str], known: Sequence[str]) -> bool:
    """Each word of the shorter name is a word of the longer one, or its initial; at least one word is whole."""
    few, many = (asked, list(known)) if len(asked) <= len(known) else (known, list(asked))
    whole = 0
    for word in sorted(few, key=len, reverse=True):
        fit = next((w for w in many if w == word), None) or next(
            (w for w in many if (len(word) == 1 and w.startswith(word)) or (len(w) == 1 and word.startswith(w))), None
        )
        if fit is None:
            return False
        whole += fit == word and len(word) > 1
        many.remove(fit)
    return whole > 0
