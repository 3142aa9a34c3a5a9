# SPDX-License-Identifier: Apache-2.0
"""
The table of bench/METRICS.md: which metrics exist, what each counts, which bench measures it; and what a board promises
otherwise, under a heading with its name. Pure.
"""
from __future__ import annotations

import enum
import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "METRICS.md"
COLD = ".cold"
_COLUMNS = 6
_BOARD = "### "
_OTHERWISE_COLUMNS = 4
_OF_WINDOW = (".window", ".resident")   # the strategies that a target is about


class TableError(ValueError):
    """METRICS.md cannot be read; names the line."""


class Counted(enum.Enum):
    """What of a round is the metric."""
    EPISODE = "E"
    BOTH_CPUS = "E both CPUs"
    IRQ_EPISODE = "E irq"
    ALL = "A"
    PROBES = "probes"
    BOOT = "boot"
    MASKED = "masked"
    STACK = "stack"
    ELF = "ELF"
    GUEST = "guest"


class Gate(enum.Enum):
    EXACT = "exact"
    LIMIT = "limit"


@dataclass(frozen=True)
class Target:
    """At most constant + slope x the number in the metric's name."""
    constant: int
    slope: int = 0

    def value(self, number: int | None) -> int:
        return self.constant + self.slope * (number or 0)


@dataclass(frozen=True)
class Metric:
    name: str                       # as in the table, with <s>, <k>, <N>
    counted: Counted
    windows: tuple[str, ...]        # of PROBES: summed; of EPISODE and BOOT: subtracted
    cold: bool
    bench: str                      # SUITE.NAME, or SUITE.* of a maximum; empty for ELF
    gate: Gate
    limit: int | None
    target: Target | None
    text: str

    @property
    def per_strategy(self) -> bool:
        return self.name.endswith(".<s>")

    @property
    def is_maximum(self) -> bool:
        """Over every run of every bench; those it names look for it."""
        return self.counted in (Counted.MASKED, Counted.STACK)

    @property
    def unit(self) -> str:
        return {Counted.ELF: "bytes", Counted.STACK: "bytes", Counted.GUEST: "pages"}.get(self.counted, "instructions")

    @property
    def series(self) -> str:
        """What the bench calls it: the name without the strategy."""
        return self.name.removesuffix(".<s>")

    def measured_by(self, bench: str) -> bool:
        return fnmatch.fnmatchcase(bench, self.bench)

    def matches_series(self, series: str) -> bool:
        if self.is_maximum:
            return self.measured_by(series)   # one for each call that it looks at
        return re.fullmatch(_pattern(self.series), series) is not None

    def matches(self, metric: str) -> bool:
        base = metric.removesuffix(COLD) if self.cold else metric
        return re.fullmatch(_pattern(self.name), base) is not None

    def target_of(self, metric: str) -> int | None:
        """Targets hold for warm rounds and, of the strategies, for `window`; a board with translation has one alone."""
        if self.target is None or metric.endswith(COLD) or (self.per_strategy and not metric.endswith(_OF_WINDOW)):
            return None
        found = re.search(r"\.(\d+)(?:\.|$)", metric)
        return self.target.value(int(found[1]) if found else None)


def _pattern(name: str) -> str:
    escaped = re.escape(name)
    for placeholder, pattern in (("<s>", r"[a-z][a-z-]*"), ("<k>", r"[1-9]\d*"), ("<N>", r"[1-9]\d*")):
        escaped = escaped.replace(re.escape(placeholder), pattern)
    return escaped


def _counted(cell: str) -> tuple[Counted, tuple[str, ...], bool]:
    words, comma, rest = cell.partition(",")
    if comma and rest.strip() != "cold":
        raise ValueError(f"counts {cell!r}")
    words = words.strip()
    if words.startswith("probes "):
        return Counted.PROBES, tuple(name.strip() for name in words[len("probes "):].split("+")), bool(comma)
    if "−" in words:
        first, *less = (part.strip() for part in words.split("−"))
        return Counted(first), tuple(less), bool(comma)
    return Counted(words), (), bool(comma)


def _gate(cell: str) -> tuple[Gate, int | None]:
    kind, _, limit = cell.partition(" ")
    gate = Gate(kind)
    if (gate is Gate.LIMIT) != limit.isdigit():
        raise ValueError(f"gate {cell!r}")
    return gate, int(limit) if limit else None


def _target(cell: str) -> Target | None:
    if not cell:
        return None
    found = re.fullmatch(r"≤ (?:(\d+) N \+ )?(\d+)", cell)
    if not found:
        raise ValueError(f"target {cell!r}")
    return Target(int(found[2]), int(found[1] or 0))


def _metric(cells: list[str]) -> Metric:
    if len(cells) != _COLUMNS:
        raise ValueError(f"{len(cells)} cells instead of {_COLUMNS}")
    name, counts, bench, gate, target, text = cells
    return Metric(name.strip("`"), *_counted(counts), bench.strip("`"), *_gate(gate), _target(target), text)


@dataclass(frozen=True)
class Otherwise:
    """What a board promises of a metric instead of the table's words."""
    gate: Gate
    limit: int | None
    target: Target | None


def _otherwise(cells: list[str]) -> tuple[str, Otherwise]:
    if len(cells) != _OTHERWISE_COLUMNS:
        raise ValueError(f"{len(cells)} cells instead of {_OTHERWISE_COLUMNS}")
    name, gate, target, _ = cells
    return name.strip("`"), Otherwise(*_gate(gate), _target(target))


def _rows(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line, board whose section it is in (empty: the table itself) and cells of every row that begins with a name."""
    board = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            board = line[len(_BOARD):] if line.startswith(_BOARD) else ""
        elif line.startswith("| `"):
            yield number, board, [cell.strip() for cell in line.strip().strip("|").split("|")]


def parse(text: str, board: str = "") -> tuple[Metric, ...]:
    """Every row whose first cell is a name in backticks, as the board has it. Raises TableError."""
    found: list[Metric] = []
    otherwise: list[tuple[str, Otherwise]] = []
    for number, section, cells in _rows(text):
        try:
            if not section:
                found.append(_metric(cells))
            elif section == board:
                otherwise.append(_otherwise(cells))
        except ValueError as error:
            raise TableError(f"METRICS.md:{number}: {error}") from error
    for names, where in (([metric.name for metric in found], ""), ([name for name, _ in otherwise], f" of {board}")):
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise TableError(f"METRICS.md: two rows{where} for {', '.join(doubled)}")
    changes = dict(otherwise)
    if strangers := sorted(set(changes) - {metric.name for metric in found}):
        raise TableError(f"METRICS.md: {board} has a row for {', '.join(strangers)}, which the table has not")
    return tuple(replace(metric, **vars(changes[metric.name])) if metric.name in changes else metric for metric in found)


def load(path: Path = TABLE, board: str = "") -> tuple[Metric, ...]:
    return parse(path.read_text(encoding="utf-8"), board)


def row_of(metric: str, table: Iterable[Metric]) -> Metric | None:
    """The row that defines a metric, .cold included."""
    return next((row for row in table if row.matches(metric)), None)


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key: touch.2 before touch.10."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in name.split("."))
