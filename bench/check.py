# SPDX-License-Identifier: Apache-2.0
"""`./fencepost check`: measures everything and compares with the committed baseline, exactly."""
from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench import baseline, bench, metrics, session
from bench.baseline import Baseline, Change, Header, Verdict
from bench.measure import NotMeasured, Result
from tool import paths, strategy
from tool.exitcodes import Exit, Stop, UsageError, worst
from tool.progress import Progress

_CODES = {Verdict.WORSE: Exit.WORSE, Verdict.BETTER: Exit.BETTER, Verdict.NEW: Exit.METRICS_CHANGED,
          Verdict.GONE: Exit.METRICS_CHANGED, Verdict.NOT_MEASURED: Exit.NOT_MEASURED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    bench.add_common_arguments(parser)
    parser.add_argument("--accept", action="store_true", help="make these numbers the baseline; needs -m")
    parser.add_argument("-m", dest="why", metavar="WHY", help="why they changed; becomes the commit message")


def file_of(board: str) -> Path:
    return Path(__file__).resolve().parent / "baseline" / f"{board}.jsonl"


def header_of(identity: dict[str, str]) -> Header:
    version = re.search(r"version (\S+)", identity["emulator"])
    return Header(identity["toolchain"], version[1] if version else identity["emulator"], identity["cpu"],
                  identity["preset"])


def code_of(changes: Sequence[Change]) -> Exit:
    return worst(_CODES.get(change.verdict, Exit.FINE) for change in changes)


def summary(changes: Sequence[Change]) -> str:
    counted = Counter(change.verdict for change in changes)
    return ", ".join(f"{counted[verdict]} {verdict.value}" for verdict in Verdict if counted[verdict]) or "no metrics"


def message(why: str, changes: Sequence[Change]) -> str:
    """What a commit of the new baseline says."""
    moved = [change.line() for change in changes if change.verdict is not Verdict.SAME]
    return "\n".join([f"bench: {why}", "", *moved])


def _check_rows(old: Baseline, table: Sequence[metrics.Metric]) -> None:
    unknown = [name for name in old.entries if metrics.row_of(name, table) is None]
    if unknown:
        raise UsageError("the baseline has metrics without a row in bench/METRICS.md: " + ", ".join(unknown))


def _load(board: str, table: Sequence[metrics.Metric], accept: bool) -> Baseline | None:
    """A broken file cannot be compared with, but may be replaced."""
    try:
        old = baseline.load(file_of(board))
    except baseline.BaselineError as error:
        if accept:
            return None
        raise UsageError(str(error)) from error
    if old and not accept:
        _check_rows(old, table)
    return old


def _accept(board: str, why: str, header: Header, old: Baseline | None, results: Sequence[Result],
            table: Sequence[metrics.Metric]) -> list[Change]:
    missing = [result for result in results if isinstance(result, NotMeasured)]
    if missing:
        lines = "\n".join(f"  {result.metric}: {result.reason}" for result in missing)
        raise Stop(f"nothing was accepted, because these were not measured:\n{lines}", Exit.NOT_MEASURED)
    new = baseline.of_results(header, results, table)
    changes = baseline.compare(old or Baseline(header, {}), results)
    file = file_of(board)
    file.parent.mkdir(exist_ok=True)
    file.write_text(new.text(), encoding="utf-8")
    print(message(why, changes))
    return changes


def _judge(old: Baseline | None, header: Header, results: Sequence[Result], board: str) -> tuple[list[Change], Exit]:
    if old is None:
        raise Stop(f"there is no {paths.relative(file_of(board))}: make one with `./fencepost check --accept -m WHY`",
                   Exit.NOT_MEASURED)
    changes = baseline.compare(old, results)
    if different := old.header.differences(header):
        print("not comparable with the baseline: " + "; ".join(different))
        return changes, Exit.NOT_MEASURED
    return changes, code_of(changes)


def _json(changes: Sequence[Change], identity: dict[str, str], code: Exit) -> dict[str, object]:
    rows = [{"metric": change.metric, "verdict": change.verdict.value, "old": change.old and change.old.value,
             "new": change.new and change.new.value, "reason": change.reason} for change in changes]
    return {"schema": baseline.SCHEMA, **identity, "exit": int(code), "changes": rows}


def main(args: argparse.Namespace) -> int:
    if args.accept != bool(args.why):
        raise UsageError("--accept and -m WHY go together")
    table = metrics.load()
    old = _load(args.board, table, args.accept)
    opened = session.open_session("check", args.board, Progress(), args.jobs)
    results = bench.measure_glob(opened, table, list(strategy.VARIANTS), "*")
    bench.store(opened, results)
    identity = opened.identity()
    header = header_of(identity)
    if args.accept:
        _accept(args.board, args.why, header, old, results, table)
        return Exit.FINE
    changes, code = _judge(old, header, results, args.board)
    if args.json:
        bench.write_json(args.json, _json(changes, identity, code))
    if args.json != "-":
        lines = [change.line() for change in changes if change.verdict is not Verdict.SAME]
        lines.append(f"{len(changes)} metrics against {paths.relative(file_of(args.board))}: {summary(changes)}")
        print("\n".join(lines))
    return code
