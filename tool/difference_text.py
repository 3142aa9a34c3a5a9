# SPDX-License-Identifier: Apache-2.0
"""Runs beside one another, for a reader and for a program. Pure."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench import table
from tool.difference import Beside, Line

SCHEMA, VERSION = "fencepost-diff", 1
_NOTE = 70


def _short(text: str) -> str:
    line = (text.splitlines() or [""])[0]
    return line if len(line) <= _NOTE else line[:_NOTE - 1] + "…"


def _delta(line: Line) -> str:
    return "" if line.delta is None else f"{line.delta:+,}"


def _part(title: str, found: Beside, lines: Sequence[Line], with_delta: bool) -> str:
    different = [line for line in lines if not line.same]
    if not different:
        return f"{title}: {len(lines)} alike, none differs" if lines else f"{title}: none on either side"
    header = [title, *(side.name for side in found.sides), *(["delta"] if with_delta else []), "why" if title == "test" else ""]
    rows = [[line.name, *line.cells, *([_delta(line)] if with_delta else []), _short(line.note)] for line in different]
    return table.layout(header, rows) + f"\n{len(different)} of {len(lines)} differ"


def text(found: Beside) -> str:
    facts = [line for line in found.facts if not line.same]
    parts = [table.layout(["fact", *(side.name for side in found.sides)], [[line.name, *line.cells] for line in facts])
             ] if facts else []
    parts += [_part("test", found, found.tests, False)]
    parts += [_part("metric", found, found.metrics, len(found.sides) == 2)]
    parts += [f"values are not comparable: {why}" for why in found.incomparable]
    return "\n\n".join(parts)


def as_json(found: Beside, everything: bool = False) -> dict[str, Any]:
    """`everything`: also the rows that are alike, as a table of boards and hypervisors wants them."""
    def rows(lines: Sequence[Line]) -> list[dict[str, Any]]:
        return [{"name": line.name, "cells": list(line.cells), "same": line.same, "delta": line.delta, "note": line.note}
                for line in lines if everything or not line.same]
    return {"schema": SCHEMA, "version": VERSION, "differs": found.differs, "incomparable": list(found.incomparable),
            "columns": [{"name": side.name, **side.facts} for side in found.sides],
            "tests": rows(found.tests), "metrics": rows(found.metrics),
            "counts": {"tests": len(found.tests), "metrics": len(found.metrics)}}
