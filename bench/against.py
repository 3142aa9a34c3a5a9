# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost bench --against xen-4.20`: the same bench image on the same machine and CPU model, under Fencepost and under
real Xen, by the same counter. Xen has no PROBE records, so only what the guest's marks bound is counted: instructions at
EL2 of any code, or of all levels. Xen's own timers end up in some rounds: its value is the least of the warm rounds, and
the greatest is told beside it.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import counts, measure, session, table
from bench.metrics import Counted, Metric, natural
from tool import devicetree, machine, paths, verdict, xen, xenverdict
from tool.exitcodes import Stop, UsageError

NAME = "against.json"               # beside the run's other results
COUNTED = (Counted.EPISODE, Counted.BOTH_CPUS, Counted.ALL, Counted.BOOT)
_ANY_ADDRESS = "0-ffffffffffffffff"      # of Xen's text nothing is known; the level says who executes
_GUEST_MS = 3000
_NEAR = 0.10

# The comparison is about these: METRICS.md says what each is to reach, and each needs a number on both sides.
TARGETS = ("hypercall.null", "evtchn.send.peer.masked", "evtchn.send.upcall_eoi", "evtchn.pingpong", "balloon.out_in.1",
           "balloon.out_in.16", "mmio.trap", "boot.first_guest_insn")
# Another counter's figures with another guest image, on -cpu max: of 4.17.5 and 4.20.3.
ELSEWHERE: Mapping[str, Mapping[str, int]] = {
    "xen-4.17": {"hypercall.null": 416, "evtchn.send.self": 859, "evtchn.send.upcall_eoi": 1459, "balloon.out_in.1": 5755,
                 "balloon.out_in.16": 68922, "mmio.trap": 622, "evtchn.pingpong": 11792},
    "xen-4.20": {"hypercall.null": 424, "evtchn.send.self": 858, "evtchn.send.upcall_eoi": 1455, "balloon.out_in.1": 5755,
                 "balloon.out_in.16": 69301, "mmio.trap": 626, "evtchn.pingpong": 11857},
}


@dataclass(frozen=True)
class Theirs:
    """Of the warm rounds; the least is the value."""
    least: int
    greatest: int


@dataclass(frozen=True)
class Line:
    """One metric; a side without a number has a reason."""
    series: str                  # without the strategy
    unit: str
    ours: int | None
    theirs: Theirs | None
    reason: str = ""
    elsewhere: int | None = None
    target: int | None = None    # of ours

    @property
    def ratio(self) -> float | None:
        return self.theirs.least / self.ours if self.ours and self.theirs else None

    @property
    def met(self) -> bool | None:
        return None if self.target is None or self.ours is None else self.ours <= self.target

    @property
    def far_from_elsewhere(self) -> bool:
        return bool(self.elsewhere and self.theirs and abs(self.theirs.least / self.elsewhere - 1) > _NEAR)


def rows_for(rows: Iterable[Metric]) -> list[Metric]:
    """The metrics that need no knowledge of the hypervisor."""
    return [row for row in rows if row.counted in COUNTED and row.bench]


def _plugin(opened: session.Session, out: Path) -> str:
    return f"{session.escaped(opened.plugin)},out={session.escaped(out)},text={_ANY_ADDRESS},isa=a64"


@dataclass(frozen=True)
class Booted:
    labels: tuple[str, ...]
    recording: counts.Recording | None
    reason: str


def boot(opened: session.Session, name: str, image: Path, bench: str) -> Booted:
    """One bench under Xen. Never raises for what a guest does, or for a system that Xen cannot have."""
    record, folder = opened.benches[bench], opened.folder / f"{bench}[{name}]"
    tree, out = opened.checkout.system(record.needs.system), folder / "counts.jsonl"
    try:
        domains = devicetree.compile_tree(tree, opened.board.name).domains
        bootargs = {domain.name: f"fp1 domain={domain.domid} run={record.test}" for domain in domains}
        system = xen.prepare(tree, folder, {one.name: opened.guest.with_suffix(".bin") for one in domains}, bootargs, opened.board)
        if system.cpus > 1:
            return Booted((), None, "the other CPU takes the interrupt in Xen's own idle loop: what follows is no episode that ends in a guest")
        chosen = xen.machine_of(opened.board, image, system, (_plugin(opened, out),))
        result = machine.run(chosen, folder, machine.Limits(guest_ms=_GUEST_MS, idle_seconds=float("inf")))
        facts = verdict.Facts(result.ended, result.status, result.stderr)
        judged = xenverdict.judge(result.text, facts, verdict.Expectation(record.test, "", guest_ms=_GUEST_MS))
        if judged.kind is not verdict.Kind.PASS:
            return Booted((), None, f"{judged.kind.value}: {judged.reason}")
        labels = tuple(note.removeprefix(session.SERIES) for note in judged.notes if note.startswith(session.SERIES))
        return Booted(labels, counts.parse(out.read_text()), "")
    except (Stop, OSError, counts.RecordError) as error:
        return Booted((), None, str(error).splitlines()[0])


def _value(metric: Metric, row: counts.Row) -> int:
    return row.hyp.total if metric.counted is Counted.EPISODE else row.all


def theirs_of(metric: Metric, booted: Booted) -> dict[str, Theirs]:
    """Series -> value, of one boot."""
    if booted.recording is None:
        return {}
    if metric.counted is Counted.BOOT:
        total = booted.recording.boot.all if booted.recording.boot else 0
        return {metric.series: Theirs(total, total)} if total else {}
    found = {}
    for label, series in zip(booted.labels, booted.recording.series):
        if metric.matches_series(label) and series.low and series.high and _value(metric, series.low):
            found[label] = Theirs(_value(metric, series.low), _value(metric, series.high))
    return found


def run_all(opened: session.Session, name: str, image: Path, rows: Sequence[Metric]) -> dict[str, Booted]:
    benches = sorted({row.bench for row in rows if row.bench in opened.benches})
    with ThreadPoolExecutor(opened.workers) as pool:
        waiting = {bench: pool.submit(boot, opened, name, image, bench) for bench in benches}
        done = {}
        for number, (bench, future) in enumerate(waiting.items(), 1):
            done[bench] = future.result()
            reason = done[bench].reason
            opened.progress(f"{number}/{len(benches)} {bench}[{name}]" + (f": not measured: {reason}" if reason else ""))
    return done


def lines(name: str, rows: Sequence[Metric], results: Iterable[measure.Result], booted: Mapping[str, Booted]) -> list[Line]:
    """Joined by series: warm rounds alone."""
    ours = {result.metric: result for result in results}
    found: dict[str, Line] = {}
    for row in rows:
        done = booted.get(row.bench, Booted((), None, f"there is no bench {row.bench}"))
        theirs = theirs_of(row, done)
        mine = {_series(metric, row): result for metric, result in ours.items()
                if row.matches(metric) and not (row.cold and metric.endswith(".cold"))}
        for series in {**theirs, **mine}:
            result, value = mine.get(series), None
            reasons = [] if series in theirs else [f"{name}: {done.reason or 'no such series'}"]
            if isinstance(result, measure.Measurement):
                value = result.value.value
            else:
                reasons.append(f"fencepost: {result.reason if result else 'no such series'}")
            found[series] = Line(series, row.unit, value, theirs.get(series), "; ".join(reasons),
                                 ELSEWHERE.get(name, {}).get(series), _target(series, row))
    return [found[series] for series in sorted(found, key=natural)]


def _series(metric: str, row: Metric) -> str:
    return metric.rpartition(".")[0] if row.per_strategy else metric


def _target(series: str, row: Metric) -> int | None:
    if series not in TARGETS:
        return None
    return row.target_of(f"{series}.resident" if row.per_strategy else series)


# ---- for a reader, for a program

def _theirs(line: Line) -> str:
    if line.theirs is None:
        return "–"
    return f"{line.theirs.least:,}"


def _row(line: Line) -> list[str]:
    ratio = "–" if line.ratio is None else f"{line.ratio:.1f}"
    greatest = f"{line.theirs.greatest:,}" if line.theirs and line.theirs.greatest != line.theirs.least else ""
    target = "" if line.target is None else f"≤ {line.target:,} {'–' if line.met is None else 'met' if line.met else 'MISSED'}"
    elsewhere = "" if line.elsewhere is None else f"{line.elsewhere:,}" + (" (far)" if line.far_from_elsewhere else "")
    return [line.series, table.number(line.ours), _theirs(line), ratio, target, greatest, elsewhere]


def text(name: str, found: Sequence[Line], identity: Mapping[str, str]) -> str:
    header = ["metric", "fencepost", name, "ratio", "target", f"{name}, disturbed", f"{name} elsewhere, -cpu max"]
    both = [line for line in found if line.ratio is not None]
    parts = [*(f"{key}: {value}" for key, value in identity.items()),
             f"Instructions at EL2 on the same machine, exact, not cycles; of {name} the least of the warm rounds.", "",
             table.layout(header, [_row(line) for line in both])]
    parts += [f"not compared: {line.series}: {line.reason}" for line in found if line.ratio is None]
    aimed = [line for line in found if line.target is not None]
    missed = [line.series for line in aimed if line.met is False]
    parts += ["", f"targets: {sum(line.met is True for line in aimed)} of {len(TARGETS)} met" + (f"; missed: {', '.join(missed)}" if missed else "")]
    return "\n".join(parts)


def as_json(name: str, found: Sequence[Line], identity: Mapping[str, str]) -> dict[str, Any]:
    return {"schema": 1, **identity, "against": name, "metrics": [
        {"metric": line.series, "unit": line.unit, "fencepost": line.ours, name: line.theirs and line.theirs.least,
         "disturbed": line.theirs and line.theirs.greatest, "ratio": line.ratio and round(line.ratio, 3), "target": line.target,
         "met": line.met, "elsewhere": line.elsewhere, "reason": line.reason} for line in found]}


def latest() -> Mapping[str, Any] | None:
    """The last comparison that is stored; runs sort by time. Raises UsageError for a file that none left behind."""
    for file in sorted(paths.RUNS.glob(f"*Z-bench*/{NAME}"), reverse=True):
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            return {"name": found["against"], "cpu": found["cpu"], "rows": [
                {"metric": one["metric"], "ours": one["fencepost"], "theirs": one[found["against"]], "ratio": one["ratio"],
                 "target": one["target"], "met": one["met"]} for one in found["metrics"] if one["ratio"] is not None]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{paths.relative(file)}: not what bench --against stores: {type(error).__name__}: {error}") from error
    return None


def complete(found: Iterable[Line]) -> bool:
    """Every target has a number on both sides."""
    return set(TARGETS) <= {line.series for line in found if line.ratio is not None}
