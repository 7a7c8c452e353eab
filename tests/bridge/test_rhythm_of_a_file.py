"""`ritm rhythm FILE` as people run it: files in, answers out, and every refused row named."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from ritm.bridge.rhythm_of_a_file import COLUMNS, HISTORY_COLUMNS, LIMITS, main

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples" / "orders"

ORDERS = """Клиент;Дата;Сумма
Ромашка;01.03.2023;100
Ромашка;02.06.2023;100
Ромашка;29.08.2023;100
Ромашка;04.12.2023;100
Ромашка;14.03.2024;100,50
Лютик;29.02.2024;5 000
Астра;10.01.2024;100
Астра;11.01.2024;-700
Пион;12.01.2024;-50
Мак;;
"""


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def run(content: str | bytes, *arguments: str, code: int = 0) -> tuple[str, str]:
        path = tmp_path / "orders.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        assert main([str(path), *arguments]) == code
        captured = capsys.readouterr()
        return captured.out, captured.err

    return run


def rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_every_client_in_csv(run) -> None:
    out, err = run(ORDERS, "--as-of", "2024-08-25", "--format", "csv")
    assert out.splitlines()[0] == ",".join(COLUMNS)
    by_name = {row["client"]: row for row in rows(out)}
    assert list(by_name) == sorted(by_name) == ["Астра", "Лютик", "Мак", "Пион", "Ромашка"]
    romashka = by_name["Ромашка"]
    # With so few clients G0 stays 30: (0.5 * 30 + 379) / 4.5.
    assert romashka["orders"] == "5"
    assert romashka["interval_days"] == "87.56"
    assert romashka["label"] == "раз в 3 месяца"
    assert (romashka["expected_on"], romashka["slipping_on"], romashka["lost_on"]) == (
        "2024-06-10",
        "2024-08-23",
        "2025-03-02",
    )
    assert romashka["status"] == "slipping"
    assert float(romashka["silence_ratio"]) == pytest.approx(164 / 87.5556, abs=0.001)
    assert 0 < float(romashka["risk"]) < float(romashka["risk_90"]) < 1
    assert romashka["why"].startswith("Ромашка заказывает примерно раз в\u00a03\u00a0месяца (5\u00a0заказов")
    assert by_name["Лютик"]["status"] == "slipping" and by_name["Лютик"]["label"] == "один заказ"
    assert by_name["Мак"]["status"] == by_name["Пион"]["status"] == "prospect"
    assert by_name["Мак"]["why"] == "Мак: заказов ещё не было."
    assert by_name["Пион"]["why"] == "Пион: заказов не видно, только возвраты."
    assert by_name["Мак"]["risk"] == ""
    assert "Строк с возвратами: 2" in err


def test_the_future_is_not_known_yet(run) -> None:
    past = "".join(line for line in ORDERS.splitlines(keepends=True) if "2024" not in line)
    early, err = run(ORDERS, "--as-of", "2023-12-31", "--format", "csv")
    alone, _ = run(past, "--as-of", "2023-12-31", "--format", "csv")
    assert early == alone
    assert "Строк позже этой даты: 5" in err


def test_without_as_of_the_last_order_is_the_date_but_never_the_future(run) -> None:
    tomorrow = date.today() + timedelta(400)  # noqa: DTZ011
    _, err = run(ORDERS + f"Ромашка;{tomorrow:%d.%m.%Y};1\n", "--format", "csv")
    assert "На 2024-03-14 известно" in err
    assert "последний заказ в файле" in err
    assert "Строк позже этой даты: 1" in err


def test_history_tells_what_was_known_then(run) -> None:
    out, _ = run(ORDERS, "--history", "--format", "csv")
    assert out.splitlines()[0] == ",".join(HISTORY_COLUMNS)
    romashka = [row for row in rows(out) if row["client"] == "Ромашка"]
    assert [row["orders"] for row in romashka] == ["1", "2", "3", "4", "5"]
    assert romashka[1] == {
        "client": "Ромашка",
        "order_on": "2023-06-02",
        "orders": "2",
        "interval_days": "72.0",
        "expected_on": "2023-08-13",
        "slipping_on": "2023-10-18",
        "lost_on": "2024-04-03",
    }
    early, _ = run(ORDERS, "--history", "--format", "csv", "--as-of", "2023-12-31")
    assert rows(early) == [row for row in rows(out) if row["order_on"] <= "2023-12-31"]


def test_refused_rows_are_counted_and_named(run) -> None:
    days = ("31.02.2024", "32.01.2024", "33.01.2024", "34.01.2024")
    bad = ORDERS + "".join(f"Пион;{day};1\n" for day in days) + ";01.01.2024;1\nИтого;;9\n"
    _, err = run(bad, "--format", "csv")
    assert "Не принято строк: 5." in err
    assert "строка 12: даты «31.02.2024» не бывает" in err
    assert "и ещё 1 по той же причине" in err
    assert "строка 16: не указан клиент" in err
    assert "Пропущено итоговых строк: 1 (строки 17)" in err
    _, err = run(bad, "--format", "csv", "--lang", "en")
    assert "row 12: there is no such date as '31.02.2024'" in err


def test_json_is_the_same_as_csv(run) -> None:
    as_csv, _ = run(ORDERS, "--format", "csv", "--lang", "en")
    as_json, _ = run(ORDERS, "--format", "json", "--lang", "en")
    found = json.loads(as_json)
    assert [{name: str(value) for name, value in row.items()} for row in found] == rows(as_csv)
    assert found[-1]["orders"] == 5
    assert json.loads(run(ORDERS, "--format", "json", "--as-of", "1999-01-01", "--history")[0]) == []


def test_the_table_fits_and_says_what_it_leaves_out(run) -> None:
    out, _ = run(ORDERS, "--as-of", "2024-03-20", "--limit", "1")
    lines = out.splitlines()
    assert lines[0].split()[:2] == ["клиент", "состояние"]
    # A client with a rhythm comes before a bigger order that may never be repeated.
    assert lines[1].startswith("Ромашка")
    assert lines[2].startswith("Показано 1 из 3")
    everyone, _ = run(ORDERS, "--limit", "0", "--lang", "en")
    assert len(everyone.splitlines()) == 4
    history, _ = run(ORDERS, "--history", "--limit", "2")
    assert history.splitlines()[-1].startswith("Показано 2 строк из 7")
    assert LIMITS["table"] == 50


def test_the_page_stands_alone_and_escapes_names(run) -> None:
    out, _ = run(ORDERS.replace("Ромашка", "<b>&Ромашка"), "--format", "html")
    assert out.startswith("<!doctype html>") and out.rstrip().endswith("</html>")
    assert "&lt;b&gt;&amp;Ромашка" in out and "<b>" not in out
    assert out.count("<svg") == 3 and out.count("<title>") == 4
    assert "http" not in out


def test_columns_can_be_named_or_numbered(run) -> None:
    strange = "a;b;c;d\nx;01.02.2024;2;y\nx;05.03.2024;3;z\n"
    _, err = run(strange, "--format", "csv", code=2)
    assert "--client" in err and "1 a, 2 b" in err.replace("column ", "")
    for said in (["--client", "d", "--amount", "c"], ["--client", "4", "--date", "2", "--amount", "3"]):
        out, _ = run(strange, "--format", "csv", *said)
        assert [row["client"] for row in rows(out)] == ["y", "z"]
    _, err = run(strange, "--client", "нет", code=2)
    assert "Столбца «нет» нет" in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "файл пустой"),
        ("Клиент;Дата;Сумма\n", "нет строк с данными"),
        ("Клиент;Дата;Сумма\nА;вчера;1\nБ;завтра;2\n", "Не понял, какой столбец – дата"),
    ],
)
def test_files_with_nothing_to_say(run, content: str, said: str) -> None:
    code = 2 if "Не понял" in said else 1
    out, err = run(content, code=code)
    assert out == "" and said in err


def test_only_refused_rows_are_no_answer(run) -> None:
    out, err = run("Клиент;Дата;Сумма\n;01.01.2024;1\n", "--format", "csv", code=1)
    assert out == "" and "Ни одной строки" in err


def test_wrong_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "нет.csv")]) == 1
    assert "файла «нет.csv» нет" in capsys.readouterr().err
    for wrong in (["--as-of", "вчера"], ["--history", "--format", "html"], ["--limit", "-1"]):
        with pytest.raises(SystemExit) as caught:
            main(["x.csv", *wrong])
        assert caught.value.code == 2


def test_it_needs_no_django_and_stops_quietly_when_nobody_reads(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("client,date,amount\n" + "".join(f"c{i},2024-01-{1 + i % 28:02},5\n" for i in range(20_000)))
    code = "import sys; from ritm.bridge.rhythm_of_a_file import main; assert 'django' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
    command = [sys.executable, "-m", "ritm.bridge.rhythm_of_a_file", str(path), "--format", "csv"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaints = process.stderr.read().decode()
    assert process.returncode == 0
    assert "Traceback" not in complaints and "Broken" not in complaints


@pytest.mark.parametrize(
    ("sample", "cutoff", "at_least"), [("cdnow", date(1997, 10, 28), 0.70), ("or1", date(2011, 6, 29), 0.75)]
)
def test_the_ranking_of_real_histories(run, sample: str, cutoff: date, at_least: float) -> None:
    """AUC of `risk` against "no order within the client's own horizon", watch population, one cut-off, no pandas."""
    path = SAMPLES / f"{sample}.csv.gz"
    if not path.exists():
        pytest.skip(f"no sample histories: {path.name} is not beside the repository")
    packed = path.read_bytes()
    days: dict[str, list[date]] = {}
    for row in rows(gzip.decompress(packed).decode()):
        days.setdefault(row["client_id"], []).append(date.fromisoformat(row["date"]))
    end = max(map(max, days.values()))
    out, _ = run(packed, "--as-of", cutoff.isoformat(), "--format", "csv", "--lang", "en")
    risk, gone = [], []
    for row in rows(out):
        known = sorted(day for day in days[row["client"]] if day <= cutoff)
        if len(known) < 2 or (cutoff - known[-1]).days > 180:
            continue
        horizon = timedelta(max(90, 3 * (known[-1] - known[0]).days / (len(known) - 1)))
        if cutoff + horizon <= end:
            risk.append(float(row["risk"]))
            gone.append(not any(cutoff < day <= cutoff + horizon for day in days[row["client"]]))
    lost, kept = np.array(risk)[gone], np.array(risk)[~np.array(gone)]
    wins = np.mean(lost[:, None] > kept) + np.mean(lost[:, None] == kept) / 2
    assert len(lost) > 50 and len(kept) > 50
    assert wins > at_least
