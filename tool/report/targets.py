# SPDX-License-Identifier: Apache-2.0
"""
One table: test × board and hypervisor, from stored runs. A cell is explained when the test passed, failed as
testsuite/divergences.toml says, was skipped with a reason, or is not built for that board. Pure, but for `stored_runs`.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tool import difference, divergences, stored
from tool.report import matrix
from tool.results import Row
from tool.stored import Run
from tool.targets import TARGETS, Target

ABSENT = difference.ABSENT
NOT_RUN = "not run"


@dataclass(frozen=True)
class Column:
    target: Target
    run: Run | None              # None: nothing is stored


@dataclass(frozen=True)
class Cell:
    word: str                    # as in matrix.WORDS, or ABSENT, or NOT_RUN
    why: str = ""

    @property
    def explained(self) -> bool:
        return self.word in ("pass", NOT_RUN) or (self.word not in matrix.RED and bool(self.why))


@dataclass(frozen=True)
class Line:
    test: str                    # SUITE.NAME
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        return len({cell.word for cell in self.cells} - {NOT_RUN}) > 1

    @property
    def explained(self) -> bool:
        return all(cell.explained for cell in self.cells)


@dataclass(frozen=True)
class Table:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def unexplained(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.explained)

    @property
    def commits(self) -> dict[str, str]:
        """Of each column that has a run: a test that is new is not there in an older one."""
        return {column.target.name: str(column.run.header.get("commit", "unknown")) for column in self.columns if column.run}

    def counts(self, number: int) -> Counter[str]:
        return Counter(line.cells[number].word for line in self.lines)


def stored_runs(targets: Sequence[Target] = TARGETS) -> tuple[Column, ...]:
    """The last run of all guests of each."""
    return tuple(Column(target, stored.last_guests(target.board, target.hypervisor)) for target in targets)


def _is_of(row: Row, target: Target) -> bool:
    return row.board == target.board and row.hypervisor == target.hypervisor


def _reason(row: Row, target: Target) -> str:
    listed = divergences.load().of(row.name, target.reference) if target.reference and row.expected_failure else None
    return listed.text(target.reference) if listed else row.reason.removeprefix(f"not on {target.reference}: ")


def _cell(rows: Sequence[Row], target: Target) -> Cell:
    """Of all strategies and images the worst, but one that passed hides those that were skipped or failed as expected."""
    word = min((matrix.word(row) for row in rows), key=matrix.WORDS.index)
    reasons = [_reason(row, target) for row in rows if matrix.word(row) == word]
    return Cell(word, "" if word == "pass" else next(filter(None, reasons), ""))


def _cells(column: Column) -> Mapping[str, Cell]:
    found: dict[str, list[Row]] = {}
    for row in column.run.rows if column.run else ():
        if row.suite and _is_of(row, column.target):
            found.setdefault(row.name, []).append(row)
    return {test: _cell(rows, column.target) for test, rows in found.items()}


def _absent(column: Column) -> Cell:
    if column.run is None:
        return Cell(NOT_RUN)
    return Cell(ABSENT, "not built for this board" if column.run.ran_all else "")


def table(columns: Iterable[Column]) -> Table:
    columns = tuple(columns)
    found = [_cells(column) for column in columns]
    names = sorted(set().union(*found))
    return Table(columns, tuple(Line(name, tuple(cells.get(name) or _absent(column) for cells, column in zip(found, columns)))
                                for name in names))
