# SPDX-License-Identifier: Apache-2.0
"""Verdicts counted: suite × strategy and image for guests, file for tests of the tools; what failed comes first. Pure."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tool import strategy
from tool.results import Row

FORGIVEN, SURPRISE = "fail as expected", "passes unexpectedly"
WORDS = ("crash", "timeout", "error", "fail", SURPRISE, "pass", FORGIVEN, "skip")     # the worst first
RED = frozenset(WORDS[:5])


def word(row: Row) -> str:
    """The verdict with what was expected in mind."""
    if row.expected_failure and row.verdict in ("fail", "pass"):
        return FORGIVEN if row.verdict == "fail" else SURPRISE
    return row.verdict


@dataclass(frozen=True)
class Cell:
    counts: Mapping[str, int]

    @property
    def red(self) -> int:
        return sum(self.counts.get(name, 0) for name in RED)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def text(self) -> str:
        return ", ".join(f"{self.counts[name]} {name}" for name in WORDS if self.counts.get(name))


@dataclass(frozen=True)
class Line:
    name: str
    cells: tuple[Cell, ...]      # one for each column
    total: Cell


@dataclass(frozen=True)
class Matrix:
    columns: tuple[str, ...]
    lines: tuple[Line, ...]      # those with something red first


def _cell(rows: Iterable[Row]) -> Cell:
    return Cell(Counter(map(word, rows)))


def _matrix(rows: Sequence[Row], line_of: Callable[[Row], str], column_of: Callable[[Row], str],
            columns: Sequence[str]) -> Matrix:
    found: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        found.setdefault(line_of(row), {}).setdefault(column_of(row), []).append(row)
    lines = [Line(name, tuple(_cell(cells.get(column, ())) for column in columns),
                  _cell(row for cell in cells.values() for row in cell)) for name, cells in found.items()]
    return Matrix(tuple(columns), tuple(sorted(lines, key=lambda line: (-line.total.red, line.name))))


def of_host(row: Row) -> bool:
    return row.board == "host"


def column(row: Row) -> str:
    return row.strategy if row.image in ("", "release") else f"{row.strategy}, {row.image}"


def _column_order(name: str) -> tuple[bool, int, str]:
    plain, _, image = name.partition(", ")
    known = list(strategy.VARIANTS)
    return bool(image), known.index(plain) if plain in known else len(known), name


def guests(rows: Iterable[Row]) -> Matrix:
    mine = [row for row in rows if not of_host(row)]
    return _matrix(mine, lambda row: row.suite, column, sorted({column(row) for row in mine}, key=_column_order))


def tools(rows: Iterable[Row]) -> Matrix:
    """By file, one column."""
    mine = [row for row in rows if of_host(row)]
    return _matrix(mine, lambda row: row.test.partition("::")[0], lambda row: "", [""])


def total(rows: Iterable[Row]) -> Cell:
    return _cell(rows)


def failed(rows: Iterable[Row]) -> list[Row]:
    """The worst kind first, then by name."""
    red = [row for row in rows if word(row) in RED]
    return sorted(red, key=lambda row: (WORDS.index(word(row)), row.test))


def as_json(matrix: Matrix) -> list[dict[str, object]]:
    return [{"suite": line.name, "counts": dict(line.total.counts),
             "by": {name: dict(cell.counts) for name, cell in zip(matrix.columns, line.cells) if name and cell.counts}}
            for line in matrix.lines]
