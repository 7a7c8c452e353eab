"""The import in the browser, step by step, each with its address."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from ritm.bridge import runs
from ritm.bridge.models import Import
from ritm.journal import tenancy
from ritm.trade.models import Order
from tests.bridge.doors import DOORS, OFFICE
from tests.cast import NAMES, NOW
from tests.factories.bridge import DAYS, uploaded

pytestmark = pytest.mark.django_db


def send(browser, content: bytes | str, name: str = "заказы.csv", kind: str = "orders"):
    body = content.encode() if isinstance(content, str) else content
    return browser.post(reverse("bridge:upload"), {"kind": kind, "file": SimpleUploadedFile(name, body)})


def form(source: Import, **more: str) -> dict[str, str]:
    roles = {place: role for role, place in source.mapping["roles"].items()}
    return {f"column-{at}": roles.get(at, "") for at in range(len(source.understood["columns"]))} | more


def test_from_the_file_to_the_report_and_back(cast, sign_in, django_capture_on_commit_callbacks):
    oleg = sign_in("oleg")
    answer = send(oleg, DAYS + "A1,когда-то,5\n")
    source = Import.objects.get()
    columns = reverse("bridge:columns", args=[source.pk])
    assert answer.url == columns
    page = oleg.get(columns).content.decode()
    assert "client_id" in page
    assert "UTF-8" in page

    answer = oleg.post(columns, form(source, day_first="1", decimal="."))
    check = reverse("bridge:check", args=[source.pk])
    assert answer.url == check
    assert ProcrastinateJob.objects.filter(task_name="bridge.check").count() == 1
    assert "every 1s" in oleg.get(check).content.decode()
    runs.check(organisation_id=cast.home.pk, import_id=source.pk, at=NOW)
    polled = oleg.get(check + "?polls", headers={"HX-Request": "true"})
    assert polled.headers["HX-Redirect"] == check
    page = oleg.get(check).content.decode()
    assert "когда-то" in page
    assert "Загрузить" in page

    answer = oleg.post(reverse("bridge:run", args=[source.pk]))
    assert answer.url == reverse("bridge:run", args=[source.pk])
    assert ProcrastinateJob.objects.filter(task_name="bridge.run").count() == 1
    # Closed and opened again: the address of the import leads to where it stands.
    assert oleg.get(reverse("bridge:import", args=[source.pk])).url == answer.url
    runs.run(organisation_id=cast.home.pk, import_id=source.pk, at=NOW)
    assert Order.objects.count() == 3
    report = oleg.get(reverse("bridge:import", args=[source.pk])).url
    assert "не принята 1 строка" in oleg.get(report).content.decode().lower()

    oleg.post(reverse("bridge:undo", args=[source.pk]))
    runs.undo(organisation_id=cast.home.pk, import_id=source.pk, at=NOW)
    assert not Order.objects.exists()
    assert "Отменено" in oleg.get(report).content.decode()


def test_a_second_click_does_not_start_it_twice(cast, sign_in):
    oleg = sign_in("oleg")
    source = uploaded(cast)
    oleg.post(reverse("bridge:columns", args=[source.pk]), form(source))
    runs.check(organisation_id=cast.home.pk, import_id=source.pk, at=NOW)
    url = reverse("bridge:run", args=[source.pk])
    assert oleg.post(url).status_code == 302
    assert oleg.post(url).status_code == 422
    assert ProcrastinateJob.objects.filter(task_name="bridge.run").count() == 1


def test_two_columns_of_one_role_are_said_in_place(cast, sign_in):
    source = uploaded(cast)
    answer = sign_in("oleg").post(
        reverse("bridge:columns", args=[source.pk]), form(source) | {"column-0": "date", "column-1": "date"}
    )
    assert answer.status_code == 422
    assert "Два столбца отмечены как «дата заказа»" in answer.content.decode()


def test_what_is_no_table_is_refused_in_place(cast, sign_in, settings):
    answer = send(
        sign_in("oleg"), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x08\x06\x1f\xf3\xff\xfe", "картинка.png"
    )
    assert answer.status_code == 422
    assert "не читается" in answer.content.decode()
    assert not Import.objects.exists()
    assert not list((settings.MEDIA_ROOT / "imports").iterdir())


def test_a_file_that_is_too_large_is_turned_away(cast, sign_in, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    answer = send(sign_in("oleg"), b"client,date,amount\n" + b"A,2026-01-01,1\n" * 10_000)
    assert answer.status_code == 422
    assert not Import.objects.exists()


def test_columns_are_remembered(cast, sign_in):
    oleg = sign_in("oleg")
    first = uploaded(cast, "a;b;c;d\nК-1;01.02.2026;5;7\n")
    chosen = {"column-0": "client", "column-1": "date", "column-2": "", "column-3": "amount"}
    oleg.post(reverse("bridge:columns", args=[first.pk]), chosen)
    again = uploaded(cast, "a;b;c;d\nК-2;02.02.2026;1;2\n")
    assert again.mapping["roles"] == {"client": 0, "date": 1, "amount": 3}


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_refused_rows_as_a_file_carry_no_formula(cast, sign_in, take, extension):
    good = "A1,2026-01-01,5\n" * 3
    found = take(f'client,date,amount\n{good}"=HYPERLINK(""http://x"")",не дата,=1+1\n').check()
    answer = sign_in("oleg").get(reverse("bridge:errors", args=[found.source.pk, extension]))
    assert answer.status_code == 200
    content = answer.getvalue() if answer.streaming else answer.content
    if extension == "csv":
        text = content.decode("utf-8-sig")
        assert "не дата" in text
        assert "'=HYPERLINK" in text
        assert ";=" not in text
    else:
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
            assert b"HYPERLINK" in book.read("xl/worksheets/sheet1.xml")


def test_the_list_costs_the_same_however_long(cast, sign_in, django_assert_max_num_queries):
    oleg = sign_in("oleg")
    for _ in range(3):
        uploaded(cast)
    with django_assert_max_num_queries(14):
        assert oleg.get(reverse("bridge:imports")).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_who_may_enter(cast, sign_in, name):
    browser = sign_in(name)
    for url_name, (build, who) in DOORS.items():
        with tenancy.organisation(cast.home.pk):
            kwargs = build(cast)
        answer = browser.get(reverse(url_name, kwargs=kwargs))
        if answer.status_code == 405:
            answer = browser.post(reverse(url_name, kwargs=kwargs))
        if name in who:
            assert answer.status_code in (200, 302, 422), url_name
        else:
            assert answer.status_code == 404, url_name
    assert OFFICE
