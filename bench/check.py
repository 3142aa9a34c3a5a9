# SPDX-License-Identifier: Apache-2.0
"""`./fencepost check`: measures everything and compares, exactly, with the committed baseline or with another commit."""
from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import accept, baseline, bench, bisect, image, lock, metrics, sides, why
from bench.baseline import Baseline, Change, Header, Verdict
from bench.measure import Result
from bench.revision import Commit, Repository
from bench.session import Session
from bench.sides import Meter, Side
from tool import jsontext, paths, toolchain
from tool.exitcodes import Exit, Stop, UsageError, worst
from tool.progress import Progress

_CODES = {Verdict.WORSE: Exit.WORSE, Verdict.BETTER: Exit.BETTER, Verdict.NEW: Exit.METRICS_CHANGED,
          Verdict.GONE: Exit.METRICS_CHANGED, Verdict.NOT_MEASURED: Exit.NOT_MEASURED}


_EPILOG = """Without a mode: against the committed baseline; where the tools here are not those that wrote it, against
the merge base with the default branch, both built here. Exit code: 0 equal, 3 a metric is worse, 4 only better, 5 a
metric is new or gone, 6 not measured or not comparable, or --bisect leaves more than one commit; 2, 7 and 8 as for
every verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    bench.add_common_arguments(parser)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--against", metavar="REV", help="compare with this commit, built here, instead of the baseline")
    mode.add_argument("--bisect", nargs=3, metavar=("METRIC", "GOOD", "BAD"),
                      help="find the commit on the first-parent line from GOOD to BAD at which the metric changed")
    mode.add_argument("--accept", action="store_true", help="make these numbers the baseline; needs -m")
    parser.add_argument("--rev", metavar="REV", help="with --against: judge this commit instead of the work tree")
    parser.add_argument("-m", dest="why", metavar="WHY", help="with --accept: why they changed; becomes the commit message")
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


def worth_a_line(changes: Sequence[Change]) -> list[Change]:
    """All that changed, and what has a limit in any case."""
    return [change for change in changes if change.verdict is not Verdict.SAME or change.limit is not None]


@dataclass(frozen=True)
class Judged:
    """One comparison, ready to be told."""
    before: str                            # what was compared with
    after: str
    changes: Sequence[Change]
    code: Exit
    notes: tuple[str, ...] = ()
    reasons: Sequence[why.Group] = ()

    def text(self) -> str:
        last = f"{len(self.changes)} metrics of {self.after} against {self.before}: {summary(self.changes)}"
        return "\n".join([*self.notes, *why.text(worth_a_line(self.changes), self.reasons), last])

    def table(self, mode: str, identity: dict[str, str]) -> dict[str, Any]:
        rows = [{"metric": change.metric, "verdict": change.verdict.value, "old": change.old and change.old.value,
                 "new": change.new and change.new.value, "max": change.limit, "reason": change.reason}
                for change in self.changes]
        reasons = [{"metrics": list(group.metrics), "lines": list(group.lines)} for group in self.reasons]
        return {"schema": baseline.SCHEMA, "mode": mode, **identity, "before": self.before, "after": self.after,
                "exit": int(self.code), "notes": list(self.notes), "changes": rows, "reasons": reasons}


def _load(board: str, table: Sequence[metrics.Metric]) -> Baseline:
    try:
        old = baseline.load(file_of(board))
    except baseline.BaselineError as error:
        raise UsageError(str(error)) from error
    if old is None:
        raise Stop(f"there is no {paths.relative(file_of(board))}: make one with `./fencepost check --accept -m WHY`",
                   Exit.NOT_MEASURED)
    if wrong := baseline.disagreements(old, table):
        raise UsageError("\n".join(["the baseline is not of this bench/METRICS.md; if that is meant, measure again with "
                                    "`./fencepost check --accept -m WHY`", *(f"  {line}" for line in wrong)]))
    return old


def _measured(meter: Meter) -> tuple[Session, list[Result]]:
    """The work tree, whole, and stored for `report`."""
    opened = meter.open(Side(), sides.WHOLE)
    results = meter.whole(opened)
    bench.store(opened, results)
    return opened, results


def _accept(meter: Meter, reason: str, new_tools: bool) -> tuple[Judged, dict[str, str], str]:
    file, here = file_of(meter.board), toolchain.identify(meter.board)
    if not new_tools:
        accept.demand_same_tools(meter.board, here)
    opened, results = _measured(meter)
    identity = opened.identity()
    changes = accept.write(file, header_of(identity), accept.last(file), results, meter.table)
    if new_tools:
        accept.store_tools(meter.board, here)
    judged = Judged("the last " + paths.relative(file), str(Side()), changes, Exit.FINE)
    return judged, identity, accept.message(reason, changes)


def _reasons(meter: Meter, changes: Sequence[Change], results: Sequence[Result], before: Side, after: Side) -> list[why.Group]:
    """Measures what moved on both sides once more, by function. Raises what stands in the way."""
    moved = [change for change in changes if change.delta]
    if not moved:
        return []
    runs = {name: run for name, run in sides.runs(results).items() if any(change.metric == name for change in moved)}
    meter.progress(f"why: {len(moved)} metrics once more, by function, of {before} and {after}")
    first, second = meter.open(before, profile=True), meter.open(after, profile=True)
    (old, _), (new, _) = meter.some(first, runs), meter.some(second, runs)
    grown = image.grown(first.hypervisor, second.hypervisor)
    return why.groups(moved, why.Measured(str(before), old, new, grown))


def _explained(meter: Meter, judged: Judged, results: Sequence[Result], before: Side, after: Side) -> Judged:
    """A reason that cannot be had is said; the verdict stands without it."""
    try:
        return replace(judged, reasons=_reasons(meter, judged.changes, results, before, after))
    except Stop as stop:
        return _unexplained(judged, stop)


def _unexplained(judged: Judged, stop: Stop) -> Judged:
    return replace(judged, notes=(*judged.notes, f"why they moved is not known: {stop}"))


def _against(meter: Meter, before: Commit, after: Side, notes: tuple[str, ...] = ()) -> tuple[Judged, dict[str, str]]:
    first = meter.open(Side(before))
    old = meter.whole(first)
    if after.commit:
        second = meter.open(after)
        new = meter.whole(second)
    else:
        second, new = _measured(meter)
    earlier = metrics.load(first.checkout.root / "bench" / "METRICS.md", meter.board)
    changes = sides.against(header_of(second.identity()), old, new, meter.table, earlier)
    judged = Judged(str(Side(before)), str(after), changes, code_of(changes), notes)
    return _explained(meter, judged, new, Side(before), after), second.identity()


def _other_tools(board: str, header: Header, here: toolchain.Toolchain) -> list[str]:
    """Why the same source may be another image here than the one the baseline is of."""
    short = toolchain.short(board)
    named = [] if short == header.toolchain else [f"toolchain: {header.toolchain} wanted, {short} here"]
    return lock.other_code(lock.load(), board, here) or named


def _with_baseline(meter: Meter) -> tuple[Judged, dict[str, str]]:
    file, repository = file_of(meter.board), Repository(paths.ROOT)
    old, here = _load(meter.board, meter.table), toolchain.identify(meter.board)
    if other := _other_tools(meter.board, old.header, here):
        note = f"these are not the baseline's tools ({'; '.join(other)})"
        try:
            before = repository.reference(file)
        except Stop as stop:
            raise Stop(f"{note}, and there is nothing to build with them and compare with: {stop}", stop.code) from stop
        return _against(meter, before, Side(), (f"{note}, so both sides were built with them",))
    opened, results = _measured(meter)
    identity = opened.identity()
    changes = baseline.compare(old, results)
    judged = Judged(paths.relative(file), str(Side()), changes, code_of(changes))
    if different := old.header.differences(header_of(identity)):
        note = f"not comparable with the baseline: {'; '.join(different)}; `./fencepost check --against REV` measures both sides here"
        return replace(judged, code=Exit.NOT_MEASURED, notes=(note,)), identity
    if not any(change.delta for change in changes):
        return judged, identity
    try:
        before = repository.last_change(file)
    except Stop as stop:
        return _unexplained(judged, stop), identity
    return _explained(meter, judged, results, Side(before), Side()), identity


def _tell(args: argparse.Namespace, table: dict[str, Any], text: str) -> None:
    if args.json:
        jsontext.write(args.json, table)
    if args.json != "-":
        print(text)


def _usage(args: argparse.Namespace) -> None:
    if args.accept != bool(args.why):
        raise UsageError("--accept and -m WHY go together")
    if args.new_toolchain and not args.accept:
        raise UsageError("--new-toolchain goes with --accept")
    if args.rev and not args.against:
        raise UsageError("--rev goes with --against")


def main(args: argparse.Namespace) -> int:
    _usage(args)
    meter = Meter(args.board, metrics.load(board=args.board), Progress(), args.jobs)
    repository = Repository(paths.ROOT)
    if args.bisect:
        name, good, bad = args.bisect
        answer = bisect.run(meter, repository, name, repository.commit(good), repository.commit(bad))
        _tell(args, answer.table(args.board), answer.text())
        return answer.code
    if args.accept:
        judged, identity, message = _accept(meter, args.why, args.new_toolchain)
        _tell(args, judged.table("accept", identity), message)
    elif args.against:
        after = Side(repository.commit(args.rev) if args.rev else None)
        judged, identity = _against(meter, repository.commit(args.against), after)
        _tell(args, judged.table("against", identity), judged.text())
    else:
        judged, identity = _with_baseline(meter)
        _tell(args, judged.table("baseline", identity), judged.text())
    return judged.code
