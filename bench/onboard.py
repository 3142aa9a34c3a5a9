# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost bench --serial DEV`: the benches on a real board, or on any runner without the counting plugin. What comes
back is sampled cycles; they stand in a table of their own and never beside an exact number.
"""
from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

from bench import metrics, sampled, session, table
from bench.measure import NotMeasured
from bench.metrics import Counted, Metric
from bench.sampled import Core, Reading, Series
from tool import environment, paths, system
from tool.exitcodes import Exit
from tool.jsontext import write as write_json

SCHEMA = 1
_NO_ROUNDS = (Counted.MASKED, Counted.STACK, Counted.ELF, Counted.BOOT, Counted.GUEST)
EMULATED = "an emulator's counter counts no cycles"
MODE = "sampled (cycle counter of the core)"


def rows_with_rounds(rows: Sequence[Metric]) -> list[Metric]:
    return [row for row in rows if row.counted not in _NO_ROUNDS]


def _names(rows: Sequence[Metric], labels: Sequence[str], strategy: str) -> dict[str, str]:
    per_strategy = {label for label in labels for row in rows if row.per_strategy and row.matches_series(label)}
    return {label: f"{label}.{strategy}" if label in per_strategy else label for label in labels}


def measure(opened: session.Session, job: session.Job, rows: Sequence[Metric]) -> Reading:
    booted = session.boot(opened, job)
    if booted.reason:
        wanted = [row for row in rows if row.bench == job.bench]
        return Reading(tuple(NotMeasured(row.name.replace("<s>", job.strategy), booted.reason) for row in wanted), None)
    if not opened.board.real:
        return Reading(tuple(NotMeasured(note.removeprefix(session.SERIES), EMULATED) for note in booted.notes
                             if note.startswith(session.SERIES)), None)
    names = _names(rows, [note.removeprefix(session.SERIES) for note in booted.notes], job.strategy)
    return sampled.read(booted.console, booted.notes, names, job.strategy)


def identity(opened: session.Session, core: Core | None) -> dict[str, str]:
    board = opened.board
    return {"board": board.label, "machine": board.runner.title if board.real else "QEMU",
            "mode": MODE, "unit": sampled.UNIT, "cpu": board.cpu_model,
            "toolchain": f"arm-none-eabi-gcc {environment.compiler('arm-none-eabi-gcc')}",
            "preset": paths.preset(board.name, session.KIND), "commit": system.commit(),
            "image": environment.digest(opened.hypervisor.file)[:16], **(core.table() if core else {})}


def as_json(readings: Sequence[Reading], about: dict[str, str]) -> dict[str, Any]:
    def entry(one: Series | NotMeasured) -> dict[str, Any]:
        if isinstance(one, NotMeasured):
            return {"metric": one.metric, "not_measured": one.reason}
        value = one.value
        return {"metric": one.metric, "strategy": one.strategy, "unit": value.unit, "samples": value.samples,
                "min": value.low, "q1": value.quartiles[0], "median": value.median, "q3": value.quartiles[1],
                "max": value.high, "cold": one.cold, "empty": one.empty}
    return {"schema": SCHEMA, **about, "sampled": [entry(one) for reading in readings for one in reading.series]}


def report(readings: Sequence[Reading], about: dict[str, str]) -> str:
    series = [one for reading in readings for one in reading.series]
    found = [one for one in series if isinstance(one, Series)]
    header = ["metric", "median", "min", "q1", "q3", "max", "cold", "samples", "unit", "strategy", "empty"]
    rows = [[one.metric, *(table.number(n) for n in (one.value.median, one.value.low, *one.value.quartiles, one.value.high,
                                                     one.cold, one.value.samples)),
             one.value.unit, one.strategy, table.number(one.empty)] for one in found]
    lines = [f"{key}: {value}" for key, value in about.items()]
    lines += ["Sampled: each number has a spread and belongs to this board; none is comparable with an instruction count.", ""]
    lines.append(table.layout(header, rows))
    return "\n".join(lines + [f"not measured: {one.metric}: {one.reason}" for one in series if isinstance(one, NotMeasured)])


def run(opened: session.Session, rows: Sequence[Metric], names: Sequence[str], glob: str, json_target: str | None) -> Exit:
    """One board, one image at a time."""
    readings: list[Reading] = []
    jobs = session.jobs_for(opened, rows_with_rounds(rows), names)
    for number, job in enumerate(jobs, 1):
        reading = measure(opened, job, rows)
        kept = [one for one in reading.series if isinstance(one, NotMeasured) or fnmatch.fnmatchcase(one.metric, glob)]
        readings.append(Reading(tuple(kept), reading.core))
        bad = [one for one in kept if isinstance(one, NotMeasured)]
        opened.progress(f"{number}/{len(jobs)} {job.label}" + (f": not measured: {bad[0].reason.splitlines()[0]}" if bad else ""))
    about = identity(opened, next((reading.core for reading in readings if reading.core), None))
    write_json(str(opened.folder / "sampled.json"), as_json(readings, about))
    if json_target:
        write_json(json_target, as_json(readings, about))
    if json_target != "-":
        print(report(readings, about))
        print(f"\nlogs: {paths.relative(opened.folder)}")
    missing = [one for reading in readings for one in reading.series if isinstance(one, NotMeasured)]
    return Exit.NOT_MEASURED if missing or not readings else Exit.FINE
