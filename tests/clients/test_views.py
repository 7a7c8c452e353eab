"""Pages of the clients room over HTTP: what they show, to whom, and at how many queries."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from ritm.clients import operations
from ritm.clients.models import Client, Contact, Phone
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from tests.cast import NOW
from tests.clients.doors import ALL, DOORS
from tests.factories import clients

HTMX = {"HX-Request": "true"}
POST_ONLY = {
    "clients:remove_part",
    "clients:archive",
    "clients:undo",
    "clients:dismiss",
    "clients:reassign",
    "clients:archive_many",
    "clients:fill_in_many",
    "clients:tag_many",
    "clients:undo_batch",
    "clients:cancel_batch",
    "clients:go_on_batch",
    "clients:save_view",
    "clients:forget_view",
    "clients:tag",
    "clients:untag",
    "clients:own_field_away",
    "clients:own_field_back",
    "clients:own_field_move",
}


def _names(response) -> list[str]:
    return re.findall(r'<th scope="row" class="table__name"><a [^>]*>([^<]+)', response.content.decode())


@pytest.mark.parametrize("url_name", DOORS)
def test_doors(cast, sign_in, url_name):
    kwargs, may = DOORS[url_name]
    path = reverse(url_name, kwargs=kwargs(cast))
    for name in sorted(ALL):
        browser = sign_in(name)
        response = browser.post(path) if url_name in POST_ONLY else browser.get(path)
        if name in may:
            assert response.status_code in (200, 302, 422), name
        else:
            assert response.status_code == 404, name
        if url_name in POST_ONLY:
            Client.objects.update(archived_at=None)
            path = reverse(url_name, kwargs=kwargs(cast))


def test_everybody_sees_his_reach_and_no_more(cast, sign_in):
    clients.client(cast.home, owner=cast.max, name="Северный")
    clients.client(cast.home, owner=cast.lena, name="Южный")
    clients.client(cast.home, name="Ничей", unit=cast.north)
    released = clients.client(cast.home, owner=cast.lena, name="На бирже")
    operations.release_many(client_ids=[released.pk], why="", rule="", by=Actor(cast.home.pk), at=NOW)
    path = reverse("clients:list")
    assert _names(sign_in("max").get(path)) == ["На бирже", "Северный"]
    assert _names(sign_in("vera").get(path)) == ["На бирже", "Ничей", "Северный"]
    assert _names(sign_in("lena").get(path)) == ["На бирже", "Южный"]
    assert len(_names(sign_in("oleg").get(path))) == 4
    assert _names(sign_in("rita").get(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "ёлк",
        "ЕЛКА",
        "7707083893",
        "0838",
        "8 (912) 345-67",
        "+7 912 345",
        "9123456789",
        "anna@",
        "серова",
        "оо",
        "K-77",
        "елка серова",
    ],
)
def test_search_by_any_part(cast, sign_in, text):
    clients.client(
        cast.home,
        owner=cast.max,
        name="ООО «Ёлка»",
        legal={"inn": "7707083893"},
        contact="Анна Серова",
        phones=["+7 912 345-67-89"],
        emails=["anna@elka.ru"],
        external_id="K-77",
    )
    clients.client(cast.home, owner=cast.max, name="Ромашка", phones=["+7 913 000-00-00"])
    assert _names(sign_in("max").get(reverse("clients:list"), {"q": text})) == ["ООО «Ёлка»"]


def test_search_marks_of_like_mean_themselves(cast, sign_in):
    clients.client(cast.home, owner=cast.max, name="Скидка 100%")
    clients.client(cast.home, owner=cast.max, name="Скидка 1000")
    assert _names(sign_in("max").get(reverse("clients:list"), {"q": "100%"})) == ["Скидка 100%"]


def test_pages_go_on_and_back(cast, sign_in):
    clients.many(cast.home, 120, owner=cast.max)
    browser, seen = sign_in("max"), []
    response = browser.get(reverse("clients:list"), {"sort": "-name"})
    while True:
        seen += _names(response)
        following = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        if following is None:
            break
        response = browser.get(reverse("clients:list") + following[1].replace("&amp;", "&"))
    assert seen == [f"Клиент {i:06}" for i in reversed(range(120))]
    back = re.search(r'rel="prev" href="([^"]+)"', response.content.decode())[1].replace("&amp;", "&")
    assert _names(browser.get(reverse("clients:list") + back))[-1] == "Клиент 000020"


def test_conditions_from_the_url(cast, sign_in):
    clients.client(cast.home, owner=cast.max, name="Фирма")
    clients.client(cast.home, owner=cast.max, name="Пётр", kind="household")
    browser, path = sign_in("vera"), reverse("clients:list")
    assert _names(browser.get(path, {"kind": "household"})) == ["Пётр"]
    assert _names(browser.get(path, {"kind.not": "household"})) == ["Фирма"]
    assert _names(browser.get(path, {"owner": str(cast.vera.pk)})) == []
    assert _names(browser.get(path, {"created.before": "2026-03-16"})) == []
    wrong = browser.get(path, {"created": "вчера"})
    assert len(_names(wrong)) == 2
    assert "вчера" in wrong.content.decode()
    assert browser.get(path, {"after": "мусор", "sort": "нет", "columns": "нет"}).status_code == 200


def test_one_more_condition_gives_the_plain_address(cast, sign_in):
    answer = sign_in("max").get(
        reverse("clients:list"), {"q": "а", "add": "kind", "op": "not", "value": ["company", "household"]}
    )
    assert answer.headers["Location"] == "/clients/?q=%D0%B0&kind.not=company&kind.not=household"


def test_more_matches_than_are_counted_are_said_to_be_so(cast, sign_in, monkeypatch):
    from ritm.clients import queries

    monkeypatch.setattr(queries, "COUNTED", 4)
    clients.many(cast.home, 6, owner=cast.max)
    page = sign_in("max").get(reverse("clients:list"), {"q": "клиент"})
    assert len(_names(page)) == 4
    assert "4" in page.content.decode()


def test_the_list_costs_the_same_however_long(cast, sign_in, django_assert_num_queries):
    browser = sign_in("max")
    clients.many(cast.home, 3, owner=cast.max)
    browser.get(reverse("clients:list"))
    with CountQueries() as few:
        browser.get(reverse("clients:list"))
    clients.many(cast.home, 40, owner=cast.max)
    with CountQueries() as many:
        browser.get(reverse("clients:list"))
    assert many.count == few.count


class CountQueries:
    """How many statements ran inside."""

    def __enter__(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self._context = CaptureQueriesContext(connection)
        self._context.__enter__()
        return self

    def __exit__(self, *wrong):
        self._context.__exit__(*wrong)
        self.count = len(self._context)


def test_the_page_of_a_client(cast, sign_in):
    client = clients.client(
        cast.home,
        owner=cast.max,
        name="Ромашка",
        legal={"inn": "7707083893"},
        contact="Анна",
        phones=["+79123456789"],
        addresses=[("delivery", "Уфа, Ленина 5")],
        by=Actor(cast.home.pk, cast.max.pk),
    )
    page = sign_in("max").get(reverse("clients:page", args=[client.pk])).content.decode()
    for shown in ("Ромашка", "7707083893", "Анна", "tel:+79123456789", "Уфа, Ленина 5", "Макс"):
        assert shown in page
    only_to_read = sign_in("oleg").get(reverse("clients:page", args=[client.pk])).content.decode()
    assert "fact__edit" in page
    assert "fact__edit" not in only_to_read


def test_many_contacts_cost_no_more_queries(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max)
    browser, path = sign_in("max"), reverse("clients:page", args=[client.pk])
    browser.get(path)
    with CountQueries() as few:
        browser.get(path)
    for i in range(5):
        operations.add_contact(
            client=client, name=f"Анна {i}", phone=f"+7912345670{i}", by=Actor(cast.home.pk, cast.max.pk), at=NOW
        )
    with CountQueries() as many:
        browser.get(path)
    assert many.count <= few.count + 1  # the names of those who did it


def test_neighbours_in_the_list_one_came_from(cast, sign_in):
    ids = clients.many(cast.home, 3, owner=cast.max)
    page = sign_in("max").get(reverse("clients:page", args=[ids[1]]), {"in": "sort=-name"}).content.decode()
    assert page.index(f"/clients/{ids[2]}/") < page.index(f"/clients/{ids[0]}/")


def test_history_pages_on(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max)
    for i in range(35):
        operations.edit(
            client=client,
            changes={"comment": f"правка {i}"},
            by=Actor(cast.home.pk, cast.max.pk),
            at=NOW + dt.timedelta(minutes=i),
        )
    browser = sign_in("max")
    first = browser.get(reverse("clients:page", args=[client.pk])).content.decode()
    assert "правка 34" in first
    older = re.search(r'hx-get="(/clients/\d+/moments/\?before=[^"]+)"', first)[1].replace("&amp;", "&")
    rest = browser.get(older, headers=HTMX).content.decode()
    assert "правка 0" in rest
    assert "moments__older" not in rest


def test_a_client_is_created_and_his_page_opens(cast, sign_in):
    browser = sign_in("max")
    response = browser.post(
        reverse("clients:new"), {"kind": "company", "name": "Ромашка", "inn": "7707083893", "phone": "8 912 345 67 89"}
    )
    client = Client.objects.get()
    assert response.headers["Location"] == reverse("clients:page", args=[client.pk])
    assert client.owner == cast.max
    assert client.created_by == cast.max


def test_what_is_wrong_stands_beside_its_field(cast, sign_in):
    response = sign_in("max").post(reverse("clients:new"), {"kind": "company", "name": "Ромашка", "inn": "7707083894"})
    assert response.status_code == 422
    assert 'id="id_inn_error"' in response.content.decode()
    assert not Client.objects.exists()


def test_a_seller_cannot_create_for_a_colleague(cast, sign_in):
    sign_in("max").post(reverse("clients:new"), {"kind": "company", "name": "Хитрый", "owner": cast.lena.pk})
    assert Client.objects.get().owner == cast.max
    refused = sign_in("vera").post(reverse("clients:new"), {"kind": "company", "name": "Чужой", "owner": cast.lena.pk})
    assert refused.status_code == 422


def test_a_field_is_edited_in_place_and_taken_back(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max, name="Ромашка")
    browser = sign_in("max")
    path = reverse("clients:field", args=[client.pk, "name"])
    assert 'value="Ромашка"' in browser.get(path, headers=HTMX).content.decode()
    assert browser.post(path, {"name": " "}, headers=HTMX).status_code == 422
    saved = browser.post(path, {"name": "Лютик"}, headers=HTMX)
    assert saved.headers["HX-Retarget"] == "#identity"
    assert "Лютик" in saved.content.decode()
    entry = Entry.objects.latest("id")
    undo = reverse("clients:undo", args=[client.pk, entry.pk])
    assert undo in saved.headers["HX-Trigger"]
    browser.post(undo, headers=HTMX)
    client.refresh_from_db()
    assert client.name == "Ромашка"


def test_parts_are_edited_in_place(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max)
    browser = sign_in("max")
    wrong = browser.post(reverse("clients:new_part", args=[client.pk, "phone"]), {"phone": "12"}, headers=HTMX)
    assert wrong.status_code == 422
    browser.post(reverse("clients:new_part", args=[client.pk, "contact"]), {"name": "Анна", "birthday": "1990-02-28"})
    anna = Contact.objects.get()
    browser.post(
        reverse("clients:new_part", args=[client.pk, "phone"]) + f"?contact={anna.pk}", {"phone": "89123456789"}
    )
    phone = Phone.objects.get()
    assert phone.contact == anna
    browser.post(reverse("clients:remove_part", args=[client.pk, "phone", phone.pk]))
    assert not Phone.objects.exists()


def test_the_owner_changes_and_the_former_one_no_longer_sees_him(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max)
    sign_in("nina").post(reverse("clients:owner", args=[client.pk]), {"owner": cast.lena.pk, "why": "рядом"})
    assert sign_in("max").get(reverse("clients:page", args=[client.pk])).status_code == 404
    page = sign_in("lena").get(reverse("clients:page", args=[client.pk])).content.decode()
    assert "рядом" in page


def test_the_archive(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max, name="Старый")
    browser = sign_in("vera")
    browser.post(reverse("clients:archive", args=[client.pk]))
    assert _names(browser.get(reverse("clients:list"))) == []
    assert _names(browser.get(reverse("clients:list"), {"archived": "1"})) == ["Старый"]
    browser.post(reverse("clients:archive", args=[client.pk]))
    assert _names(browser.get(reverse("clients:list"))) == ["Старый"]


def test_the_global_search_finds_clients(cast, sign_in):
    from ritm.clients.plugs import find

    clients.client(cast.home, owner=cast.max, name="Ромашка", legal={"inn": "7707083893"})
    clients.client(cast.home, owner=cast.max, name="Салон «Ромашка»")
    assert [hit.title for hit in find(cast.viewer("max"), "ромаш", 5)] == ["Ромашка", "Салон «Ромашка»"]
    assert find(cast.viewer("lena"), "ромаш", 5) == []


def test_who_sees_a_client_and_why(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max)
    page = sign_in("max").get(reverse("clients:sight", args=[client.pk])).content.decode()
    for name in ("Макс", "Вера", "Нина", "Дина"):
        assert name in page
    assert "Лена" not in page


def test_the_footer_sums_the_whole_list(cast, sign_in, monkeypatch):
    from ritm.clients import own, queries

    by = Actor(cast.home.pk, cast.adam.pk)
    field = operations.define(noun="client", kind="money", name="Оборот", by=by, at=NOW)
    for i, owner in enumerate((cast.max, cast.max, cast.lena)):
        client = clients.client(cast.home, owner=owner)
        known = own.all_definitions(cast.home.pk)
        operations.fill_in(client=client, values={field.pk: Decimal(i + 1)}, known=known, by=by, at=NOW)
    clients.client(cast.home, owner=cast.max)
    asked = {"columns": "name,own-oborot"}
    assert reverse("clients:totals") in sign_in("max").get(reverse("clients:list"), asked).content.decode()
    for name, count, total in (("max", "3 клиента", "3\u00a0₽"), ("nina", "4 клиента", "6\u00a0₽")):
        foot = sign_in(name).get(reverse("clients:totals"), asked).content.decode()
        assert count in foot.replace("\u00a0", " ")
        assert total in foot
    filtered = sign_in("nina").get(reverse("clients:totals"), asked | {"own-oborot": "3"}).content.decode()
    assert "3\u00a0₽" in filtered
    monkeypatch.setattr(queries, "TOTALS_MS", 1)
    monkeypatch.setattr(queries, "listed_clients", _slowly(queries.listed_clients))
    assert "сузьте" in sign_in("nina").get(reverse("clients:totals"), asked).content.decode()


def _slowly(listed):
    """The list, each row of which takes a tenth of a second."""
    from django.db.models.expressions import RawSQL

    def slow(viewer, asked):
        rows, wrong = listed(viewer, asked)
        return rows.filter(pk__gt=RawSQL("length(pg_sleep(0.1)::text)", [])), wrong

    return slow


def test_the_file_stands_in_the_order_of_the_list(cast, sign_in, monkeypatch):
    from ritm.clients import export

    monkeypatch.setattr(export, "CHUNK", 2)
    for name in "ВАГБД":
        clients.client(cast.home, owner=cast.max, name=name)
    answer = sign_in("nina").get(reverse("clients:export"), {"format": "csv", "sort": "-name"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1:]
    assert [line.split(";")[1] for line in lines] == list("ДГВБА")


def test_a_search_that_finds_too_many_says_that_it_sorts_the_first(cast, sign_in, monkeypatch):
    from ritm.clients import queries

    monkeypatch.setattr(queries, "COUNTED", 4)
    clients.many(cast.home, 6, owner=cast.max)
    page = sign_in("max").get(reverse("clients:list"), {"q": "клиент"}).content.decode()
    assert "первые 4" in page.replace("\u00a0", " ")


def test_those_alike_are_named_while_a_field_is_edited(cast, sign_in):
    one = clients.client(cast.home, owner=cast.max, name="Ромашка", phones=["+79123456789"])
    two = clients.client(cast.home, owner=cast.max, name="Лютик")
    clients.client(cast.home, owner=cast.lena, name="Чужой", phones=["+79123456789"])
    browser = sign_in("max")
    form = browser.get(reverse("clients:new_part", args=[two.pk, "phone"]), headers=HTMX).content.decode()
    assert f"{reverse('clients:similar')}?but={two.pk}" in form
    asked = {"phone": "8 912 345-67-89", "but": two.pk}
    said = browser.get(reverse("clients:similar"), asked).content.decode()
    assert "Ромашка" in said
    assert "Чужой" not in said
    assert "Ромашка" not in browser.get(reverse("clients:similar"), asked | {"but": one.pk}).content.decode()
    plain = browser.get(reverse("clients:field", args=[two.pk, "comment"]), headers=HTMX).content.decode()
    assert reverse("clients:similar") not in plain
