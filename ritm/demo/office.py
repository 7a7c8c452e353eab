"""The people of the demo companies: who sits where, and under which e-mail he signs in."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "ritm-demo-2026"  # noqa: S105  shown by the command: it guards invented data only
DOMAIN = "demo.ritm"


@dataclass(frozen=True)
class Seat:
    """An employee: `key` is the name of his login, `unit` the key of his unit."""

    key: str
    name: str
    position: str
    role: str
    unit: str
    heads: bool = False


@dataclass(frozen=True)
class Office:
    """An organisation: units as key → (name, key of the parent, '' for the root), and who works in them."""

    name: str
    legal_name: str
    units: dict[str, tuple[str, str]]
    seats: tuple[Seat, ...]


WHOLESALER = Office(
    name="Сойка-Опт",
    legal_name="Общество с ограниченной ответственностью «Сойка-Опт»",
    units={
        "root": ("Сойка-Опт", ""),
        "sales": ("Отдел продаж", "root"),
        "west": ("Опт, Северо-Запад", "sales"),
        "regions": ("Опт, регионы", "sales"),
        "corporate": ("Корпоративные клиенты", "sales"),
        "retail": ("Магазины и частные клиенты", "sales"),
        "desk": ("Диспетчерская", "root"),
        "books": ("Бухгалтерия", "root"),
    },
    seats=(
        Seat("director", "Ирина Ветлугина", "Директор", "director", "root", heads=True),
        Seat("admin", "Артём Лосев", "Системный администратор", "administrator", "root"),
        Seat("accountant", "Ольга Пряхина", "Главный бухгалтер", "accountant", "books", heads=True),
        Seat("desk", "Дина Ахметова", "Диспетчер заказов", "order_desk", "desk", heads=True),
        Seat("desk2", "Светлана Морозова", "Диспетчер заказов", "order_desk", "desk"),
        Seat("desk3", "Алексей Зимин", "Диспетчер заказов", "order_desk", "desk"),
        Seat("head", "Вера Каменская", "Руководитель отдела", "head", "west", heads=True),
        Seat("head2", "Николай Дёмин", "Руководитель отдела", "head", "regions", heads=True),
        Seat("head3", "Татьяна Ершова", "Руководитель отдела", "head", "corporate", heads=True),
        Seat("head4", "Рустам Галеев", "Руководитель отдела", "head", "retail", heads=True),
        Seat("seller", "Максим Соловьёв", "Менеджер по продажам", "sales", "west"),
        Seat("seller2", "Анна Белякова", "Менеджер по продажам", "sales", "west"),
        Seat("seller3", "Павел Ремизов", "Менеджер по продажам", "sales", "west"),
        Seat("seller4", "Елена Тихонова", "Менеджер по продажам", "sales", "regions"),
        Seat("seller5", "Игорь Панков", "Менеджер по продажам", "sales", "regions"),
        Seat("seller6", "Мария Юдина", "Менеджер по продажам", "sales", "regions"),
        Seat("seller7", "Денис Крылов", "Менеджер по продажам", "sales", "regions"),
        Seat("seller8", "Ксения Орлова", "Менеджер по работе с ключевыми клиентами", "sales", "corporate"),
        Seat("seller9", "Сергей Назаров", "Менеджер по работе с ключевыми клиентами", "sales", "corporate"),
        Seat("seller10", "Юлия Фомина", "Менеджер по продажам", "sales", "corporate"),
        Seat("seller11", "Тимур Садыков", "Менеджер по продажам", "sales", "retail"),
        Seat("seller12", "Наталья Гусева", "Менеджер по продажам", "sales", "retail"),
        Seat("seller13", "Кирилл Воронин", "Менеджер по продажам", "sales", "retail"),
        Seat("seller14", "Полина Лаптева", "Менеджер по продажам", "sales", "retail"),
    ),
)

# The director is in both books: signing in once, she switches between the two companies.
LAW_FIRM = Office(
    name="Сойка-Право",
    legal_name="Общество с ограниченной ответственностью «Сойка-Право»",
    units={"root": ("Сойка-Право", ""), "practice": ("Практика", "root")},
    seats=(
        Seat("director", "Ирина Ветлугина", "Учредитель", "director", "root", heads=True),
        Seat("lawyer-head", "Григорий Апраксин", "Старший юрист", "head", "practice", heads=True),
        Seat("lawyer", "Алина Шувалова", "Юрист", "sales", "practice"),
    ),
)

# What the command shows: one login per role.
SHOWN = ("director", "head", "seller", "desk", "accountant", "admin", "lawyer")


def email_of(key: str) -> str:
    """This function will give the address under which the owner of this key signs in."""
    return f"{key}@{DOMAIN}"
