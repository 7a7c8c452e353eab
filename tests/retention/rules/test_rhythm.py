"""The rule for one client, held to the worked tables of docs/rules/rhythm.md."""

from __future__ import annotations

import json
import re
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.retention.rules.rhythm import (
    DEFAULT_PRIOR,
    NO_ORDERS,
    Beat,
    Rule,
    Status,
    believe,
    explain,
    horizon,
    interval,
    money_at_stake,
    next_change_on,
    observe,
    p_none,
    pause_quantile,
    refund,
    replay,
    stamps,
    status,
    survival,
)
from ritm.retention.rules.rhythm_words import label, sentence

PAGE = Path(__file__).parents[3] / "docs" / "rules" / "rhythm.md"


def table(name: str) -> list[dict[str, str]]:
    """The rows of the table that the page marks with `<!-- table: name … -->`."""
    found = re.search(rf"<!-- table: {name}\b[^>]*-->\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"))
    assert found, f"docs/rules/rhythm.md has no table {name}"
    heads, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines())
    return [dict(zip(heads, row, strict=True)) for row in rows]


def day(text: str) -> date:
    return date.fromisoformat(text)


def beat_of(client: str, until: str = "9999-12-31") -> Beat:
    rows = [row for row in table(client) if row["order_on"] <= until]
    return replay((day(row["order_on"]), Decimal(100), float(row["usual"])) for row in rows)


@pytest.mark.parametrize("client", ["ordinary", "weekly", "won_back"])
def test_each_order_gives_the_state_and_the_dates_of_the_page(client: str) -> None:
    beat = NO_ORDERS
    for row in table(client):
        beat = observe(beat, day(row["order_on"]), usual=float(row["usual"]))
        due = stamps(beat)
        assert due is not None
        assert beat.n == int(row["n"])
        assert beat.weight == pytest.approx(float(row["N"]), abs=1e-6)
        assert beat.log_sum == pytest.approx(float(row["S1"]), abs=1e-6)
        assert beat.log_squares == pytest.approx(float(row["S2"]), abs=1e-6)
        assert interval(beat) == pytest.approx(float(row["interval"]), abs=1e-6)
        assert due.expected_on == day(row["expected_on"])
        assert due.slipping_on == day(row["slipping_on"])
        assert due.lost_on == day(row["lost_on"])
        assert beat.returned is (row["returned"] == "yes")


@pytest.mark.parametrize("row", table("statuses"), ids=lambda row: f"{row['client']} {row['date']}")
def test_statuses_of_the_page(row: dict[str, str]) -> None:
    beat = beat_of(row["client"], row["orders_until"])
    assert status(beat, day(row["date"])) == row["status"]
    assert str(next_change_on(beat, day(row["date"])) or "never") == row["next_change_on"]


@pytest.mark.parametrize("row", table("probabilities"), ids=lambda row: f"{row['client']} {row['date']}")
def test_probabilities_of_the_page_with_exact_student_t(row: dict[str, str]) -> None:
    seen = explain(beat_of(row["client"]), day(row["date"]))
    assert seen is not None
    assert seen.silent == int(row["silent"])
    for name, value in (("m", seen.belief.m), ("s", seen.belief.s), ("nu", seen.belief.nu), ("pi", seen.belief.gone)):
        assert value == pytest.approx(float(row[name]), abs=1e-6), name
    assert seen.horizon == pytest.approx(float(row["horizon"]))
    for name in ("longer", "risk", "risk_90", "risk_180"):
        assert getattr(seen, name) == pytest.approx(float(row[name]), abs=0.003), name


@pytest.mark.parametrize("row", table("words"), ids=lambda row: row["interval"])
def test_intervals_in_words(row: dict[str, str]) -> None:
    for lang in ("ru", "en"):
        assert label(float(row["interval"]), lang).replace("\u00a0", " ") == row[lang]


def test_a_client_without_orders_is_a_prospect_and_has_no_dates() -> None:
    assert status(NO_ORDERS, day("2024-01-01")) is Status.PROSPECT
    assert stamps(NO_ORDERS) is None
    assert next_change_on(NO_ORDERS, day("2024-01-01")) is None
    assert explain(NO_ORDERS, day("2024-01-01")) is None
    with pytest.raises(ValueError):
        interval(NO_ORDERS)
    with pytest.raises(ValueError):
        believe(NO_ORDERS)


def test_a_second_order_of_the_day_adds_only_its_amount() -> None:
    first = observe(NO_ORDERS, day("2024-01-01"), Decimal("10.50"))
    assert observe(first, day("2024-01-01"), Decimal("1.25")) == Beat(
        1, day("2024-01-01"), day("2024-01-01"), amount=Decimal("11.75")
    )


def test_a_return_lowers_the_amount_and_leaves_the_rhythm_alone() -> None:
    beat = observe(NO_ORDERS, day("2024-01-01"), Decimal(10))
    after = refund(beat, Decimal(25))
    assert after.amount == Decimal(-15)
    assert stamps(after) == stamps(beat)
    assert replay([(day("2024-01-01"), Decimal(10), 30.0), (day("2024-02-01"), Decimal(-25), 30.0)]) == after


def test_an_order_from_the_past_asks_for_a_replay() -> None:
    with pytest.raises(ValueError, match="replay"):
        observe(observe(NO_ORDERS, day("2024-01-02")), day("2024-01-01"))


def test_the_past_is_not_explained_with_what_came_later() -> None:
    with pytest.raises(ValueError, match="not known yet"):
        explain(beat_of("ordinary"), day("2024-03-13"))


def test_an_interval_of_whole_days_does_not_gain_a_day_from_float_noise() -> None:
    # (0.5 * 30 + 3 * 30) / 3.5 = 30 exactly; 1.1 * 30 = 33.000000000000004 in floats.
    beat = replay((day("2024-01-01") + timedelta(30 * i), Decimal(1), 30.0) for i in range(4))
    due = stamps(beat, Rule(slipping_after=1.1, grace=0))
    assert due is not None and beat.last_on is not None
    assert due.expected_on == beat.last_on + timedelta(30)
    assert due.slipping_on == beat.last_on + timedelta(33)


def test_an_office_that_wants_fewer_alarms_turns_one_constant() -> None:
    beat = beat_of("ordinary")
    early, late = stamps(beat, Rule(slipping_after=1.0)), stamps(beat, Rule(slipping_after=2.0))
    assert early is not None and late is not None
    assert early.slipping_on < late.slipping_on
    assert early.expected_on == late.expected_on


def test_an_order_on_the_slipping_date_itself_is_a_return() -> None:
    beat = observe(NO_ORDERS, day("2024-01-10"))
    due = stamps(beat)
    assert due is not None
    assert observe(beat, due.slipping_on).returned
    assert not observe(beat, due.slipping_on - timedelta(1)).returned


def test_money_at_stake() -> None:
    assert money_at_stake(0.5, 1000.0, 36.5) == pytest.approx(5000)
    assert money_at_stake(0.5, -1000.0, 36.5) == 0


def test_an_explanation_is_stored_whole_and_reproduced() -> None:
    seen = explain(beat_of("ordinary"), day("2024-08-20"))
    assert seen is not None
    record = seen.as_record()
    stored = json.loads(json.dumps(record, default=str))
    assert stored["status"] == "overdue"
    assert stored["stamps"]["slipping_on"] == "2024-08-25"
    beat = record["beat"]
    assert isinstance(beat, dict)
    assert explain(Beat(**beat), seen.as_of, seen.prior, seen.rule) == seen


def test_sentences_in_every_status() -> None:
    def said(when: str, until: str = "9999-12-31", lang: str = "ru", client: str = "ordinary") -> str:
        words = sentence(beat_of(client, until), day(when), lang="ru" if lang == "ru" else "en", client="«Ромашка»")
        return words.replace("\u00a0", " ")

    assert said("2024-04-01") == (
        "«Ромашка» заказывает примерно раз в 3 месяца (5 заказов, последний 14 марта). Ждём заказ к 12 июня, "
        "тишина 18 дней. Вероятность заказа в ближайшие 284 дня: 91 %. "
        "Начнёт ускользать 25 августа; 7 марта 2025 станет потерянным."
    )
    assert "Ждали заказ к 12 июня, тишина 159 дней – дольше 78 % его обычных пауз." in said("2024-08-20")
    assert said("2024-08-25").endswith("Ускользает с 25 августа; 7 марта 2025 станет потерянным.")
    assert said("2025-03-07").endswith("Ускользал с 25 августа 2024; потерян с 7 марта.")
    assert said("2023-03-02", "2023-03-01").startswith(
        "«Ромашка»: пока один заказ, 1 марта. Такие клиенты заказывают снова примерно раз в 30 дней. Ждём заказ"
    )
    assert "обычных пауз таких клиентов" in said("2023-04-20", "2023-03-01")
    assert "Вернулся после долгого молчания." in said("2024-07-01", "2024-07-01", client="won_back")
    assert said("2024-08-25", lang="en") == (
        "«Ромашка» orders about every 3 months (5 orders, last 14 March). An order was due by 12 June; 164 days of "
        "silence is longer than 79% of expected pauses. Chance of an order in the next 284 days: 78%. "
        "Slipping since 25 August; counts as lost from 7 March 2025."
    )
    assert sentence(NO_ORDERS, day("2024-01-01")) == "Заказов ещё не было."
    assert sentence(NO_ORDERS, day("2024-01-01"), lang="en", client="Acme") == "Acme: no orders yet."


def test_a_history_that_starts_late_is_said() -> None:
    beat = beat_of("ordinary")
    near = sentence(beat, day("2024-04-01"), history_from=day("2023-02-01")).replace("\u00a0", " ")
    assert near.startswith("Заказывает примерно раз в 3 месяца (5 заказов с 1 февраля 2023, последний 14 марта).")
    # Long before his first order the history had begun: he is not one of those whose past is unseen.
    assert "2022" not in sentence(beat, day("2024-04-01"), history_from=day("2022-01-01"))


def test_a_changed_pace_is_said() -> None:
    days = [day("2020-01-01"), day("2022-01-01"), *(day("2022-01-08") + timedelta(7 * i) for i in range(8))]
    words = sentence(replay((when, Decimal(1), 30.0) for when in days), days[-1]).replace("\u00a0", " ")
    assert words.startswith("Заказывает примерно раз в 3 месяца (10 заказов, ")
    assert "Последнее время чаще: примерно раз в " in words


BEATS = st.builds(
    lambda gaps, usual: replay(
        (day("2020-01-01") + timedelta(sum(gaps[:i])), Decimal(1), usual) for i in range(len(gaps) + 1)
    ),
    st.lists(st.integers(1, 900), max_size=12),
    st.floats(1, 400),
)


@given(BEATS, st.integers(0, 3000), st.integers(0, 1000))
def test_probabilities_are_probabilities_and_fall_with_the_horizon(beat: Beat, silent: int, ahead: int) -> None:
    belief = believe(beat, DEFAULT_PRIOR)
    near, far = p_none(belief, silent, ahead), p_none(belief, silent, ahead + 30)
    assert 0 < far <= near <= 1
    assert 0 <= survival(belief, silent + 1) <= survival(belief, silent) <= 1
    assert horizon(beat) >= 90


@given(BEATS)
def test_statuses_only_get_worse_with_silence(beat: Beat) -> None:
    due = stamps(beat)
    assert due is not None and beat.last_on is not None
    assert beat.last_on < due.expected_on <= due.slipping_on <= due.lost_on
    order = [Status.NEW, Status.ACTIVE, Status.WON_BACK, Status.OVERDUE, Status.SLIPPING, Status.LOST]
    seen = [order.index(status(beat, beat.last_on + timedelta(silent))) for silent in range(0, 4000, 50)]
    assert seen == sorted(seen)
    when = beat.last_on
    while (change := next_change_on(beat, when)) is not None:
        assert status(beat, change) != status(beat, change - timedelta(1))
        when = change


@given(BEATS, st.floats(0.01, 0.99))
def test_quantiles_invert_the_survival(beat: Beat, q: float) -> None:
    belief = believe(beat)
    assert survival(belief, pause_quantile(belief, q)) == pytest.approx(1 - q, abs=1e-6)


def test_the_web_process_needs_no_numpy() -> None:
    import subprocess

    code = "import sys, ritm.retention.rules.rhythm_words; sys.exit('numpy' in sys.modules or 'django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PAGE.parents[2]).returncode == 0
