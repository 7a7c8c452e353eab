"""
Bench of the clients room: fills an organisation of its own set-wise and times pages as several people see them.

    .venv/bin/python tools/bench_clients.py fill 100000
    .venv/bin/python tools/bench_clients.py run 100000
    .venv/bin/python tools/bench_clients.py run 100000 --explain
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ritm.config.settings")
os.environ.setdefault("RITM_PLAIN_STATIC", "1")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.utils import timezone  # noqa: E402

from ritm.clients import operations  # noqa: E402
from ritm.clients.models import Client, OwnOption  # noqa: E402
from ritm.journal import tenancy  # noqa: E402
from ritm.kernel.actor import Actor  # noqa: E402
from ritm.staff import operations as staff  # noqa: E402
from ritm.staff.models import Employee, Organisation, Person, Unit  # noqa: E402

FILL = """
INSERT INTO newcomers (name, external_id, inn, owner_id, source, contact, phones, emails, created_at)
SELECT form || ' «' || a || ' ' || b || ' ' || i || '»', 'B' || i,
       lpad(((i * 7919::bigint) %% 9999999999)::text, 10, '0'),
       CASE WHEN i %% 10 = 0 THEN NULL ELSE (%(owners)s::bigint[])[1 + i %% cardinality(%(owners)s::bigint[])] END,
       'файл', c || ' ' || d, ARRAY['+79' || lpad(((i * 104729::bigint) %% 1000000000)::text, 9, '0')],
       ARRAY['mail' || i || '@example.com'], %(at)s - (i %% 1500) * interval '1 day'
FROM (
    SELECT i,
        (ARRAY['ООО','ИП','АО','ООО ТД','ПАО'])[1 + (h1 %% 5)] AS form,
        (ARRAY['Северный','Вектор','Ромашка','Строитель','Меридиан','Канцторг','Уют','Феникс','Альянс','Гарант',
               'Восток','Сибирь','Партнёр','Орион','Прогресс','Техно','Луч','Запад','Каскад','Радуга']
        )[1 + (h2 %% 20)] AS a,
        (ARRAY['Плюс','Опт','Сервис','Трейд','Снаб','Маркет','Групп','Юг','Центр','Дом'])[1 + (h3 %% 10)] AS b,
        (ARRAY['Анна','Пётр','Елена','Сергей','Ольга','Иван','Мария','Павел'])[1 + (h4 %% 8)] AS c,
        (ARRAY['Серова','Ильин','Котова','Громов','Белова','Жуков','Орлова','Зайцев'])[1 + (h5 %% 8)] AS d
    FROM (SELECT i, abs(hashint8(i)) AS h1, abs(hashint8(i * 3 + 1)) AS h2, abs(hashint8(i * 5 + 2)) AS h3,
                 abs(hashint8(i * 7 + 3)) AS h4, abs(hashint8(i * 11 + 4)) AS h5
          FROM generate_series(1::bigint, %(size)s) i) t
) t
"""

# What retention would have written: enough for its columns to be sorted by.
RHYTHM = """
UPDATE retention_rhythm SET orders = 3, weight = 1.85, sum1 = 6.3, sum2 = 21, base_interval = 30, interval_days = 34,
    first_on = date '2026-03-16' - (client_id %% 900)::int - 68, last_on = date '2026-03-16' - (client_id %% 900)::int,
    expected_on = date '2026-03-16' - (client_id %% 900)::int + 34,
    slipping_on = date '2026-03-16' - (client_id %% 900)::int + 81,
    lost_on = date '2026-03-16' - (client_id %% 900)::int + 192,
    annual_worth = (client_id * 48271 %% 5000000)::numeric / 10, ltv = (client_id * 16807 %% 9000000)::numeric / 10,
    status = CASE WHEN client_id %% 900 < 34 THEN 'active' WHEN client_id %% 900 < 81 THEN 'overdue'
                  WHEN client_id %% 900 < 192 THEN 'slipping' ELSE 'lost' END
WHERE organisation_id = %s AND client_id %% 7 <> 0
"""


# A number that nearly everybody has, a list that half have, a mark that few bear.
OWN = """
INSERT INTO clients_clientvalue (organisation_id, client_id, field_id, number, option_id, flag)
SELECT c.organisation_id, c.id, %(field)s,
       CASE WHEN %(kind)s = 'whole' THEN (c.id * 48271 %% 100000)::numeric END,
       CASE WHEN %(kind)s = 'choice' THEN (%(options)s::bigint[])[1 + c.id * 16807 %% 5] END,
       CASE WHEN %(kind)s = 'yes_no' THEN true END
FROM clients_client c WHERE c.organisation_id = %(org)s AND c.id * 7919 %% 100 < %(share)s
"""


def own_fields(home: Organisation) -> None:
    at, by = timezone.now(), Actor(home.pk)
    for kind, name, options, share in (
        ("whole", "Полок", "", 90), ("choice", "Прайс", "абвгд", 50), ("yes_no", "Стройка", "", 1),
    ):  # fmt: skip
        field = operations.define(noun="client", kind=kind, name=name, options=options, by=by, at=at)
        ids = list(OwnOption.objects.filter(field=field).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(OWN, {"field": field.pk, "kind": kind, "options": ids, "org": home.pk, "share": share})


def name_of(size: int) -> str:
    return f"Стенд {size}"


def fill(size: int) -> None:
    at = timezone.now()
    started = time.perf_counter()
    if size > 200_000:
        # Built once at the end, a trigram index takes a tenth of the time.
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS client_search")
    with transaction.atomic():
        home = staff.open_organisation(name=name_of(size), at=at)
        root = Unit.objects.get(organisation=home)

        def person(key: str) -> Person:
            return Person.objects.create(email=f"{key}{size}@bench.example", name=key, created_at=at)

        staff.hire(organisation=home, unit=root, name="Директор", role="director", person=person("director"), at=at)
        owners = []
        for n in range(max(1, size // 8000)):
            unit = staff.add_unit(organisation=home, name=f"Отдел {n}", parent=root)
            staff.hire(
                organisation=home,
                unit=unit,
                name=f"Голова {n}",
                role="head",
                heads=True,
                at=at,
                person=person("head") if n == 0 else None,
            )
            for k in range(20):
                who = person("seller") if n == 0 and k == 1 else None
                seller = staff.hire(
                    organisation=home, unit=unit, name=f"Менеджер {n}-{k}", role="sales", person=who, at=at
                )
                owners.append(seller.pk)
        operations.open_staging()
        with connection.cursor() as cursor:
            cursor.execute(FILL, {"owners": owners, "at": at, "size": size})
        operations.bring_in_staged(by=Actor(home.pk, None, "demo"), at=at, why="стенд")
        free = Client.objects.filter(owner=None).values_list("pk", flat=True)
        operations.release_many(client_ids=list(free), why="тишина", rule="bench", by=Actor(home.pk), at=at)
        with connection.cursor() as cursor:
            cursor.execute(RHYTHM, [home.pk])
        own_fields(home)
    print(f"filled {size} in {time.perf_counter() - started:.1f} s")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE INDEX IF NOT EXISTS client_search ON clients_client"
            " USING gin (organisation_id int8_ops, search gin_trgm_ops)"
        )
    for table in (
        "clients_client",
        "clients_clientvalue",
        "retention_rhythm",
        "clients_phone",
        "clients_tenure",
        "clients_contact",
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {table}")


def browser_of(key: str, size: int) -> Browser:
    browser = Browser()
    browser.force_login(Person.objects.get(email=f"{key}{size}@bench.example"))
    return browser


def timed(browser: Browser, paths: list[str], *, post: list[dict[str, str]] | None = None) -> tuple[float, float]:
    took = []
    for i, path in enumerate(paths):
        started = time.perf_counter()
        response = browser.post(path, post[i]) if post else browser.get(path)
        took.append((time.perf_counter() - started) * 1000)
        assert response.status_code in (200, 302), (path, response.status_code)
    took.sort()
    return statistics.median(took), took[min(len(took) - 1, int(len(took) * 0.95))]


def run(size: int, times: int, only: str = "") -> None:
    from ritm.clients.listing.keyset import Mark

    with tenancy.installation():
        home = Organisation.objects.get(name=name_of(size))
    for key in ("director", "head", "seller"):
        browser = browser_of(key, size)
        with tenancy.organisation(home.pk):
            employee = Employee.objects.get(person__email=f"{key}{size}@bench.example")
            rows = Client.objects.filter(organisation=home)
            if key == "seller":
                rows = rows.filter(owner=employee)
            elif key == "head":
                rows = rows.filter(unit=employee.unit)
            some = list(rows.order_by("?").values_list("pk", "name_key", "inn", "created_at")[:times])
        cases = {
            "list by name": ["/clients/"] * times,
            "list by created": ["/clients/?sort=created"] * times,
            "deep page by name": [f"/clients/?after={Mark(name, pk).write()}" for pk, name, _, _ in some],
            "deep page, newest first": [
                f"/clients/?sort=created&after={Mark(at, pk).write()}" for pk, _, _, at in some
            ],
            "page back": [f"/clients/?before={Mark(name, pk).write()}" for pk, name, _, _ in some],
            "two conditions": ["/clients/?kind=company&created.before=2026-01-01"] * times,
            "search INN": [f"/clients/?q={inn[2:9]}" for _, _, inn, _ in some],
            "search word": [
                f"/clients/?q={word}" for word in ("мериди", "канцт", "феник", "ромаш", "оптим") * (times // 5)
            ],
            "search common": ["/clients/?q=ооо"] * times,
            "search two words": [f"/clients/?q={word}" for word in ("ромашка юг", "вектор опт") * (times // 2)],
            "search two letters": ["/clients/?q=па"] * times,
            "search nothing": ["/clients/?q=абырвалг"] * times,
            "client page": [f"/clients/{pk}/" for pk, *_ in some],
            "client page in list": [f"/clients/{pk}/?in=" for pk, *_ in some],
        }
        with tenancy.organisation(home.pk):
            option = OwnOption.objects.order_by("pk").values_list("pk", flat=True)[1]
        cases |= {
            "list by own number": ["/clients/?sort=own-polok"] * times,
            "list by -own number": ["/clients/?sort=-own-polok"] * times,
            "own number over most": ["/clients/?own-polok=90000"] * times,
            "own number over few": ["/clients/?own-polok=10000"] * times,
            "own number, sorted by it": ["/clients/?own-polok=50000&sort=own-polok"] * times,
            "own list": [f"/clients/?own-prays={option}"] * times,
            "own list, sorted by own number": [f"/clients/?own-prays={option}&sort=own-polok"] * times,
            "own rare mark": ["/clients/?own-stroyka=1"] * times,
            "three conditions, one own": [f"/clients/?kind=company&created.before=2026-01-01&own-prays={option}"]
            * times,
        }
        from ritm.clients.sockets import COLUMNS, FILTERS

        for column in COLUMNS:
            if "__" in column.order_by:
                cases[f"list by {column.key}"] = [f"/clients/?sort={column.key}"] * times
                cases[f"list by -{column.key}"] = [f"/clients/?sort=-{column.key}"] * times
        if FILTERS.get("status"):
            cases["status is slipping"] = ["/clients/?status=slipping"] * times
        for name, paths in cases.items():
            if only not in name:
                continue
            browser.get(paths[0])
            median, worst = timed(browser, paths)
            print(f"{size:>8}  {key:9} {name:28} median {median:7.1f} ms   p95 {worst:7.1f} ms", flush=True)
        if only:
            continue
        made = [
            {"kind": "company", "name": f"Новый {key} {i}", "phone": f"+7912000{i:04}", "inn": ""} for i in range(times)
        ]
        median, worst = timed(browser, ["/clients/new/"] * times, post=made)
        print(f"{size:>8}  {key:9} {'create':28} median {median:7.1f} ms   p95 {worst:7.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["fill", "run"])
    parser.add_argument("size", type=int)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    asked = parser.parse_args()
    fill(asked.size) if asked.what == "fill" else run(asked.size, asked.times, asked.only)
