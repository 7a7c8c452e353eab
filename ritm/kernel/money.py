"""Money: a Decimal and a currency; written with thin spaces and the sign each language puts it at."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
_KOPECK, _WHOLE = Decimal("0.01"), Decimal(1)
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "CNY": "¥"}
_UNITS = ((10**9, "млрд", "B"), (10**6, "млн", "M"), (10**3, "тыс.", "K"))


def show_money(amount: Decimal | int | float, currency: str = "RUB", *, lang: str = "ru", kopecks: bool = False) -> str:
    """
    This function will write an amount for people: '1 250 000 ₽' in Russian, '₽1,250,000' in English.

    `kopecks` keeps two decimals; without it the amount is rounded half up to whole units.
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    value = exact.quantize(_KOPECK if kopecks else _WHOLE, ROUND_HALF_UP)
    sign = _SIGNS.get(currency, currency)
    body = f"{abs(value):,}"
    minus = "\u2212" if value < 0 else ""
    if lang == "ru":
        return f"{minus}{body.replace(',', NBSP).replace('.', ',')}{NBSP}{sign}"
    return f"{minus}{sign}{body}"


def show_short_money(amount: Decimal | int | float, currency: str = "RUB", *, lang: str = "ru") -> str:
    """This function will write a large amount in short: '1,3 млн ₽', '₽1.3M'; below 10 000 it is written whole."""
    value = Decimal(str(amount))
    size = abs(value)
    if size < 10_000:
        return show_money(value, currency, lang=lang)
    # 999 600 would round to '1000 тыс.': the larger unit is taken as soon as rounding reaches it.
    step, ru, en = next(unit for unit in _UNITS if size >= unit[0] * Decimal("0.9995"))
    part = size / step
    text = f"{part.quantize(Decimal('0.1') if part < 100 else Decimal(1), ROUND_HALF_UP):f}".removesuffix(".0")
    minus = "\u2212" if value < 0 else ""
    sign = _SIGNS.get(currency, currency)
    if lang == "ru":
        return f"{minus}{text.replace('.', ',')}{NBSP}{ru}{NBSP}{sign}"
    return f"{minus}{sign}{text}{en}"
