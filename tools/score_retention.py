#!/usr/bin/env python3
"""Score `ritm rhythm` on order histories with an evaluation script and its acceptance bars.

python tools/score_retention.py --eval EVAL.py --data DIR --bars BARS.json [--eval-python PYTHON] [--keep
DIR]

Asks the evaluation script for its cut-offs (--list), runs `ritm rhythm FILE --as-of CUT-OFF` for each and
`--history` once per data set, builds scores.csv and flags.csv and hands them over. Exit code: the
evaluation's. Standard library only; the evaluation script may need another interpreter (pandas), so --eval-
python names it.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def rhythm(*arguments: str) -> Iterator[dict[str, str]]:
    """This function will yield the rows that the command prints as CSV."""
    command = [sys.executable, "-m", "ritm.bridge.rhythm_of_a_file", *arguments, "--format", "csv"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    yield from csv.DictReader(done.stdout.splitlines())


def write_scores(path: Path, files: dict[str, Path], cutoffs: list[tuple[str, str]]) -> None:
    """This function will write one row per data set, cut-off and client who has ordered by then."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("dataset", "cutoff", "client_id", "score", "prel", "p90", "p180"))
        for dataset, cutoff in cutoffs:
            for row in rhythm(str(files[dataset]), "--as-of", cutoff):
                if row["status"] != "prospect":
                    risk = row["risk"]
                    out.writerow((dataset, cutoff, row["client"], risk, risk, row["risk_90"], row["risk_180"]))


def write_flags(path: Path, files: dict[str, Path], datasets: list[str]) -> None:
    """This function will write one row per data set, client and order day from the second one on."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("dataset", "client_id", "order_date", "slipping_at"))
        for dataset in datasets:
            for row in rhythm(str(files[dataset]), "--history"):
                if int(row["orders"]) > 1:
                    out.writerow((dataset, row["client"], row["order_on"], row["slipping_on"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, required=True, help="the evaluation script")
    parser.add_argument("--data", type=Path, required=True, help="the folder with <data set>.csv.gz")
    parser.add_argument("--bars", type=Path, help="acceptance bars (JSON)")
    parser.add_argument("--eval-python", default=sys.executable, help="the interpreter of the evaluation script")
    parser.add_argument("--keep", type=Path, help="keep scores.csv and flags.csv in this folder")
    args = parser.parse_args()

    evaluation = [args.eval_python, str(args.eval), "--data", str(args.data)]
    listed = subprocess.run([*evaluation, "--list"], check=True, capture_output=True, text=True).stdout.split()
    cutoffs = [(dataset, day) for dataset, day in (line.split(",") for line in listed)]
    datasets = list(dict.fromkeys(dataset for dataset, _ in cutoffs))
    files = {path.name.split(".")[0]: path for path in sorted(args.data.glob("*.csv*"))}
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        write_scores(folder / "scores.csv", files, cutoffs)
        write_flags(folder / "flags.csv", files, datasets)
        bars = ["--bars", str(args.bars)] if args.bars else []
        made = ["--scores", str(folder / "scores.csv"), "--flags", str(folder / "flags.csv")]
        return subprocess.run([*evaluation, *made, *bars]).returncode


if __name__ == "__main__":
    sys.exit(main())
