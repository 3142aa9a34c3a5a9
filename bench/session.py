# SPDX-License-Identifier: Apache-2.0
"""Boots benches under the counting plugin, as many machines at a time as there are CPUs."""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import clock, counts, functions, hostcost, image, measure
from bench.metrics import Counted, Metric, natural
from tool import board as boards
from tool import build, console, devicetree, environment, machine, paths, records, setup, strategy, system, toolchain, verdict
from tool.exitcodes import EnvironmentMissing, UsageError

KIND = "release"               # the image that ships is the one that is measured
_GUEST_MS = 1000               # a bench takes a few, one of a thousand restarts some hundred
PLUGIN = paths.BUILD / "host" / "bench" / "plugin" / "count.so"
SERIES = "series "
_WINDOWS = {"window-domain": 4}   # as many as the bench systems have banks in a domain, and more


@dataclass(frozen=True)
class Job:
    """One boot: a bench under a strategy."""
    bench: str
    strategy: str

    @property
    def label(self) -> str:
        return f"{self.bench}[{self.strategy}]"


@dataclass(frozen=True)
class Session:
    """Everything built and read, before the first boot."""
    board: boards.Board
    plugin: Path
    hypervisor: image.Hypervisor
    guest: Path
    benches: dict[str, records.Record]
    absent: dict[str, str]                         # benches that have no meaning on this board, and why
    folder: Path
    probe_table: Path
    isa_table: Path
    progress: Callable[[str], None]
    workers: int
    functions: functions.Functions | None = None   # None: nothing is counted by function
    checkout: paths.Checkout = field(default_factory=paths.here)       # that the images and the systems are of
    known: MutableMapping[str, Outcome] = field(default_factory=dict)   # by all that a machine is loaded with
    perf: hostcost.Perf | None = None              # None: the emulator's own cost is not asked for

    @property
    def other(self) -> bool:
        """Another commit, measured with the tools of this one."""
        return self.checkout != paths.here()

    def identity(self) -> dict[str, str]:
        """What a number depends on; stands in every output and, as far as it matters, in the baseline's header."""
        return {"board": self.board.name, "mode": "instructions, exact (QEMU icount)",
                "toolchain": toolchain.short(self.board.name),
                "emulator": boards.presence(self.board.name).version, "cpu": self.board.cpu_model,
                "preset": paths.preset(self.board.name, KIND), "commit": system.commit(),
                "image": environment.digest(self.hypervisor.file)[:16]}


def open_session(verb: str, board: str, progress: Callable[[str], None], jobs: int | None = None,
                 profile: bool = False, checkout: paths.Checkout | None = None,
                 known: MutableMapping[str, Outcome] | None = None,
                 attached: boards.Attached = boards.Attached()) -> Session:
    """Builds this checkout; another one is built already, and is measured with this one's tools."""
    of = checkout or paths.here()
    chosen = boards.load(board, attached)
    setup.ensure(board, progress, optional_board=chosen.real)
    presence = boards.presence(board, attached)
    if not presence.present:
        raise EnvironmentMissing(presence.line())
    build.ensure_built([build.HOST] + ([] if checkout else [paths.preset(board, KIND)]), progress)
    folder = paths.new_run(verb)
    guest = of.benches(board, KIND)
    plugin, elf, guest, _ = (_own_copy(file, folder) for file in (
        PLUGIN, of.hypervisor(board, KIND), guest, guest.with_suffix(".bin")))
    hypervisor = image.read(elf)
    probe_table, isa_table = folder / "probes.txt", folder / "instruction-sets.txt"
    probe_table.write_text(hypervisor.probe_table())
    isa_table.write_text(hypervisor.instruction_set_table())
    found = {record.test: record for record in records.benches(guest)}
    absent = {name: reason for name, record in found.items()
              if (reason := chosen.skip(name, record.needs.system, record.file))}
    offered = {name: record for name, record in found.items() if name not in absent}
    return Session(chosen, plugin, hypervisor, guest, offered, absent, folder, probe_table, isa_table, progress,
                   jobs or os.cpu_count() or 1, functions.read(elf) if profile else None, of, {} if known is None else known)


def _own_copy(file: Path, folder: Path) -> Path:
    """A build that starts meanwhile must not exchange the images between two boots."""
    if not file.is_file():
        raise UsageError(f"{paths.relative(file)} was not built")
    return Path(shutil.copy2(file, folder))


def jobs_for(session: Session, metrics: Iterable[Metric], strategies: Sequence[str]) -> list[Job]:
    """The boots that measure these metrics; a bench without <s> runs under the strategy its record names."""
    found: dict[Job, None] = {}
    for metric in metrics:
        if metric.is_maximum:
            found.update(dict.fromkeys(_jobs_of_maximum(session, metric)))
            continue
        if metric.counted is Counted.ELF or metric.bench in session.absent:
            continue
        record = session.benches.get(metric.bench)
        if record is None:
            raise UsageError(f"METRICS.md: {metric.name}: there is no bench {metric.bench}")
        for name in strategies if metric.per_strategy else _own_strategies(session, record):
            found[Job(metric.bench, name)] = None
    return list(found)


def _jobs_of_maximum(session: Session, metric: Metric) -> list[Job]:
    """Every bench once, and those that look for it under each of their strategies."""
    return [Job(name, strategy_name) for name, record in session.benches.items()
            for strategy_name in (_own_strategies(session, record) if metric.measured_by(name) else _own_strategies(session, record)[:1])]


def _own_strategies(session: Session, record: records.Record) -> Sequence[str]:
    named = record.needs.strategies_on(session.board.strategies)
    return named if record.needs.strategies != ("all",) else named[:1]


@dataclass(frozen=True)
class Outcome:
    job: Job
    labels: tuple[str, ...]
    recording: counts.Recording | None
    reason: str                    # why there is no recording
    description: dict[str, object]  # syscfg's load.json
    told: tuple[console.Metric, ...] = ()   # by the bench itself
    ticks: Mapping[int, int] | None = None   # of its clock, by series; None: it has none
    again: bool = False            # the same bytes were run before; nothing was booted


def escaped(path: Path) -> str:
    return str(path.resolve()).replace(",", ",,")


def plugins(session: Session, job: Job, prepared: system.PreparedSystem) -> tuple[str, ...]:
    """What the emulator is told to load."""
    hypervisor = session.hypervisor
    words = [escaped(session.plugin), f"out={escaped(_records(session, job))}",
             f"text={hypervisor.text_start:x}-{hypervisor.text_end:x}", f"probes={escaped(session.probe_table)}",
             f"isas={escaped(session.isa_table)}"]
    words += [f"stacks={hypervisor.stacks[0]:x}+{hypervisor.stacks[1]:x}"] if hypervisor.stacks else []
    words += ["isa=a64"] * hypervisor.a64 + ["profile=on"] * (session.functions is not None)
    return (",".join(words + ["smp=on"] * (prepared.cpus > 1)),)


def _records(session: Session, job: Job) -> Path:
    return session.folder / job.label / "counts.jsonl"


def prepare(session: Session, job: Job) -> system.PreparedSystem:
    """The bench's own system under the job's strategy."""
    record = session.benches[job.bench]
    tree = session.checkout.system(record.needs.system)
    bootargs = {domain.name: f"fp1 domain={domain.domid} run={record.test}"
                for domain in devicetree.compile_tree(tree, session.board.name, session.checkout.boards).domains}
    choices = replace(strategy.choices(job.strategy), windows=_WINDOWS.get(job.strategy))
    return system.prepare(tree, session.folder / job.label, {name: session.guest.with_suffix(".bin") for name in bootargs},
                          bootargs, choices, board=session.board.name, named_commit="bench", checkout=session.checkout)


@dataclass(frozen=True)
class Booted:
    """What a bench said; without a reason it passed."""
    console: str
    notes: tuple[str, ...]           # of the domain that runs it
    reason: str


def boot(session: Session, job: Job) -> Booted:
    """One boot without the plugin, on any runner. Never raises for what a guest does."""
    prepared, nonce = prepare(session, job), machine.new_nonce()
    chosen = machine.Machine(session.board, session.hypervisor.file, prepared.loads, prepared.cpus, nonce,
                             system=prepared.tree.stem)
    result = machine.run(chosen, session.folder / job.label, machine.Limits(guest_ms=_GUEST_MS))
    expected = verdict.Expectation(session.benches[job.bench].test, nonce, guest_ms=_GUEST_MS)
    judged = verdict.judge(result.text, verdict.Facts(result.ended, result.status, result.stderr), expected)
    reason = "" if judged.kind is verdict.Kind.PASS else f"{judged.kind.value}: {judged.reason}"
    return Booted(result.text, judged.notes, reason)


def run(session: Session, job: Job) -> Outcome:
    """One boot, or none where the same was run before. Never raises for what a guest does."""
    prepared, nonce = prepare(session, job), machine.new_nonce()
    loaded = image.loaded(session.hypervisor, prepared.loads, job.label, prepared.cpus, session.functions is not None)
    if loaded in session.known:
        return replace(session.known[loaded], again=True)
    chosen = machine.Machine(session.board, session.hypervisor.file, prepared.loads, prepared.cpus, nonce,
                             plugins(session, job, prepared), system=prepared.tree.stem,
                             wrapper=session.perf.words(session.folder / job.label) if session.perf else ())
    result = machine.run(chosen, session.folder / job.label, machine.Limits(guest_ms=_GUEST_MS))
    facts = verdict.Facts(result.ended, result.status, result.stderr)
    judged = verdict.judge(result.text, facts, verdict.Expectation(session.benches[job.bench].test, nonce, guest_ms=_GUEST_MS))
    if judged.kind is not verdict.Kind.PASS:
        return Outcome(job, (), None, f"{judged.kind.value}: {judged.reason}", {})
    notes = (note for report in console.read(result.text).reports.values() for note in report.notes)
    labels = tuple(note.removeprefix(SERIES) for note in judged.notes if note.startswith(SERIES))
    out = _records(session, job)
    try:
        recording = counts.parse(out.read_text())
    except (OSError, counts.RecordError) as error:
        return Outcome(job, (), None, f"{out}: {error}", {})
    session.known[loaded] = Outcome(job, labels, recording, "", dict(prepared.description), judged.metrics, clock.told(notes))
    return session.known[loaded]


def _prepared(session: Session, job: Job) -> Outcome:
    try:
        return run(session, job)
    except UsageError as error:
        return Outcome(job, (), None, str(error), {})


def run_all(session: Session, jobs: Sequence[Job]) -> list[Outcome]:
    """Every job, in the order given, with progress."""
    done: dict[Job, Outcome] = {}
    pool = ThreadPoolExecutor(session.workers)
    try:
        waiting = [pool.submit(_prepared, session, job) for job in jobs]
        for number, future in enumerate(as_completed(waiting), 1):
            outcome = future.result()
            done[outcome.job] = outcome
            session.progress(f"{number}/{len(jobs)} {outcome.job.label}" + (" (the same image)" if outcome.again else "") +
                             (f": not measured: {outcome.reason.splitlines()[0]}" if outcome.reason else ""))
    finally:
        pool.shutdown(cancel_futures=True)   # an interrupt waits for the machines that run, not for the queue
    return [done[job] for job in jobs]


def results(session: Session, metrics: Sequence[Metric], outcomes: Iterable[Outcome]) -> list[measure.Result]:
    """The numbers of all boots, and the one that needs none, by name."""
    found: list[measure.Result] = []
    maxima: dict[Metric, list[tuple[str, int]]] = {metric: [] for metric in metrics if metric.is_maximum}
    denied: list[str] = []
    for outcome in outcomes:
        excused = session.other and not outcome.ticks      # the benches of earlier commits tell no clock
        wanted = [metric for metric in metrics if metric.bench and metric.measured_by(outcome.job.bench)]
        if outcome.recording is not None:
            for metric, over in maxima.items():
                over += measure.parts(metric, outcome.labels, outcome.job.label, outcome.recording)
            denied += [] if excused else measure.unconfirmed(outcome.labels, outcome.job.label, outcome.recording,
                                                             outcome.ticks or {})
        if not wanted:
            continue
        if outcome.recording is None:
            found += [measure.NotMeasured(metric.name.replace("<s>", outcome.job.strategy), outcome.reason)
                      for metric in wanted]
        else:
            counted = [metric for metric in wanted if metric.counted is not Counted.GUEST]
            found += measure.of_recording(counted, outcome.labels, outcome.job.strategy, outcome.recording, session.functions,
                                          None if excused else outcome.ticks)
            found += [measure.of_guest(metric, outcome.job.strategy, outcome.told) for metric in wanted
                      if metric.counted is Counted.GUEST]
    for metric in metrics:
        if metric.is_maximum and not any(result.metric == metric.name for result in found):
            found.append(measure.maximum(metric, maxima[metric], denied if metric.counted is Counted.MASKED else ()))
        if metric.counted is Counted.ELF:
            size = measure.Exact(session.hypervisor.text_rodata_bytes, metric.unit)
            found.append(measure.Measurement(metric.name, None, size, None))
    return sorted(found, key=lambda result: natural(result.metric))
