"""`ritm rhythm FILE`: the rhythm of every client in an order history, without a database.

An entrance: it reads the file, the arguments and (only for the default date) the clock; the pure rules do
the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np

from ritm.bridge.rules.dates import parse_date
from ritm.bridge.rules.order_rows import Floats, Ints, OrderRows, read_orders
from ritm.bridge.rules.refused import Refused, UnreadableFile
from ritm.bridge.rules.roles import ORDER_ROLES, guess_roles, tidy
from ritm.bridge.rules.tables import Table, open_table
from ritm.retention.rules import rhythm_arrays
from ritm.retention.rules.prior import fit
from ritm.retention.rules.rhythm import DEFAULT_RULE, Status
from ritm.retention.rules.rhythm_arrays import Beats
from ritm.retention.rules.rhythm_words import (
    DAYS_IN_MONTH,
    MONTHS_FROM,
    NBSP,
    PACE_CHANGED,
    STATUS_WORDS,
    FactColumns,
    Lang,
    Made,
    label,
    step_label,
    tell_many,
    tell_nothing,
)

COLUMNS = (
    "client", "orders", "last_order_on", "interval_days", "label", "expected_on", "slipping_on", "lost_on",
    "status", "silence_ratio", "risk", "risk_90", "risk_180", "why",
)  # fmt: skip
HISTORY_COLUMNS = ("client", "order_on", "orders", "interval_days", "expected_on", "slipping_on", "lost_on")
LIMITS = {"table": 50, "html": 200}
# Of each reason for refusing rows, so many rows are shown.
EXAMPLES = 3
NAME_WIDTH = 28

WORDS: dict[Lang, dict[str, str]] = {
    "ru": {
        "read": "{file}: {how}; заголовок: {header}",
        "header_row": "строка {row}",
        "no_header": "нет",
        "sheet": "лист «{sheet}»",
        "other_sheets": "Другие листы не читались: {sheets}.",
        "columns": "Столбцы: клиент – «{client}», дата – «{date}», сумма – {amount}.",
        "named": "«{name}»",
        "no_amount": "не найдена, деньги не считаются",
        "known": "На {as_of} известно: клиентов {clients}, дней с заказами {orders}.",
        "as_of_last": "Дата – последний заказ в файле; другую задаёт --as-of.",
        "future": "Строк позже этой даты: {count}, ещё не известны.",
        "returns": "Строк с возвратами: {count}: уменьшают сумму, ритм не меняют.",
        "without_amount": "Строк без суммы: {count}, учтены как заказы.",
        "totals": "Пропущено итоговых строк: {count} (строки {rows}).",
        "refused": "Не принято строк: {count}.",
        "refused_row": "  строка {row}: {reason}",
        "refused_more": "  и ещё {count} по той же причине",
        "mixed": "В датах то день, то месяц на первом месте ({day} и {month}): принят порядок большинства.",
        "guessed": "По датам не видно, день или месяц на первом месте; считаем, что день.",
        "column_missing": "Не понял, какой столбец – {role}. Укажите {option}. Столбцы: {columns}.",
        "column_unknown": "Столбца «{name}» нет. Столбцы: {columns}.",
        "client": "клиент",
        "date": "дата",
        "no_orders": "Ни одной строки с заказом или клиентом не нашлось.",
        "heads": "клиент|состояние|заказов|последний|ритм|ждали к|тишина|риск|деньги в год",
        "history_heads": "клиент|заказ|заказов|интервал|ждём к|ускользнёт|потерян",
        "shown": "Показано {shown} из {all} по деньгам под риском; --limit 0 – все, --format csv – все поля.",
        "shown_history": "Показано {shown} строк из {all}; все – с --limit 0 или --format csv.",
        "title": "Ритм клиентов",
        "page_note": "На {as_of}. Показано {shown} из {all} по деньгам под риском; потерянные – в конце.",
        "stake": "под риском в год",
    },
    "en": {
        "read": "{file}: {how}; header: {header}",
        "header_row": "row {row}",
        "no_header": "none",
        "sheet": "sheet {sheet!r}",
        "other_sheets": "Other sheets were not read: {sheets}.",
        "columns": "Columns: client is {client!r}, date is {date!r}, amount is {amount}.",
        "named": "{name!r}",
        "no_amount": "not found, so no money is counted",
        "known": "Known on {as_of}: {clients} clients, {orders} order days.",
        "as_of_last": "The date is the last order in the file; --as-of says otherwise.",
        "future": "Rows after this date: {count}, not known yet.",
        "returns": "Rows with returns: {count}; they lower the amount and leave the rhythm alone.",
        "without_amount": "Rows without an amount: {count}, taken as orders.",
        "totals": "Left out rows of totals: {count} (rows {rows}).",
        "refused": "Refused rows: {count}.",
        "refused_row": "  row {row}: {reason}",
        "refused_more": "  and {count} more for the same reason",
        "mixed": "The day stands first in {day} dates and the month in {month}: the majority was followed.",
        "guessed": "The dates do not show whether the day or the month stands first; the day was taken.",
        "column_missing": "Cannot tell which column is the {role}. Say {option}. Columns: {columns}.",
        "column_unknown": "There is no column {name!r}. Columns: {columns}.",
        "client": "client",
        "date": "date",
        "no_orders": "No row with an order or a client was found.",
        "heads": "client|status|orders|last|rhythm|expected|silence|risk|money a year",
        "history_heads": "client|order|orders|interval|expected|slipping|lost",
        "shown": "{shown} of {all} shown by money at stake; --limit 0 shows all, --format csv all fields.",
        "shown_history": "{shown} of {all} rows shown; all of them with --limit 0 or --format csv.",
        "title": "Rhythm of clients",
        "page_note": "As of {as_of}. {shown} of {all} shown by money at stake; the lost come last.",
        "stake": "at stake a year",
    },
}


class ColumnError(ValueError):
    """A column that the file does not have or that nobody can guess; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the file says of the days up to `as_of` (an ordinal).

    `client` (positions in `names`), `day`, `amount` and `beats` have one entry per order day, sorted by
    client and day. `net` is each client's amount with returns, by position. `silent` are positions of
    clients without orders.
    """

    names: list[str]
    as_of: int
    client: Ints
    day: Ints
    amount: Floats
    beats: Beats
    net: Floats
    silent: list[int]
    returned: frozenset[int]
    future: int
    returns: int

    @property
    def today(self) -> date:
        """This function will return `as_of` as a date."""
        return date.fromordinal(self.as_of)


@dataclass(frozen=True, slots=True)
class Answers:
    """What is said of each client with orders on `as_of`; `row` points at his last order day in `Known`."""

    row: Ints
    last: Beats
    interval: Floats
    due: rhythm_arrays.StampArrays
    status: list[Status]
    silent: Ints
    longer: Floats
    median: Floats
    horizon: Floats
    risk: Floats
    risk_90: Floats
    risk_180: Floats
    stake: Floats

    def by_stake(self, limit: int) -> Ints:
        """This function will return positions by money at stake, then by risk; `limit` 0 means all.

        Clients with a rhythm come first, then those with one order (their pace is borrowed), then the lost:
        their money is not at stake any more.
        """
        lost = np.array([status is Status.LOST for status in self.status], np.bool_)
        order = np.lexsort((-self.risk, -self.stake, self.last.n == 1, lost))
        return order[:limit] if limit else order


def main(argv: list[str]) -> int:
    """This function will run `ritm rhythm` with the arguments after the command's name and return the exit
    code.

    0: printed; 1: the file cannot be read or holds nothing; 2: wrong arguments or unclear columns.
    """
    args = _arguments(argv)
    lang: Lang = args.lang
    try:
        table = open_table(args.file, sheet=args.sheet)
        places = _columns(table, args, lang)
    except UnreadableFile as error:
        print(f"{args.file.name}: {error.reason.say(lang)}", file=sys.stderr)
        return 1
    except ColumnError as error:
        print(error, file=sys.stderr)
        return 2
    rows = read_orders(table, places["client"], places["date"], places.get("amount"))
    today = date.today().toordinal()  # noqa: DTZ011  calendar dates of the file's owner, so of this machine
    known = know(rows, _last_order(rows, today) if args.as_of is None else args.as_of.toordinal())
    _report(table, places, rows, known, args, sys.stderr)
    if not rows.clients:
        print(WORDS[lang]["no_orders"], file=sys.stderr)
        return 1
    try:
        _print(known, args, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough; without this Python complains once more when it closes
        # stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def know(rows: OrderRows, as_of: int) -> Known:
    """This function will return what the rows say of the days up to `as_of`: order days, states, returns."""
    past = rows.day <= as_of
    bought = past & (rows.amount >= 0)
    gave_back = past & (rows.amount < 0)
    # One sortable number per client and day; a day number has at most 20 bits.
    keys, inverse = np.unique((rows.client[bought] << 20) | rows.day[bought], return_inverse=True)
    client, day = keys >> 20, keys & ((1 << 20) - 1)
    returned = frozenset(np.unique(rows.client[gave_back]).tolist())
    return Known(
        rows.clients,
        as_of,
        client,
        day,
        _sums(inverse, rows.amount[bought], len(keys)),
        rhythm_arrays.unfold(client, day, rhythm_arrays.usual_on(client, day)),
        _sums(rows.client[past], rows.amount[past], len(rows.clients)),
        sorted((set(rows.idle.tolist()) | returned) - set(np.unique(client).tolist())),
        returned,
        int(np.count_nonzero(~past)),
        int(np.count_nonzero(gave_back)),
    )


def _sums(place: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(place, values, size).astype(np.float64)


def answer(known: Known) -> Answers:
    """This function will fit the prior to what is known and answer for each client with orders."""
    row = np.flatnonzero(rhythm_arrays.last_of_each(known.client))
    last = known.beats.take(row)
    beliefs = rhythm_arrays.believe(last, fit(known.client, known.beats, known.as_of))
    silent = known.as_of - last.last
    silence = silent.astype(np.float64)
    horizon = rhythm_arrays.horizons(last)
    interval = rhythm_arrays.intervals(last)
    risk = rhythm_arrays.p_none(beliefs, silence, horizon)
    return Answers(
        row,
        last,
        interval,
        rhythm_arrays.stamps(last),
        rhythm_arrays.statuses(last, known.as_of),
        silent,
        rhythm_arrays.survival(beliefs, silence),
        rhythm_arrays.medians(beliefs),
        horizon,
        risk,
        rhythm_arrays.p_none(beliefs, silence, 90.0),
        rhythm_arrays.p_none(beliefs, silence, 180.0),
        rhythm_arrays.money_at_stake(risk, known.net[known.client[row]] / last.n, interval),
    )


def sentences(known: Known, answers: Answers, at: Ints, lang: Lang) -> Iterator[str]:
    """This function will return the sentences of the clients at the given positions of `answers`."""
    last, due, interval, median = answers.last.take(at), answers.due, answers.interval[at], answers.median[at]
    history_from = int(known.day.min())
    far = (median / interval > PACE_CHANGED) | (median / interval < 1 / PACE_CHANGED)
    unseen = last.first - history_from < DEFAULT_RULE.slipping_after * interval + DEFAULT_RULE.grace
    return tell_many(
        FactColumns(
            map(known.names.__getitem__, known.client[answers.row[at]].tolist()),
            last.n.tolist(),
            map(answers.status.__getitem__, at.tolist()),
            _steps(interval).tolist(),
            last.last.tolist(),
            due.expected[at].tolist(),
            due.slipping[at].tolist(),
            due.lost[at].tolist(),
            answers.silent[at].tolist(),
            _whole(100 * (1 - answers.longer[at])).tolist(),
            _whole(100 * (1 - answers.risk[at])).tolist(),
            _whole(answers.horizon[at]).tolist(),
            _steps(median).tolist(),
            np.where(far & (last.n >= 3), np.where(median < interval, 1, 2), 0).tolist(),
            unseen.tolist(),
        ),
        date.fromordinal(history_from),
        known.today,
        lang,
    )


def _whole(values: Floats) -> Ints:
    """Rounded as round() does."""
    return np.rint(values).astype(np.int64)


def _steps(days: Floats) -> Ints:
    """`label_step` of many intervals."""
    return np.where(days < MONTHS_FROM, np.maximum(1, _whole(days)), -_whole(2 * days / DAYS_IN_MONTH))


def records(known: Known, lang: Lang) -> Iterator[tuple[object, ...]]:
    """This function will yield a tuple of COLUMNS for every client, in alphabetical order."""
    answers = answer(known)
    n = answers.last.n
    clients = known.client[answers.row].tolist()
    # Label 0 is that of one order: no interval is rounded to it.
    labels = Made(lambda step: step_label(step, lang).replace(NBSP, " ") if step else _plain_label(1, 0.0, lang))
    told = zip(
        map(known.names.__getitem__, clients),
        n.tolist(),
        _isos(answers.last.last),
        # round(), not np.round: they differ in the last cent.
        [round(interval, 2) for interval in answers.interval.tolist()],
        map(labels.__getitem__, np.where(n > 1, _steps(answers.interval), 0).tolist()),
        _isos(answers.due.expected),
        _isos(answers.due.slipping),
        _isos(answers.due.lost),
        [status.value for status in answers.status],
        np.round(answers.silent / answers.interval, 3).tolist(),
        np.round(answers.risk, 6).tolist(),
        np.round(answers.risk_90, 6).tolist(),
        np.round(answers.risk_180, 6).tolist(),
        sentences(known, answers, np.arange(len(n)), lang) if len(n) else (),
        strict=True,
    )
    begin = 0
    for prospect in known.silent:
        before = bisect(clients, prospect)
        yield from islice(told, before - begin)
        begin = before
        yield _prospect(known, prospect, lang)
    yield from told


def history(known: Known) -> Iterator[tuple[object, ...]]:
    """This function will return a tuple of HISTORY_COLUMNS for every order day: what was known once it was
    in.
    """
    due = rhythm_arrays.stamps(known.beats)
    return zip(
        map(known.names.__getitem__, known.client.tolist()),
        _isos(known.day),
        known.beats.n.tolist(),
        np.round(rhythm_arrays.intervals(known.beats), 2).tolist(),
        _isos(due.expected),
        _isos(due.slipping),
        _isos(due.lost),
        strict=True,
    )


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ritm rhythm",
        description="Read an order history (CSV, TSV, XLSX, XLS, ODS, gzipped or not) "
        "and print the rhythm of every client.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--as-of", type=_day_argument, metavar="DATE", help="default: the last order in the file")
    parser.add_argument("--format", choices=("table", "csv", "json", "html"), default="table")
    parser.add_argument("--history", action="store_true", help="one row per client and order day, as known then")
    for role in ORDER_ROLES:
        parser.add_argument(f"--{role.code}", metavar="COL", help="the column: its name or its number from 1")
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    parser.add_argument("--lang", choices=("ru", "en"), default="ru")
    parser.add_argument("--limit", type=int, metavar="N", help="rows of a table or page, 0 for all (50; 200)")
    args = parser.parse_args(argv)
    if args.history and args.format == "html":
        parser.error("--history has no html format")
    if args.limit is not None and args.limit < 0:
        parser.error("--limit must be 0 or more")
    if args.limit is None:
        args.limit = LIMITS.get(args.format, 0)
    return args


def _day_argument(text: str) -> date:
    day = parse_date(text)
    if isinstance(day, Refused):
        raise argparse.ArgumentTypeError(day.say("en"))
    return day


def _columns(table: Table, args: argparse.Namespace, lang: Lang) -> dict[str, int]:
    """The place of each role's column: as the user says, else as the table suggests. Raises ColumnError."""
    said = {role.code: getattr(args, role.code) for role in ORDER_ROLES if getattr(args, role.code) is not None}
    places = {code: _column_named(table, name, lang) for code, name in said.items()}
    free = [role for role in ORDER_ROLES if role.code not in places]
    # A column that the user gave a role is not offered for another one.
    names = ["" if i in places.values() else name for i, name in enumerate(table.columns)]
    samples = [["" if i in places.values() else cell for i, cell in enumerate(row)] for row in table.samples]
    guessed = guess_roles(names, samples, free)
    places |= {code: i for code, i in guessed.items() if i not in places.values()}
    for code in ("client", "date"):
        if code not in places:
            words = WORDS[lang]
            listed = ", ".join(f"{i} {name}" for i, name in enumerate(table.columns, start=1))
            raise ColumnError(words["column_missing"].format(role=words[code], option=f"--{code}", columns=listed))
    return places


def _column_named(table: Table, name: str, lang: Lang) -> int:
    names = [tidy(column) for column in table.columns]
    if name in table.columns:
        return table.columns.index(name)
    if tidy(name) in names:
        return names.index(tidy(name))
    if name.isdecimal() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise ColumnError(WORDS[lang]["column_unknown"].format(name=name, columns=", ".join(table.columns)))


def _last_order(rows: OrderRows, today: int) -> int:
    """The last order day that is not after today: the end of the file is not the beginning of silence."""
    past = rows.day[(rows.day <= today) & (rows.amount >= 0)]
    return int(past.max(initial=0)) or today


def _report(
    table: Table, places: dict[str, int], rows: OrderRows, known: Known, args: argparse.Namespace, out: TextIO
) -> None:
    """Say what was understood of the file and name everything that was left out."""
    lang: Lang = args.lang
    words = WORDS[lang]

    def say(word: str, **params: object) -> None:
        print(words[word].format(**params), file=out)

    how = [table.format]
    if table.sheet is not None:
        how.append(words["sheet"].format(sheet=table.sheet))
    if table.encoding is not None:
        how += [table.encoding, repr(table.delimiter)]
    header = words["no_header"] if table.header_row is None else words["header_row"].format(row=table.header_row)
    say("read", file=args.file.name, how=", ".join(how), header=header)
    if others := [name for name in table.sheets if name != table.sheet]:
        say("other_sheets", sheets=", ".join(others))
    names = {code: table.columns[i] for code, i in places.items()}
    amount = words["named"].format(name=names["amount"]) if "amount" in names else words["no_amount"]
    say("columns", client=names["client"], date=names["date"], amount=amount)
    clients = len(np.unique(known.client)) + len(known.silent)
    say("known", as_of=known.today.isoformat(), clients=_thousands(clients), orders=_thousands(len(known.day)))
    if args.as_of is None:
        say("as_of_last")
    for word, number in (
        ("future", known.future),
        ("returns", known.returns),
        ("without_amount", rows.without_amount),
    ):
        # Without a column of amounts every row lacks one; that has been said.
        if number and (word != "without_amount" or "amount" in places):
            say(word, count=_thousands(number))
    if rows.totals:
        say("totals", count=len(rows.totals), rows=_listed(rows.totals))
    if rows.days_written.mixed:
        say("mixed", day=rows.days_written.only_day_first, month=rows.days_written.only_month_first)
    elif rows.days_written.guessed:
        say("guessed")
    if rows.refused:
        say("refused", count=_thousands(len(rows.refused)))
        for reason, number in Counter(reason.code for _, reason in rows.refused).most_common():
            same = ((row, why) for row, why in rows.refused if why.code == reason)
            for row, why in islice(same, EXAMPLES):
                say("refused_row", row=row, reason=why.say(lang))
            if number > EXAMPLES:
                say("refused_more", count=_thousands(number - EXAMPLES))


def _print(known: Known, args: argparse.Namespace, out: TextIO) -> None:
    lang: Lang = args.lang
    if args.format == "html":
        out.writelines(_page(known, lang, args.limit))
    elif args.format == "table":
        out.writelines(_history_table(known, lang, args.limit) if args.history else _table(known, lang, args.limit))
    else:
        columns = HISTORY_COLUMNS if args.history else COLUMNS
        rows = history(known) if args.history else records(known, lang)
        if args.format == "csv":
            out.write(",".join(columns) + "\n")
            out.writelines(_history_csv(rows) if args.history else _records_csv(rows))
        else:
            out.writelines(_json(columns, rows))


def _records_csv(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """What csv.writer would write of `records`, sooner: only three fields can need quotes."""
    for client, n, last, days, pace, expected, slipping, lost, status, ratio, risk, risk_90, risk_180, why in rows:
        yield (
            f"{_quoted(client)},{n},{last},{days},{_quoted(pace)},{expected},{slipping},{lost},{status},"
            f"{ratio},{risk},{risk_90},{risk_180},{_quoted(why)}\n"
        )


def _history_csv(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """What csv.writer would write of `history`, sooner: only the client can need quotes, and he repeats."""
    before, name = None, ""
    for client, day, n, days, expected, slipping, lost in rows:
        if client is not before:
            before, name = client, _quoted(client)
        yield f"{name},{day},{n},{days},{expected},{slipping},{lost}\n"


def _quoted(value: object) -> str:
    text = str(value)
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text


def _json(columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """A list with one object per line, written as it comes."""
    opening = "[\n"
    for row in rows:
        yield opening + json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def _table(known: Known, lang: Lang, limit: int) -> Iterator[str]:
    words = WORDS[lang]
    answers = answer(known)
    rows = [
        (
            _shortened(known.names[known.client[answers.row[at]]]),
            STATUS_WORDS[lang][answers.status[at]],
            str(answers.last.n[at]),
            _iso(int(answers.last.last[at])),
            _plain_label(int(answers.last.n[at]), float(answers.interval[at]), lang),
            _iso(int(answers.due.expected[at])),
            f"{answers.silent[at] / answers.interval[at]:.1f}×",
            f"{100 * answers.risk[at]:.0f}{'' if lang == 'en' else ' '}%",
            _thousands(round(float(answers.stake[at]))),
        )
        for at in answers.by_stake(limit)
    ]
    yield from _aligned(words["heads"].split("|"), rows, left={0, 1, 4})
    if len(rows) < len(answers.row):
        yield words["shown"].format(shown=_thousands(len(rows)), all=_thousands(len(answers.row))) + "\n"


def _history_table(known: Known, lang: Lang, limit: int) -> Iterator[str]:
    rows = [(_shortened(str(name)), *map(str, rest)) for name, *rest in islice(history(known), limit or len(known.day))]
    yield from _aligned(WORDS[lang]["history_heads"].split("|"), rows, left={0})
    if len(rows) < len(known.day):
        shown, every = _thousands(len(rows)), _thousands(len(known.day))
        yield WORDS[lang]["shown_history"].format(shown=shown, all=every) + "\n"


def _aligned(heads: Sequence[str], rows: Sequence[tuple[str, ...]], left: set[int]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip() + "\n"


PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
:root {{ color-scheme: light dark;
  --ink: light-dark(#1d2430, #e4e8ee); --soft: light-dark(#667085, #98a2b3);
  --line: light-dark(#e3e7ee, #303846); --paper: light-dark(#fff, #151a22);
  --band: light-dark(#dbe7ea, #26373c); --green: light-dark(#1f7a4d, #57c08a);
  --yellow: light-dark(#9a6700, #e0b040); --red: light-dark(#b42318, #f0766b);
  --slate: light-dark(#475467, #98a2b3) }}
body {{ margin: 32px auto; max-width: 960px; padding: 0 16px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums }}
h1 {{ font-size: 20px; margin: 0 }}
h2 {{ font-size: 14px; margin: 0 }}
p {{ margin: 4px 0 }}
article {{ border-top: 1px solid var(--line); padding: 12px 0 }}
header {{ display: flex; gap: 12px; align-items: baseline; flex-wrap: wrap }}
svg {{ display: block; width: 100% }}
.soft {{ color: var(--soft) }}
.stake {{ margin-left: auto }}
.green {{ color: var(--green) }}
.yellow {{ color: var(--yellow) }}
.red {{ color: var(--red) }}
.slate {{ color: var(--slate) }}
.band {{ fill: var(--band) }}
.axis {{ stroke: var(--line) }}
.dot {{ fill: var(--ink) }}
.today {{ stroke: var(--soft) }}
.silence {{ stroke: currentColor; stroke-width: 3 }}
</style></head><body><h1>{title}</h1><p class="soft">{note}</p>
"""
# Colour and shape together: neither alone has to be seen.
MARKS = {
    Status.NEW: ("green", "○"),
    Status.ACTIVE: ("green", "●"),
    Status.WON_BACK: ("green", "↺"),
    Status.OVERDUE: ("yellow", "▲"),
    Status.SLIPPING: ("red", "◆"),
    Status.LOST: ("slate", "■"),
}


def _page(known: Known, lang: Lang, limit: int) -> Iterator[str]:
    """A self-contained page: one article per client with his strip and his sentence, by money at stake."""
    words = WORDS[lang]
    answers = answer(known)
    at = answers.by_stake(limit)
    note = words["page_note"].format(
        as_of=known.today.isoformat(), shown=_thousands(len(at)), all=_thousands(len(answers.row))
    )
    yield PAGE.format(lang=lang, title=escape(words["title"]), note=escape(note))
    for place, why in zip(at.tolist(), sentences(known, answers, at, lang) if len(at) else (), strict=True):
        status = answers.status[place]
        colour, mark = MARKS[status]
        money = _thousands(round(float(answers.stake[place])))
        yield (
            f"<article><header><h2>{escape(known.names[known.client[answers.row[place]]])}</h2>"
            f'<span class="{colour}">{mark} {STATUS_WORDS[lang][status]}</span>'
            f'<span class="stake">{money} <span class="soft">{words["stake"]}</span></span></header>'
            f"{_strip(known, answers, place, colour, why)}<p>{escape(why)}</p></article>\n"
        )
    yield "</body></html>\n"


def _strip(known: Known, answers: Answers, place: int, colour: str, why: str) -> str:
    """The rhythm strip, 900 x 32: order days as dots (area by amount), the expected window as a band, today
    as a line.
    """
    end = int(answers.row[place]) + 1
    start = end - int(answers.last.n[place])
    days, amounts = known.day[start:end], known.amount[start:end]
    right = max(known.as_of, int(answers.due.slipping[place]))
    # The last dozen intervals: a longer past would squeeze the present into a few pixels.
    left = max(int(days[0]), right - round(12 * float(answers.interval[place])) - (right - int(days[-1])))
    scale = 880 / max(1, right - left)

    def x(day: int) -> str:
        return f"{10 + (day - left) * scale:.1f}"

    most = max(1e-9, float(amounts.max()))
    dots = "".join(
        f'<circle class="dot" cx="{x(int(day))}" cy="16" r="{2 + 4 * (amount / most) ** 0.5:.1f}"/>'
        for day, amount in zip(days, amounts, strict=True)
        if day >= left
    )
    due, slipping = int(answers.due.expected[place]), int(answers.due.slipping[place])
    return (
        f'<svg viewBox="0 0 900 32" role="img" class="{colour}"><title>{escape(why)}</title>'
        f'<rect class="band" x="{x(due)}" y="6" width="{(slipping - due) * scale:.1f}" height="20"/>'
        f'<line class="axis" x1="10" x2="890" y1="16" y2="16"/>'
        f'<line class="silence" x1="{x(int(days[-1]))}" x2="{x(known.as_of)}" y1="16" y2="16"/>{dots}'
        f'<line class="today" x1="{x(known.as_of)}" x2="{x(known.as_of)}" y1="2" y2="30"/></svg>'
    )


def _prospect(known: Known, client: int, lang: Lang) -> tuple[object, ...]:
    name = known.names[client]
    why = tell_nothing(lang, name, returns_only=client in known.returned)
    return (
        name,
        0,
        "",
        "",
        _plain_label(0, 0.0, lang),
        "",
        "",
        "",
        Status.PROSPECT.value,
        "",
        "",
        "",
        "",
        why,
    )


def _plain_label(orders: int, interval_days: float, lang: Lang) -> str:
    """The label for machines: ordinary spaces, and no rhythm where there is none."""
    if orders < 2:
        nothing, one = ("нет заказов", "один заказ") if lang == "ru" else ("no orders", "one order")
        return one if orders else nothing
    return label(interval_days, lang).replace(NBSP, " ")


def _isos(days: Ints) -> Iterator[str]:
    """Ordinals as ISO dates."""
    return map(Made(_iso).__getitem__, days.tolist())


def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _shortened(name: str) -> str:
    return name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1] + "…"


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", NBSP)


def _listed(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:EXAMPLES]))
    return shown if len(rows) <= EXAMPLES else f"{shown}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
