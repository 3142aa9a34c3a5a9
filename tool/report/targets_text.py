# SPDX-License-Identifier: Apache-2.0
"""The table of boards and hypervisors, for a reader and for a program. Pure."""
from __future__ import annotations

from collections import Counter
from typing import Any

from bench import table
from tool.report import matrix
from tool.report.targets import ABSENT, NOT_RUN, Line, Table

SCHEMA, VERSION = "fencepost-targets", 1
_WHY = 110
_WORDS = (*matrix.WORDS, ABSENT, NOT_RUN)
_NAMES = {ABSENT: "not built there"}


def _short(text: str) -> str:
    return text if len(text) <= _WHY else text[:_WHY - 1] + "…"


def why(line: Line) -> str:
    """The reasons of all cells, each once, what nobody explained first."""
    cells = sorted(line.cells, key=lambda cell: cell.explained)
    return "; ".join(dict.fromkeys(cell.why or "NOT EXPLAINED" for cell in cells if cell.word not in ("pass", NOT_RUN)))


def _rows(found: Table, lines: tuple[Line, ...]) -> str:
    header = ["test", *(column.target.name for column in found.columns), "why"]
    return table.layout(header, [[("" if line.explained else "! ") + line.test, *(cell.word for cell in line.cells), _short(why(line))]
                                 for line in lines])


def _totals(found: Table) -> str:
    counts = [found.counts(number) for number in range(len(found.columns))]
    rows = [[_NAMES.get(word, word), *(str(one[word]) for one in counts)] for word in _WORDS if any(one[word] for one in counts)]
    return table.layout(["tests", *(column.target.name for column in found.columns)], rows)


def _alike(lines: tuple[Line, ...]) -> str:
    """Rows without an answer of their own, by what they say."""
    counts = Counter(why(line) for line in lines)
    rows = [[str(count), _short(reason)] for reason, count in counts.most_common()]
    return table.layout(["tests", "left out somewhere: why"], rows)


def _answers(line: Line) -> bool:
    """Two hypervisors were asked, and did not say the same."""
    asked = {cell.word for cell in line.cells} - {"skip", ABSENT, NOT_RUN}
    return len(asked) > 1 or not line.explained


def text(found: Table, everything: bool = False) -> str:
    """`everything`: one row for each test; else those that are left out somewhere only as counts."""
    told = found.lines if everything else tuple(line for line in found.lines if _answers(line))
    left = () if everything else tuple(line for line in found.lines if line.differs and not _answers(line))
    missing = [f"{column.target.name}: nothing is stored; run {column.target.command}" for column in found.columns if column.run is None]
    parts = [_rows(found, told)] if told else []
    parts += [_alike(left)] if left else []
    parts += [_totals(found)] if found.lines else []
    if len(set(found.commits.values())) > 1:
        missing += ["The columns are of different commits: " + ", ".join(f"{name} {commit}" for name, commit in found.commits.items())]
    count = len(found.unexplained)
    return "\n\n".join([*parts, *missing, f"{len(found.lines)} tests, {count} not explained"])


def as_page(found: Table) -> dict[str, Any]:
    """What a page shows: totals, and the rows in which two hypervisors were asked and answer otherwise."""
    counts = [found.counts(number) for number in range(len(found.columns))]
    return {"columns": [column.target.name for column in found.columns], "unexplained": len(found.unexplained), "tests": len(found.lines),
            "totals": [[_NAMES.get(word, word), *(one[word] for one in counts)] for word in _WORDS if any(one[word] for one in counts)],
            "rows": [{"test": line.test, "explained": line.explained, "words": [cell.word for cell in line.cells], "why": why(line)}
                     for line in found.lines if _answers(line)]}


def as_json(found: Table) -> dict[str, Any]:
    """Every row."""
    return {"schema": SCHEMA, "version": VERSION, "unexplained": [line.test for line in found.unexplained],
            "columns": [{"name": column.target.name, "board": column.target.board,
                         "hypervisor": column.target.hypervisor,
                         "commit": column.run.header.get("commit") if column.run else None,
                         "whole": bool(column.run and column.run.ran_all),
                         "counts": dict(sorted(found.counts(number).items()))} for number, column in enumerate(found.columns)],
            "tests": [{"test": line.test, "explained": line.explained,
                       "cells": [{"verdict": cell.word, "why": cell.why} for cell in line.cells]} for line in found.lines]}
