"""Equal addresses share a key, however they are written. The strings are as 1C and people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.clients.rules.addresses import address_key, parse

SAME = [
    (
        "уфа|ленина|5|12",
        "г Уфа, ул Ленина, д.5, кв.12",
        "Уфа Ленина 5-12",
        "450000, Респ Башкортостан, Уфа г, Ленина ул, дом № 5, кв.12",
        "РОССИЯ, 450000, УФА Г, ул.Ленина,д.5,кв 12",
    ),
    ("|ленина|5|", "ленина ул., 5", "ул. Ленина, д. 5", "Улица Ленина дом 5"),
    ("уфа|октября пр-т|5 к2|", "г. Уфа, пр. Октября, д. 5к2", "г Уфа, пр-кт Октября, д 5, корпус 2"),
    (
        "москва|1 тверская-ямская|5а с1|",
        "Москва, 1-я Тверская-Ямская ул., д. 5А, стр. 1",
        "Москва, ул 1-я Тверская-Ямская, 5 а, строение 1",
    ),
    ("казань|8 марта|10|", "Казань, ул. 8 Марта, 10", "8 Марта 10, Казань"),
    ("химки|маркса|5|", "Московская обл., г. Химки, ул. Карла Маркса, 5", "Химки, К.Маркса 5"),
    (
        "ставрополь|доваторцев|44/1|",
        "Доваторцев ул, 44/1, Ставрополь г",
        "г. Ставрополь, ул. Доваторцев, 44/1",
    ),
]

# Real strings of an accounting system's own export (1C, CommerceML 3.1), as they stand there.
REAL = [
    ("Ставропольский край, Шпаковский, Михайловск, Октябрьская, дом № 484", "михайловск|октябрьская|484|"),
    ("Михайловск, Ленина, дом № 515, кв.51", "михайловск|ленина|515|51"),
    (
        "355035, Ставропольский край, г. Ставрополь, ул. 1 Промышленная, дом 96, офис 9",
        "ставрополь|1 промышленная|96|9",
    ),
    (
        "460521, РОССИЯ, Оренбургская, Оренбургский, Село Каменноозерное, Улица Ленина, д. 91",
        "каменноозерное|ленина|91|",
    ),
    (
        "600021, Владимирская область, г.о. Город Владимир, г Владимир, г-к Перекопский Военный, дом 6, квартира 57",
        "владимир|перекопский военный г-к|6|57",
    ),
    ("356244,Ставропольский г.Михайловск, ул.Философская 39/1.", "михайловск|философская|39/1|"),
    ("ул. Рождественка, д. 10/2, строен. 1", "|рождественка|10/2 с1|"),
    ("ул. Партизанская, дом 1В", "|партизанская|1в|"),
    ("ул. Нижняя Набережная, д.10", "|нижняя наб|10|"),
    ("ул Фурштатская, 40 лит А", "|фурштатская|40 ла|"),
    ("669200 Иркутская обл., Осинский район, село Оса, пер. Школьный, д.6, кв.6", "оса|школьный пер|6|6"),
    (
        "308009, Белгородская обл, Белгород г, Б.Хмельницкого пр-кт, дом 167, корпус -, -",
        "белгород|хмельницкого пр-т|167|",
    ),
    ("356630, Ставропольский край, г.Ипатово, ул.Голубовского, 138 А", "ипатово|голубовского|138а|"),
    ("356630, Ставропольский край, г.Ипатово, ул.Калинина, д. 71 кв. 7", "ипатово|калинина|71|7"),
    ("Грозный", ""),
    ("355032, РФ, г.Ставрополь, ул.Тухачевского", ""),
]


@pytest.mark.parametrize("row", SAME)
def test_one_address_written_differently(row):
    key, *written = row
    assert {text: address_key(text) for text in written} == dict.fromkeys(written, key)


@pytest.mark.parametrize("text, key", REAL)
def test_as_accounting_writes_them(text, key):
    assert address_key(text) == key


@pytest.mark.parametrize(
    "one, other",
    [
        ("Уфа, Ленина 5", "Уфа, Ленина 5а"),
        ("Уфа, Ленина 5, кв 1", "Уфа, Ленина 5, кв 2"),
        ("Уфа, Ленина 5", "Казань, Ленина 5"),
        ("Уфа, ул Мира 5", "Уфа, пр-т Мира 5"),
        ("Уфа, Ленина 5 к 1", "Уфа, Ленина 5 стр 1"),
    ],
)
def test_different_doors(one, other):
    assert address_key(one) != address_key(other)


def test_certain_only_with_city_and_flat():
    assert parse("Уфа, Ленина 5-12").certain
    assert not parse("Уфа, Ленина 5").certain
    assert not parse("Ленина 5-12").certain


@given(st.text(max_size=120))
def test_never_fails_and_case_does_not_matter(text):
    assert address_key(text) == address_key(f"  {text.lower()} ,")


@given(
    city=st.sampled_from(["Уфа", "Казань", "Нижний Новгород"]),
    street=st.sampled_from(["Ленина", "Сосновая", "8 Марта", "Рогожникова"]),
    house=st.integers(1, 400),
    letter=st.sampled_from(["", "а", "В"]),
    flat=st.integers(1, 900),
    written=st.sampled_from(
        [
            "г {city}, ул {street}, д {house}{letter}, кв {flat}",
            "{city} г, {street} ул, дом № {house}{letter}, квартира {flat}",
            "450001, РФ, г.{city}, ул.{street}, {house}{letter}, оф.{flat}",
            "{city}, {street}, {house}{letter}, {flat}",
            "{city}, {street} {house}{letter}-{flat}",
        ]
    ),
)
def test_every_way_of_writing_gives_one_key(city, street, house, letter, flat, written):
    text = written.format(city=city, street=street, house=house, letter=letter, flat=flat)
    assert address_key(text) == f"{city.lower()}|{street.lower()}|{house}{letter.lower()}|{flat}"
