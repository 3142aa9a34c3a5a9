# SPDX-License-Identifier: Apache-2.0
"""`./fencepost bench [GLOB]`: measures, judges nothing."""
from __future__ import annotations

import argparse
import fnmatch
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bench import against, hostcost, metrics, onboard, profile, sanity, session, table
from bench.counts import Counts
from bench.measure import Measurement, NotMeasured, Result
from bench.metrics import Metric
from tool import board as boards
from tool import extras, needs, paths, strategy, xen
from tool.exitcodes import Exit, UsageError
from tool.jsontext import write as write_json
from tool.progress import Progress

SCHEMA = 1
_PARTS = 30   # of a maximum, in the table; the JSON has all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("glob", nargs="?", default="*", metavar="GLOB",
                        help="only metrics whose name matches, e.g. 'evtchn.send.*.window'")
    parser.add_argument("--profile", action="store_true", help="for each metric its functions, by class of instruction")
    parser.add_argument("--host-perf", action="store_true", help="what the emulator costs on this machine, by perf stat")
    parser.add_argument("--against", metavar="XEN", help="also under real Xen, and the ratio: " + ", ".join(xen.NAMES) + ", or a file")
    boards.add_arguments(parser)
    add_common_arguments(parser)


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", default=boards.DEFAULT)
    parser.add_argument("--json", metavar="FILE|-", help="the same as JSON; - is stdout, instead of the table")
    parser.add_argument("-j", type=int, dest="jobs", metavar="N", help="machines at a time (default: one per CPU)")


def may_match(metric: Metric, name: str, glob: str) -> bool:
    """Whether a name the row can produce under the strategy `name` may match; numbers are tried."""
    full = metric.name.replace("<s>", name)
    numbers = range(1, 25) if "<k>" in full or "<N>" in full else (0,)
    candidates = [full.replace("<k>", str(n)).replace("<N>", str(n)) for n in numbers]
    candidates += [candidate + metrics.COLD for candidate in candidates if metric.cold]
    return any(fnmatch.fnmatchcase(candidate, glob) for candidate in candidates)


def selected(table_: Sequence[Metric], glob: str, offered: Sequence[str] = tuple(strategy.VARIANTS)) -> tuple[
        list[Metric], list[str]]:
    """Rows and strategies, of those a board offers, that a glob may reach."""
    rows = [row for row in table_ if any(may_match(row, name, glob) for name in offered)]
    names = [name for name in offered if any(may_match(row, name, glob) for row in rows)]
    return rows, names


def measure_glob(opened: session.Session, rows: Sequence[Metric], names: Sequence[str], glob: str) -> list[Result]:
    outcomes = session.run_all(opened, session.jobs_for(opened, rows, names))
    found = sanity.judged(session.results(opened, rows, outcomes))
    return [result for result in found if fnmatch.fnmatchcase(result.metric, glob) or isinstance(result, NotMeasured)]


def as_json(results: Sequence[Result], identity: dict[str, str]) -> dict[str, Any]:
    def entry(result: Result) -> dict[str, Any]:
        if isinstance(result, NotMeasured):
            return {"metric": result.metric, "not_measured": result.reason}
        classes = {} if result.counts is None else {"classes": result.counts.table()}
        parts = {"parts": dict(result.parts)} if result.parts else {}
        functions = {"functions": profile.as_json(result.profile)} if result.profile else {}
        return {"metric": result.metric, "value": result.value.value, "unit": result.value.unit,
                "strategy": result.strategy, **classes, **parts, **functions}
    return {"schema": SCHEMA, **identity, "results": [entry(result) for result in results]}


def _host_cost(opened: session.Session) -> dict[str, Any]:
    """The section of its own, if it was asked for."""
    if opened.perf is None:
        return {}
    folders = {folder.name: folder for folder in sorted(opened.folder.iterdir()) if folder.is_dir()}
    return {"host": hostcost.section(opened.perf, folders)}


def store(opened: session.Session, results: Sequence[Result], host: Mapping[str, Any] | None = None) -> None:
    """Kept with the run, for whoever reads stored results."""
    (opened.folder / "bench.json").write_text(json.dumps({**as_json(results, opened.identity()), **(host or {})}, indent=1) + "\n")


def class_cells(counts: Counts | None) -> list[str]:
    """MPU writes, barriers, words loaded, words stored."""
    if counts is None:
        return ["–"] * 4
    return [table.number(n) for n in (counts.of("mpu"), counts.barriers, counts.load_words, counts.store_words)]


def _row(result: Measurement, rows: Sequence[Metric]) -> list[str]:
    row = metrics.row_of(result.metric, rows)
    target = row.target_of(result.metric) if row else None
    return [result.metric, table.number(result.value.value), result.value.unit, result.strategy or "–",
            *class_cells(result.counts), f"≤ {target:,}" if target is not None else ""]


def _parts(result: Measurement) -> list[str]:
    """What the greatest of a maximum are."""
    lines = [f"  {table.number(value):>7}  {name}" for name, value in result.parts[:_PARTS]]
    return ["", f"{result.metric}, the greatest:", *lines] if lines else []


def _functions(result: Measurement) -> list[str]:
    if result.profile is None:
        return []
    lines = [f"  {table.number(counts.total):>7}  {name}: {profile.class_mix(counts)}"
             for name, counts in profile.by_size(result.profile)]
    return ["", f"{result.metric}, by function:", *lines]


def left_out(rows: Sequence[Metric], absent: Mapping[str, str]) -> list[str]:
    """What the board has no such thing for."""
    return [f"not on this board: {row.name}: {absent[row.bench]}" for row in rows if row.bench in absent]


def report(results: Sequence[Result], rows: Sequence[Metric], identity: dict[str, str]) -> str:
    measured = [result for result in results if isinstance(result, Measurement)]
    missing = [result for result in results if isinstance(result, NotMeasured)]
    header = ["metric", "value", "unit", "strategy", "MPU writes", "barriers", "words loaded", "stored", "target"]
    lines = [f"{key}: {value}" for key, value in identity.items()]
    lines += ["Instructions are exact and are not cycles.", ""]
    lines.append(table.layout(header, [_row(result, rows) for result in measured]))
    lines += [line for result in measured for line in _parts(result)]
    lines += [line for result in measured for line in _functions(result)]
    lines += [f"not measured: {result.metric}: {result.reason}" for result in missing]
    return "\n".join(lines)


def _against(args: argparse.Namespace) -> int:
    """Both hypervisors on one machine; the strategy is the board's own."""
    name, image = xen.find(args.against, args.board)
    every, names = selected(metrics.load(board=args.board), args.glob, strategy.of_board(boards.load(args.board).strategies))
    rows = against.rows_for(every)
    if not rows:
        raise UsageError(f"no metric that real Xen has matches {args.glob!r}")
    opened = session.open_session("bench", args.board, Progress(), args.jobs)
    results = session.results(opened, rows, session.run_all(opened, session.jobs_for(opened, rows, names)))
    found = against.lines(name, rows, results, against.run_all(opened, name, image, rows))
    told = against.as_json(name, found, opened.identity())
    (opened.folder / against.NAME).write_text(json.dumps(told, indent=1) + "\n")
    if args.json:
        write_json(args.json, told)
    if args.json != "-":
        print(against.text(name, found, opened.identity()))
        print(f"\nlogs: {paths.relative(opened.folder)}")
    return Exit.FINE if args.glob != "*" or against.complete(found) else Exit.NOT_MEASURED


def main(args: argparse.Namespace) -> int:
    if args.against:
        return _against(args)
    rows, names = selected(metrics.load(board=args.board), args.glob, strategy.of_board(boards.load(args.board).strategies))
    if not rows:
        raise UsageError(f"no metric matches {args.glob!r}; bench/METRICS.md lists them")
    attached = boards.Attached(args.runner, args.serial)
    opened = session.open_session("bench", args.board, Progress(), args.jobs, args.profile, attached=attached)
    if opened.board.real or args.serial:
        return onboard.run(opened, rows, names, args.glob, args.json)
    if args.host_perf:
        extras.offer(needs.PERF, args.board, opened.progress)
        opened = replace(opened, perf=hostcost.find())
    results = measure_glob(opened, rows, names, args.glob)
    host = _host_cost(opened)
    store(opened, results, host)
    if args.json:
        write_json(args.json, {**as_json(results, opened.identity()), **host})
    if args.json != "-":
        print("\n".join([report(results, rows, opened.identity()), *left_out(rows, opened.absent)]))
        if host:
            print("\n" + hostcost.report(host["host"]))
        print(f"\nlogs: {paths.relative(opened.folder)}")
    missing = not results or any(isinstance(result, NotMeasured) for result in results)
    return Exit.NOT_MEASURED if missing else Exit.FINE
