"""Own fields: defined in the office, filled in on the page, filtered and sorted by, merged, exported, brought in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from ritm.clients import operations, own, queries
from ritm.clients.listing.request import Asked
from ritm.clients.models import Client, ClientValue, OwnField, OwnOption
from ritm.clients.operations import batches as work
from ritm.journal.models import Batch, BatchRow, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Role
from tests.cast import NOW
from tests.factories import clients

HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(cast) -> Actor:
    return Actor(cast.home.pk, cast.adam.pk)


@pytest.fixture
def define(cast, by):
    def make(kind: str, name: str = "Срок поставки", **more) -> OwnField:
        return operations.define(noun="client", kind=kind, name=name, **more, by=by, at=NOW)

    return make


def fill(client, field, value, by) -> None:
    known = own.all_definitions(client.organisation_id)
    operations.fill_in(client=client, values={field.pk: value}, known=known, by=by, at=NOW)


def listed(cast, query: str, name: str = "nina") -> list[str]:
    viewer = cast.viewer(name)
    page = queries.client_list(viewer, Asked.read(QueryDict(query), viewer), now=NOW)
    assert not page.wrong
    return [row.name for row in page.rows]


def test_a_field_is_defined_changed_put_away_and_brought_back(cast, sign_in):
    browser = sign_in("adam")
    typed = {"name": "Прайс", "kind": "choice", "options": "опт\nрозница\n\nопт", "required": "on"}
    browser.post(reverse("clients:new_own_field"), typed)
    field = OwnField.objects.get()
    assert (field.key, field.kind, field.required) == ("prays", "choice", True)
    assert [one.name for one in OwnOption.objects.order_by("pk")] == ["опт", "розница"]
    browser.post(reverse("clients:own_field", args=[field.pk]), {"name": "Прайс-лист", "options": "Опт\nVIP"})
    field.refresh_from_db()
    assert (field.name, field.key, field.required) == ("Прайс-лист", "prays", False)
    assert [(o.name, o.archived_at is None) for o in OwnOption.objects.order_by("pk")] == [
        ("Опт", True), ("розница", False), ("VIP", True),
    ]  # fmt: skip
    assert "Прайс-лист" in browser.get(reverse("clients:own_fields")).content.decode()
    browser.post(reverse("clients:own_field_away", args=[field.pk]))
    assert not own.definitions(cast.viewer("max"))
    browser.post(reverse("clients:own_field_back", args=[field.pk]))
    assert [one.name for one in own.definitions(cast.viewer("max"))] == ["Прайс-лист"]
    told = list(
        Entry.objects.filter(event="clients.own_field_changed").order_by("id").values_list("payload", flat=True)
    )
    assert [one["what"] for one in told] == ["defined", "changed", "put_away", "brought_back"]


def test_what_is_wrong_with_a_definition_stands_beside_it(cast, sign_in, define):
    define("text")
    browser = sign_in("adam")
    for typed, where in (
        ({"name": "срок Поставки", "kind": "text"}, "id_name_error"),
        ({"name": "Прайс", "kind": "choice", "options": " "}, "id_options_error"),
        ({"name": "Прайс", "kind": "нет"}, "id_kind_error"),
    ):
        answer = browser.post(reverse("clients:new_own_field"), typed)
        assert answer.status_code == 422
        assert where in answer.content.decode()


def test_fields_change_places(cast, by, define):
    one, two, three = (define("text", name) for name in ("А", "Б", "В"))
    operations.move(field=three, up=True, by=by, at=NOW)
    assert [d.name for d in own.definitions(cast.viewer("max"))] == ["А", "В", "Б"]
    assert not operations.move(field=one, up=True, by=by, at=NOW)
    assert not operations.move(field=two, up=False, by=by, at=NOW)


def test_a_value_is_edited_in_place_and_the_toast_takes_it_back(cast, sign_in, define):
    field = define("whole", unit="дн.")
    client = clients.client(cast.home, owner=cast.max)
    browser, path = sign_in("max"), reverse("clients:own_value", args=[client.pk, "srok_postavki"])
    assert "Срок поставки, дн." in browser.get(path, headers=HTMX).content.decode()
    wrong = browser.post(path, {"srok_postavki": "скоро"}, headers=HTMX)
    assert wrong.status_code == 422
    assert 'id="id_srok_postavki_error"' in wrong.content.decode()
    answer = browser.post(path, {"srok_postavki": "14"}, headers=HTMX)
    assert "14\u00a0дн." in answer.content.decode()
    entry = Entry.objects.get(event="clients.client_edited")
    assert entry.payload["fields"] == [f"own:{field.pk}"]
    page = browser.get(reverse("clients:page", args=[client.pk])).content.decode()
    assert "Срок поставки: 14\u00a0дн." in page
    browser.post(reverse("clients:undo", args=[client.pk, entry.pk]))
    assert not ClientValue.objects.exists()


def test_an_undo_keeps_what_was_changed_later(cast, by, define):
    field = define("whole")
    client = clients.client(cast.home, owner=cast.max)
    fill(client, field, Decimal(1), by)
    entry = Entry.objects.get(event="clients.client_edited")
    fill(client, field, Decimal(2), by)
    assert operations.put_back(entry=entry, client=client, by=by, at=NOW) == ["own"]
    assert ClientValue.objects.get().number == 2


@pytest.mark.parametrize(
    ("kind", "typed", "shown"),
    [
        ("text", "двор", "двор"),
        ("money", "1250,5", "1\u00a0250,50\u00a0₽"),
        ("decimal", "0,125", "0,125"),
        ("date", "2026-03-16", "16\u00a0марта\u00a02026"),
        ("yes_no", "1", "да"),
        ("choice", "розница", "розница"),
        ("choices", ["опт", "розница"], "опт, розница"),
    ],
)
def test_every_kind_on_the_page(cast, sign_in, define, kind, typed, shown):
    define(kind, options=["опт", "розница"] if kind.startswith("choice") else ())
    client = clients.client(cast.home, owner=cast.max)
    ids = dict(OwnOption.objects.values_list("name", "pk"))
    posted = [ids.get(one, one) for one in typed] if isinstance(typed, list) else ids.get(typed, typed)
    browser, path = sign_in("max"), reverse("clients:own_value", args=[client.pk, "srok_postavki"])
    answer = browser.post(path, {"srok_postavki": posted}, headers=HTMX)
    assert shown in answer.content.decode()
    assert browser.get(path).status_code == 200
    emptied = browser.post(path, {"srok_postavki": ""} if kind != "choices" else {}, headers=HTMX)
    assert emptied.status_code == 200
    assert not ClientValue.objects.exists()


def test_a_required_field_is_asked_for_and_cannot_be_emptied(cast, sign_in, define, by):
    field = define("text", required=True)
    browser = sign_in("max")
    answer = browser.post(reverse("clients:new"), {"kind": "company", "name": "Ромашка"})
    assert answer.status_code == 422
    assert 'id="id_own-srok_postavki_error"' in answer.content.decode()
    browser.post(reverse("clients:new"), {"kind": "company", "name": "Ромашка", "own-srok_postavki": "неделя"})
    client = Client.objects.get()
    assert ClientValue.objects.get(client=client, field=field).text == "неделя"
    with pytest.raises(Refusal) as refused:
        fill(client, field, None, by)
    assert refused.value.field == "srok_postavki"
    path = reverse("clients:own_value", args=[client.pk, "srok_postavki"])
    assert browser.post(path, {"srok_postavki": ""}, headers=HTMX).status_code == 422


def test_a_field_for_some_roles_exists_for_nobody_else(cast, sign_in, define, by):
    head = Role.objects.get(key="head")
    field = define("text", "Тайное", roles=[head.pk])
    client = clients.client(cast.home, owner=cast.max)
    fill(client, field, "секрет", by)
    path = reverse("clients:own_value", args=[client.pk, "taynoe"])
    assert sign_in("vera").get(path).status_code == 200
    assert sign_in("max").get(path).status_code == 404
    for name, seen in (("vera", True), ("max", False)):
        page = sign_in(name).get(reverse("clients:page", args=[client.pk])).content.decode()
        assert ("секрет" in page) is seen
        assert ("own-taynoe" in Asked.read(QueryDict("sort=own-taynoe"), cast.viewer(name)).sort) is seen
    with pytest.raises(Refusal):
        operations.define(noun="client", kind="text", name="Ещё", roles=[10**9], by=by, at=NOW)


@pytest.fixture
def shop(cast, by, define):
    """Three clients with a number, one without; and every other kind on the first two."""
    field = define("whole", "Точек")
    made = {}
    for name, number in (("А", 5), ("Б", 1), ("В", 3), ("Г", None)):
        made[name] = clients.client(cast.home, owner=cast.max, name=name)
        if number is not None:
            fill(made[name], field, Decimal(number), by)
    return made


def test_sorting_by_an_own_field_both_ways_page_by_page(cast, shop):
    assert listed(cast, "sort=own-tochek") == ["Б", "В", "А", "Г"]
    assert listed(cast, "sort=-own-tochek") == ["А", "В", "Б", "Г"]
    viewer = cast.viewer("nina")
    for query, whole in (("sort=own-tochek", "БВАГ"), ("sort=-own-tochek", "АВБГ")):
        asked, seen = Asked.read(QueryDict(query), viewer), ""
        page = queries.client_list(viewer, asked, now=NOW, size=1)
        seen += page.rows[0].name
        while page.next:
            page = queries.client_list(viewer, Asked.read(QueryDict(page.next[1:]), viewer), now=NOW, size=1)
            seen += page.rows[0].name
        assert seen == whole
        while page.previous:
            page = queries.client_list(viewer, Asked.read(QueryDict(page.previous[1:]), viewer), now=NOW, size=1)
            seen += page.rows[0].name
        assert seen == whole + whole[:-1][::-1]
        between = queries.neighbours(viewer, shop["В"], asked)
        assert [between.previous.name, between.next.name] == [whole[0], whole[2]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("own-tochek=3", "АВ"),
        ("own-tochek.to=3", "БВ"),
        ("own-tochek.is=3", "В"),
        ("own-tochek.empty=1", "Г"),
        ("own-tochek.filled=1", "АБВ"),
        ("own-tochek=2&own-tochek.to=4", "В"),
        ("add=own-tochek&op=empty", "Г"),
    ],
)
def test_conditions_on_a_number(cast, shop, query, names):
    assert "".join(listed(cast, query)) == names
    # Sorted by the same field, the condition is said of the index too.
    assert sorted(listed(cast, f"{query}&sort=own-tochek")) == list(names)


def test_conditions_on_every_other_kind(cast, define, by):
    one, two = (clients.client(cast.home, owner=cast.max, name=name) for name in "АБ")
    text, day, flag = define("text", "Текст"), define("date", "День"), define("yes_no", "Флаг")
    one_of, many = define("choice", "Одно", options="ab"), define("choices", "Много", options="xyz")
    ids = dict(OwnOption.objects.values_list("name", "pk"))
    fill(one, text, "Ёлка у дома", by)
    fill(one, day, dt.date(2026, 3, 16), by)
    fill(one, flag, True, by)
    fill(two, flag, False, by)
    fill(one, one_of, ids["a"], by)
    fill(two, one_of, ids["b"], by)
    fill(one, many, (ids["x"], ids["y"]), by)
    fill(two, many, (ids["y"], ids["z"]), by)
    for query, names in (
        ("own-tekst=елка у", "А"), ("own-tekst.begins=ёл", "А"), ("own-tekst.is=ёлка", ""),
        ("own-den=2026-03-16", "А"), ("own-den.to=2026-03-15", ""), ("own-den.is=2026-03-16", "А"),
        ("own-flag=1", "А"), ("own-flag=0", "Б"), ("own-flag=1&own-flag=0", "АБ"),
        (f"own-odno={ids['b']}", "Б"), (f"own-odno.not={ids['b']}", "А"),
        (f"own-mnogo={ids['y']}", "АБ"), (f"own-mnogo={ids['x']}&own-mnogo={ids['z']}", "АБ"),
        (f"own-mnogo.not={ids['x']}", "Б"), ("sort=own-odno", "АБ"), ("sort=-own-odno", "БА"),
        ("sort=own-flag", "БА"), ("sort=own-tekst", "АБ"),
    ):  # fmt: skip
        assert "".join(listed(cast, query)) == names, query


def test_nonsense_in_a_condition_is_said_and_left_out(cast, sign_in, shop, define):
    define("date", "День")
    page = sign_in("nina").get(reverse("clients:list"), {"own-tochek": "много", "own-den": "весной"}).content.decode()
    assert "много" in page
    assert "весной" in page
    assert page.count('role="alert"') >= 2


def test_the_list_shows_and_offers_the_field(cast, sign_in, shop):
    page = sign_in("max").get(reverse("clients:list"), {"columns": "name,own-tochek"}).content.decode()
    assert '<td class="table__number clients__rest">5</td>' in page
    form = sign_in("max").get(reverse("clients:condition", args=["own-tochek"])).content.decode()
    assert 'value="empty"' in form


def test_own_columns_cost_one_reading_however_many(cast, sign_in, shop, define, by, django_assert_num_queries):
    viewer = cast.viewer("nina")
    for name in ("Ещё", "И ещё"):
        define("text", name)
    asked = Asked.read(QueryDict("columns=name,own-tochek,own-eshche,own-i_eshche"), viewer)
    with django_assert_num_queries(2):
        queries.client_list(viewer, asked, now=NOW)


def test_merging_chooses_field_by_field_and_comes_back(cast, sign_in, shop, by):
    keep, gone = shop["А"], shop["Б"]
    browser = sign_in("vera")
    path = reverse("clients:merge", args=[keep.pk])
    page = browser.get(path, {"with": gone.pk}).content.decode()
    field = OwnField.objects.get()
    assert f'name="own:{field.pk}"' in page
    browser.post(path, {"with": gone.pk, f"own:{field.pk}": "gone"})
    assert ClientValue.objects.get(client=keep).number == 1
    from ritm.journal.models import Batch

    operations.unmerge(batch=Batch.objects.latest("id"), by=by, at=NOW)
    assert ClientValue.objects.get(client=keep).number == 5
    assert ClientValue.objects.get(client=gone).number == 1


def test_the_file_holds_the_field_so_that_it_can_come_back(cast, sign_in, shop, define, by):
    many = define("choices", "Прайсы", options=["опт", "розница"])
    fill(shop["А"], many, tuple(OwnOption.objects.values_list("pk", flat=True)), by)
    answer = sign_in("nina").get(reverse("clients:export"), {"format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].endswith(";Точек;Прайсы")
    assert any(line.endswith(';5;"опт; розница"') for line in lines)


def test_no_row_passes_the_wall(cast, shop):
    from ritm.journal import tenancy

    with tenancy.organisation(cast.other.pk):
        assert not OwnField.objects.exists()
        assert not ClientValue.objects.exists()
        assert not own.definitions(cast.viewer("rita"))


def test_a_page_is_read_from_the_index_of_the_field(cast, shop):
    viewer = cast.viewer("nina")
    asked = Asked.read(QueryDict("sort=own-tochek"), viewer)
    rows, _wrong = queries.listed_clients(viewer, asked)
    rows = queries.in_order(rows, viewer, asked)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    plan = rows.filter(sort_value__isnull=False).order_by("sort_value", "pk")[:51].explain()
    assert "clientvalue_by_number" in plan
    assert "Sort" not in plan


def say(clients_, field) -> list:
    known = own.all_definitions(clients_[0].organisation_id)
    held = own.values_of([one.pk for one in clients_], known)
    return [held.get(one.pk, {}).get(field.pk) for one in clients_]


@pytest.mark.parametrize(
    ("kind", "typed", "value", "other"),
    [
        ("text", "по средам", "по средам", "по пятницам"),
        ("whole", "14", Decimal(14), Decimal(3)),
        ("yes_no", "1", True, False),
        ("date", "2026-05-01", dt.date(2026, 5, 1), dt.date(2026, 1, 1)),
    ],
)
def test_a_field_of_many_is_filled_in_and_put_back(cast, sign_in, by, define, kind, typed, value, other):
    field = define(kind)
    some = [clients.client(cast.home, owner=cast.max) for _ in range(3)]
    fill(some[1], field, other, by)
    fill(some[2], field, value, by)
    browser, path = sign_in("max"), reverse("clients:fill_in_many")
    asked = {"client": [one.pk for one in some]}
    assert f'name="{field.key}"' in browser.post(path, asked).content.decode()
    assert say(some, field) == [None, other, value]
    answer = browser.post(path, asked | {"confirmed": "1", "field": field.key, field.key: typed})
    assert answer.status_code == 302
    assert say(some, field) == [value, value, value]
    batch = Batch.objects.get()
    assert (batch.counts["client"], batch.counts["refused"]) == (2, 1)
    assert "Срок поставки" in batch.title
    # Somebody changes one of them: the undo keeps him, and names him.
    fill(some[0], field, other, by)
    report = operations.undo_batch(batch=batch, by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    assert report == {"restored": 1, "kept": 1}
    assert say(some, field) == [other, other, value]
    assert BatchRow.objects.get(batch=batch, state="kept").why == "own"


def test_a_list_of_options_is_offered_and_emptied(cast, sign_in, by, define):
    field = define("choices", options=["опт", "розница"])
    define("text", "Другое")
    one = clients.client(cast.home, owner=cast.max)
    ids = list(OwnOption.objects.order_by("pk").values_list("pk", flat=True))
    browser, path = sign_in("max"), reverse("clients:fill_in_many")
    assert "Какое поле?" in browser.post(path, {"client": [one.pk]}).content.decode()
    asked = {"client": [one.pk], "field": field.key, "confirmed": "1"}
    browser.post(path, asked | {field.key: ids})
    assert say([one], field) == [tuple(ids)]
    browser.post(path, asked)
    assert say([one], field) == [None]
    operations.undo_batch(batch=Batch.objects.latest("pk"), by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    assert say([one], field) == [tuple(ids)]


def test_what_does_not_fit_or_may_not_be_empty_is_said_beside_it(cast, sign_in, define):
    field = define("whole", required=True)
    mine, theirs = clients.client(cast.home, owner=cast.max), clients.client(cast.home, owner=cast.lena)
    browser, path = sign_in("max"), reverse("clients:fill_in_many")
    asked = {"client": [mine.pk, theirs.pk], "field": field.key, "confirmed": "1"}
    assert browser.post(path, asked | {field.key: "много"}).status_code == 422
    assert browser.post(path, asked | {field.key: ""}).status_code == 422
    assert browser.post(path, asked | {field.key: "5"}).status_code == 302
    assert say([mine, theirs], field) == [Decimal(5), None]
    assert browser.post(path, {"client": [theirs.pk]}).status_code == 422


def test_many_are_filled_in_set_wise(cast, by, define, django_assert_max_num_queries):
    field = define("text")
    ids = clients.many(cast.home, 300, owner=cast.max)
    order = work.to_fill_in(definition=own.all_definitions(cast.home.pk)[0], value="да", by=by)
    with django_assert_max_num_queries(16):
        batch = work.at_once(order=order, client_ids=ids, by=by, at=NOW)
    with django_assert_max_num_queries(28):
        operations.undo_batch(batch=batch, by=by, at=NOW)
    assert not ClientValue.objects.filter(field=field).exists()


def test_a_field_of_one_unit_is_no_field_elsewhere(cast, sign_in, by, define):
    field = define("text", "Наценка", units=[cast.south.pk])
    one = clients.client(cast.home, owner=cast.max)
    his = clients.client(cast.home, owner=cast.lena)
    for client in (one, his):
        fill(client, field, "секрет", by)
    names = ("vera", "max", "lena", "oleg", "nina", "adam", "dina")
    # Whoever works in it or above it; the north is neither.
    assert {name for name in names if own.definitions(cast.viewer(name))} == {"lena", "oleg", "nina", "adam", "dina"}
    token = f"own-{field.key}"
    for name, client, shown in (("max", one, False), ("lena", his, True), ("nina", one, True)):
        browser, viewer = sign_in(name), cast.viewer(name)
        assert ("секрет" in browser.get(reverse("clients:page", args=[client.pk])).content.decode()) == shown
        assert ("секрет" in browser.get(reverse("clients:list"), {"columns": token}).content.decode()) == shown
        catalogue = Asked.read(QueryDict(""), viewer).catalogue
        assert (token in catalogue.filters, token in catalogue.columns) == (shown, shown)
        filled = browser.post(reverse("clients:own_value", args=[client.pk, field.key]), {field.key: "секрет"})
        assert (filled.status_code == 404) != shown
        many = browser.post(reverse("clients:fill_in_many"), {"client": [client.pk]})
        assert (many.status_code == 422) != shown
    for name, shown in (("vera", False), ("nina", True)):
        answer = sign_in(name).get(reverse("clients:export"), {"format": "csv"})
        assert ("секрет" in b"".join(answer.streaming_content).decode()) == shown


def test_a_field_of_a_unit_is_defined_on_the_screen(cast, sign_in):
    browser = sign_in("adam")
    typed = {"name": "Маршрут", "kind": "text", "units": [cast.north.pk]}
    browser.post(reverse("clients:new_own_field"), typed)
    field = OwnField.objects.get()
    assert field.units == [cast.north.pk]
    assert "Северный отдел" in browser.get(reverse("clients:own_fields")).content.decode()
    page = browser.get(reverse("clients:own_field", args=[field.pk])).content.decode()
    assert page.count("checked") == 1
    browser.post(reverse("clients:own_field", args=[field.pk]), {"name": "Маршрут"})
    field.refresh_from_db()
    assert field.units == []
