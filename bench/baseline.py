# SPDX-License-Identifier: Apache-2.0
"""
The committed numbers: bench/baseline/<board>.jsonl, a header line and one metric a line, sorted. Written only
from a measurement; what a merge or an editor did to it is an error, not a number: the header holds a digest over
all lines, so two branches that both measured conflict in it, and a file put together from both does not verify.
Pure but for load.
"""
from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.measure import Exact, Measurement, NotMeasured, Result
from bench.metrics import Gate, Metric, natural, row_of

SCHEMA = 2
_WITHOUT_DIGEST = 1            # what history has; not what is compared with
_DIGITS = 16
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_REMEDY = "after a merge measure again with `./fencepost check --accept -m WHY`, never edit by hand"


class BaselineError(ValueError):
    """The file is not one; the message names the line and what to do."""


@dataclass(frozen=True)
class Header:
    """What must be equal for two files to be comparable."""
    toolchain: str
    qemu: str
    cpu: str
    preset: str

    def differences(self, other: Header) -> list[str]:
        mine, theirs = asdict(self), asdict(other)
        return [f"{key}: {mine[key]} in the baseline, {theirs[key]} here" for key in mine if mine[key] != theirs[key]]


@dataclass(frozen=True)
class Entry:
    metric: str
    value: Exact
    gate: Gate
    limit: int | None

    def line(self) -> str:
        table: dict[str, Any] = {"metric": self.metric, "unit": self.value.unit, "value": self.value.value,
                                 "gate": self.gate.value}
        return json.dumps(table | ({"max": self.limit} if self.limit is not None else {}))


@dataclass(frozen=True)
class Baseline:
    header: Header
    entries: Mapping[str, Entry]

    def text(self) -> str:
        head: dict[str, Any] = {"schema": SCHEMA, **asdict(self.header)}
        lines = [self.entries[name].line() for name in sorted(self.entries, key=natural)]
        return "\n".join([json.dumps(head | {"digest": digest(head, lines)}), *lines]) + "\n"


def digest(head: Mapping[str, Any], lines: Iterable[str]) -> str:
    """Over the header without its digest, and the metrics' lines as they stand."""
    kept = {key: value for key, value in head.items() if key != "digest"}
    text = "\n".join([json.dumps(kept, sort_keys=True), *lines])
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


class Verdict(enum.Enum):
    SAME = "same"
    WORSE = "worse"
    BETTER = "better"
    MOVED = "moved"              # a limit metric that changed below its limit: reported, never failing
    NEW = "new"
    GONE = "gone"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Change:
    metric: str
    verdict: Verdict
    old: Exact | None = None
    new: Exact | None = None
    reason: str = ""
    limit: int | None = None     # of a metric that may move below it

    @property
    def delta(self) -> int | None:
        return self.new.minus(self.old) if self.old and self.new else None

    def line(self) -> str:
        head = f"{self.verdict.value:<12}  {self.metric}"
        if self.verdict is Verdict.NOT_MEASURED:
            return f"{head}: {self.reason.partition(chr(10))[0]}"
        more = [f"at most {self.limit}"] if self.limit is not None else []
        more += [self.reason] if self.reason else []
        words = f" ({', '.join(more)})" if more else ""
        if self.old is None or self.new is None or not self.delta:
            value = self.new or self.old
            return f"{head}{f' {value.value}' if value else ''}{words}"
        return f"{head} {self.old.value} → {self.new.value} ({self.delta:+}){words}"


def _header(line: str) -> Header:
    table = json.loads(line)
    if table.get("schema") not in (SCHEMA, _WITHOUT_DIGEST):
        raise ValueError(f"schema {table.get('schema')!r} is not {SCHEMA}")
    return Header(table["toolchain"], table["qemu"], table["cpu"], table["preset"])


def _verify(lines: Sequence[str]) -> None:
    head = json.loads(lines[0])
    found = digest(head, lines[1:])
    if head["schema"] == SCHEMA and head.get("digest") != found:
        raise ValueError(f"not the lines of one measurement: their digest is {found}, the header says {head.get('digest')}")


def _entry(line: str) -> Entry:
    table = json.loads(line)
    gate, limit = Gate(table["gate"]), table.get("max")
    if (gate is Gate.LIMIT) != isinstance(limit, int) or not isinstance(table["value"], int):
        raise ValueError("value and max are whole numbers, and max goes with gate limit")
    return Entry(table["metric"], Exact(table["value"], table["unit"]), gate, limit)


def parse(text: str, name: str = "baseline") -> Baseline:
    """Of any schema there ever was. Raises BaselineError for anything that one measurement would not have written."""
    lines = text.splitlines()
    header: Header | None = None
    entries: dict[str, Entry] = {}
    previous = ""
    marked = next((number for number, line in enumerate(lines, 1) if line.startswith(_CONFLICT)), None)
    if marked:
        raise BaselineError(f"{name}:{marked}: a conflict marker; {_REMEDY}")
    for number, line in enumerate(lines, 1):
        where = f"{name}:{number}"
        try:
            if header is None:
                header = _header(line)
                continue
            entry = _entry(line)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BaselineError(f"{where}: {type(error).__name__}: {error}; {_REMEDY}") from error
        if entry.metric in entries:
            raise BaselineError(f"{where}: {entry.metric} is there twice; {_REMEDY}")
        if previous and natural(previous) > natural(entry.metric):
            raise BaselineError(f"{where}: {entry.metric} is not in order; {_REMEDY}")
        entries[entry.metric] = entry
        previous = entry.metric
    if header is None:
        raise BaselineError(f"{name}: empty; {_REMEDY}")
    try:
        _verify(lines)
    except ValueError as error:
        raise BaselineError(f"{name}:1: {error}; {_REMEDY}") from error
    return Baseline(header, entries)


def load(file: Path) -> Baseline | None:
    """What is compared with: it has a digest."""
    if not file.is_file():
        return None
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BaselineError(f"{file.name}: {error}; {_REMEDY}") from error
    found = parse(text, file.name)
    if json.loads(text.splitlines()[0])["schema"] != SCHEMA:
        raise BaselineError(f"{file.name}:1: no digest; {_REMEDY}")
    return found


def disagreements(old: Baseline, table: Sequence[Metric]) -> list[str]:
    """Where METRICS.md, which says what a metric is and how it is judged, and the file do not speak of the same."""
    found = []
    for name, entry in old.entries.items():
        row = row_of(name, table)
        if row is None:
            found.append(f"{name}: no row in bench/METRICS.md")
        elif (row.gate, row.limit) != (entry.gate, entry.limit):
            found.append(f"{name}: gate {_gate(row.gate, row.limit)} in bench/METRICS.md, {_gate(entry.gate, entry.limit)} "
                         "in the baseline")
    return found


def _gate(gate: Gate, limit: int | None) -> str:
    return gate.value if limit is None else f"{gate.value} {limit}"


def of_results(header: Header, results: Iterable[Result], table: Sequence[Metric]) -> Baseline:
    """The file these results make; a result without a value or without a row is refused."""
    entries = {}
    for result in results:
        row = row_of(result.metric, table)
        if row is None or isinstance(result, NotMeasured):
            reason = "no row in bench/METRICS.md" if row is None else "not measured"
            raise BaselineError(f"{result.metric}: {reason}")
        entries[result.metric] = Entry(result.metric, result.value, row.gate, row.limit)
    return Baseline(header, entries)


def _judge(old: Entry, new: Measurement) -> Change:
    moved = new.value.minus(old.value)
    if old.gate is Gate.LIMIT and old.limit is not None:
        if new.value.value > old.limit:
            return Change(new.metric, Verdict.WORSE, old.value, new.value, "above its limit", old.limit)
        verdict = Verdict.MOVED if moved else Verdict.SAME
    else:
        verdict = Verdict.WORSE if moved > 0 else Verdict.BETTER if moved else Verdict.SAME
    return Change(new.metric, verdict, old.value, new.value, limit=old.limit)


def compare(old: Baseline, results: Iterable[Result]) -> list[Change]:
    """One change for each metric of either side, in order."""
    changes: dict[str, Change] = {}
    for result in results:
        before = old.entries.get(result.metric)
        if isinstance(result, NotMeasured):
            changes[result.metric] = Change(result.metric, Verdict.NOT_MEASURED, before and before.value,
                                            reason=result.reason)
        elif before is None:
            changes[result.metric] = Change(result.metric, Verdict.NEW, None, result.value)
        else:
            changes[result.metric] = _judge(before, result)
    for name, entry in old.entries.items():
        changes.setdefault(name, Change(name, Verdict.GONE, entry.value))
    return [changes[name] for name in sorted(changes, key=natural)]
