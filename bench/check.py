# SPDX-License-Identifier: Apache-2.0
"""`./fencepost check`: measures everything and compares with the committed baseline, exactly."""
from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench import accept, baseline, bench, metrics, session
from bench.baseline import Baseline, Change, Header, Verdict
from bench.measure import Result
from tool import paths, strategy, toolchain
from tool.exitcodes import Exit, Stop, UsageError, worst
from tool.progress import Progress

_CODES = {Verdict.WORSE: Exit.WORSE, Verdict.BETTER: Exit.BETTER, Verdict.NEW: Exit.METRICS_CHANGED,
          Verdict.GONE: Exit.METRICS_CHANGED, Verdict.NOT_MEASURED: Exit.NOT_MEASURED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    bench.add_common_arguments(parser)
    parser.add_argument("--accept", action="store_true", help="make these numbers the baseline; needs -m")
    parser.add_argument("-m", dest="why", metavar="WHY", help="why they changed; becomes the commit message")
    parser.add_argument("--new-toolchain", action="store_true",
                        help="with --accept: by other tools than those of bench/toolchain.lock, which is written too")


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


def lines(changes: Sequence[Change]) -> list[str]:
    """What is worth a line: all that changed, and what only has a limit in any case."""
    return [change.line() for change in changes if change.verdict is not Verdict.SAME or change.limit is not None]


def _load(board: str, table: Sequence[metrics.Metric], accepting: bool) -> Baseline | None:
    """A broken file cannot be compared with, but may be replaced."""
    try:
        old = baseline.load(file_of(board))
    except baseline.BaselineError as error:
        if accepting:
            return None
        raise UsageError(str(error)) from error
    if old and not accepting and (wrong := baseline.disagreements(old, table)):
        raise UsageError("\n".join(["the baseline is not of this bench/METRICS.md; if that is meant, measure again with "
                                    "`./fencepost check --accept -m WHY`", *(f"  {line}" for line in wrong)]))
    return old


def _accept(args: argparse.Namespace, table: Sequence[metrics.Metric]) -> int:
    here = toolchain.identify(args.board)
    if not args.new_toolchain:
        accept.demand_same_tools(args.board, here)
    old = _load(args.board, table, accepting=True)
    opened, results = _measure(args, table)
    changes = accept.write(file_of(args.board), header_of(opened.identity()), old, results, table)
    if args.new_toolchain:
        accept.store_tools(args.board, here)
    _tell(args, opened.identity(), changes, Exit.FINE, [accept.message(args.why, changes)])
    return Exit.FINE


def _measure(args: argparse.Namespace, table: Sequence[metrics.Metric]) -> tuple[session.Session, list[Result]]:
    opened = session.open_session("check", args.board, Progress(), args.jobs)
    results = bench.measure_glob(opened, table, strategy.of_board(opened.board.strategies), "*")
    bench.store(opened, results)
    return opened, results


def _judge(old: Baseline, header: Header, results: Sequence[Result]) -> tuple[list[Change], Exit, list[str]]:
    changes = baseline.compare(old, results)
    if different := old.header.differences(header):
        return changes, Exit.NOT_MEASURED, ["not comparable with the baseline: " + "; ".join(different)]
    return changes, code_of(changes), []


def _tell(args: argparse.Namespace, identity: dict[str, str], changes: Sequence[Change], code: Exit,
          words: Sequence[str]) -> None:
    if args.json:
        bench.write_json(args.json, _json(changes, identity, code))
    if args.json != "-":
        print("\n".join(words))


def _json(changes: Sequence[Change], identity: dict[str, str], code: Exit) -> dict[str, object]:
    rows = [{"metric": change.metric, "verdict": change.verdict.value, "old": change.old and change.old.value,
             "new": change.new and change.new.value, "max": change.limit, "reason": change.reason} for change in changes]
    return {"schema": baseline.SCHEMA, **identity, "exit": int(code), "changes": rows}


def main(args: argparse.Namespace) -> int:
    if args.accept != bool(args.why):
        raise UsageError("--accept and -m WHY go together")
    if args.new_toolchain and not args.accept:
        raise UsageError("--new-toolchain goes with --accept")
    table = metrics.load()
    if args.accept:
        return _accept(args, table)
    old = _load(args.board, table, accepting=False)
    if old is None:
        raise Stop(f"there is no {paths.relative(file_of(args.board))}: make one with `./fencepost check --accept -m WHY`",
                   Exit.NOT_MEASURED)
    opened, results = _measure(args, table)
    changes, code, words = _judge(old, header_of(opened.identity()), results)
    words += [*lines(changes), f"{len(changes)} metrics against {paths.relative(file_of(args.board))}: {summary(changes)}"]
    _tell(args, opened.identity(), changes, code, words)
    return code
