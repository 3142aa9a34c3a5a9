# SPDX-License-Identifier: Apache-2.0
"""
The committed numbers: bench/baseline/<board>.jsonl, a header line and one metric a line, sorted. Written only
from a measurement; what a merge or an editor did to it is an error, not a number. Pure but for load and store.
"""
from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.measure import Exact, Measurement, NotMeasured, Result
from bench.metrics import Gate, Metric, natural, row_of

SCHEMA = 1
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_REMEDY = "measure again with `./fencepost check --accept`, never edit by hand"


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
        head = json.dumps({"schema": SCHEMA, **asdict(self.header)})
        return "\n".join([head, *(self.entries[name].line() for name in sorted(self.entries, key=natural))]) + "\n"


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

    def line(self) -> str:
        if self.verdict is Verdict.NOT_MEASURED:
            return f"not measured  {self.metric}: {self.reason}"
        if self.old is None or self.new is None:
            value = self.new or self.old
            return f"{self.verdict.value:<12}  {self.metric} {value.value if value else ''}".rstrip()
        moved = self.new.minus(self.old)
        more = f" ({self.reason})" if self.reason else ""
        return f"{self.verdict.value:<12}  {self.metric} {self.old.value} → {self.new.value} ({moved:+}){more}"


def _header(line: str) -> Header:
    table = json.loads(line)
    if table.get("schema") != SCHEMA:
        raise ValueError(f"schema {table.get('schema')!r} is not {SCHEMA}")
    return Header(table["toolchain"], table["qemu"], table["cpu"], table["preset"])


def _entry(line: str) -> Entry:
    table = json.loads(line)
    gate, limit = Gate(table["gate"]), table.get("max")
    if (gate is Gate.LIMIT) != isinstance(limit, int) or not isinstance(table["value"], int):
        raise ValueError("value and max are whole numbers, and max goes with gate limit")
    return Entry(table["metric"], Exact(table["value"], table["unit"]), gate, limit)


def parse(text: str, name: str = "baseline") -> Baseline:
    """Raises BaselineError for anything that one measurement would not have written."""
    header: Header | None = None
    entries: dict[str, Entry] = {}
    previous = ""
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{name}:{number}"
        if line.startswith(_CONFLICT):
            raise BaselineError(f"{where}: a conflict marker; {_REMEDY}")
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
    return Baseline(header, entries)


def load(file: Path) -> Baseline | None:
    return parse(file.read_text(encoding="utf-8"), file.name) if file.is_file() else None


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
            return Change(new.metric, Verdict.WORSE, old.value, new.value, f"above the limit {old.limit}")
        verdict = Verdict.MOVED if moved else Verdict.SAME
    else:
        verdict = Verdict.WORSE if moved > 0 else Verdict.BETTER if moved else Verdict.SAME
    return Change(new.metric, verdict, old.value, new.value)


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
