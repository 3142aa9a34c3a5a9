# SPDX-License-Identifier: Apache-2.0
"""
Runs beside one another: a table whose rows are tests or metrics and whose columns are runs. With two columns it is what
differs between them; with more, boards × hypervisors. Pure.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.measure import Exact
from tool.results import Row

ABSENT = "–"
_GUESTS = re.compile(r"^testsuite/guests\.py::[^:]+::")


@dataclass(frozen=True)
class Side:
    """One column."""
    name: str
    facts: Mapping[str, str]                     # what was run with what
    verdicts: Mapping[str, tuple[str, str]]      # test -> verdict, reason
    values: Mapping[str, Exact]
    not_measured: Mapping[str, str]              # metric -> why


@dataclass(frozen=True)
class Line:
    name: str
    cells: tuple[str, ...]                       # one a column; ABSENT: not there
    note: str = ""
    delta: int | None = None                     # of two comparable values

    @property
    def same(self) -> bool:
        return len(set(self.cells)) == 1


@dataclass(frozen=True)
class Beside:
    sides: tuple[Side, ...]
    facts: tuple[Line, ...]
    tests: tuple[Line, ...]
    metrics: tuple[Line, ...]
    incomparable: tuple[str, ...]                # why values have no difference; empty: they have

    @property
    def differs(self) -> bool:
        return any(not line.same for line in (*self.tests, *self.metrics))


def test_name(test: str) -> str:
    """Without the board, so that two boards meet."""
    return _GUESTS.sub("", test)


def verdicts(rows: Iterable[Row]) -> dict[str, tuple[str, str]]:
    return {test_name(row.test): (row.verdict, row.reason) for row in rows}


def told_values(rows: Iterable[Row]) -> dict[str, Exact]:
    """Metrics that tests reported themselves."""
    return {f"{test_name(row.test)} {one['metric']}": Exact(one["value"], one["unit"]) for row in rows for one in row.metrics}


def _named(sides: Sequence[Side], of: str) -> list[str]:
    return sorted({name for side in sides for name in getattr(side, of)})


def _fact_lines(sides: Sequence[Side]) -> tuple[Line, ...]:
    return tuple(Line(name, tuple(side.facts.get(name, ABSENT) for side in sides)) for name in
                 dict.fromkeys(name for side in sides for name in side.facts))


def _test_lines(sides: Sequence[Side]) -> Iterable[Line]:
    for name in _named(sides, "verdicts"):
        found = [side.verdicts.get(name) for side in sides]
        cells = tuple(one[0] if one else ABSENT for one in found)
        reasons = dict.fromkeys(one[1] for one in found if one and one[0] != "pass" and one[1])
        yield Line(name, cells, "; ".join(reasons))


def _cell(side: Side, name: str) -> str:
    if name in side.values:
        return f"{side.values[name].value:,}"
    return "not measured" if name in side.not_measured else ABSENT


def _metric_lines(sides: Sequence[Side], comparable: bool) -> Iterable[Line]:
    for name in sorted({*_named(sides, "values"), *_named(sides, "not_measured")}):
        found = [side.values.get(name) for side in sides]
        units = dict.fromkeys(one.unit for one in found if one)
        delta = None
        if comparable and len(found) == 2 and found[0] and found[1] and len(units) == 1:
            delta = found[1].minus(found[0])
        why = [side.not_measured[name] for side in sides if name in side.not_measured]
        note = "; ".join([*(["different units: " + ", ".join(units)] if len(units) > 1 else []), *why])
        yield Line(name, tuple(_cell(side, name) for side in sides), note or next(iter(units), ""), delta)


def beside(sides: Sequence[Side], tools: Sequence[str]) -> Beside:
    """`tools`: the facts that must be equal for values to be comparable."""
    facts = _fact_lines(sides)
    incomparable = tuple(f"{line.name}: {' against '.join(line.cells)}" for line in facts
                         if line.name in tools and not line.same) if all(side.values for side in sides) else ()
    return Beside(tuple(sides), facts, tuple(_test_lines(sides)), tuple(_metric_lines(sides, not incomparable)), incomparable)
