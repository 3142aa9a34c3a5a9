# SPDX-License-Identifier: Apache-2.0
"""report/compare.json read back: the comparison, its cost model and its sentences, without a boot. Pure but for load."""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import output, stored_bench
from bench.costmodel import Model, Price
from bench.counts import Counts
from bench.measure import NotMeasured
from bench.sweep import ALWAYS, Cell, Comparison, Exposure, Layout, Point
from tool.exitcodes import UsageError

_TOUCH, _BESIDE = "access.touch", "access.beside"
_VIEW, _REGION, _MASK = "view.switch.", "region.add_remove", "view.mask"
_NO_FACT = ("verdict", "answer", "unit", "not_modelled")
_REMEDY = "./fencepost compare writes it"


@dataclass(frozen=True)
class Stored:
    data: Comparison
    model: Model
    identity: Mapping[str, str]      # what was measured, with which tools
    verdict: str
    answer: str
    break_even: tuple[str, ...]
    dominance: tuple[str, ...]
    orders: tuple[str, ...]
    not_modelled: str


def _counts(row: Mapping[str, Any]) -> Counts | None:
    return None if row["load_words"] is None else stored_bench.counts_of(row)


def _cell(row: Mapping[str, Any]) -> Cell:
    duration = row["exposed_instructions"]
    exposure = Exposure(row["exposed_bytes"], ALWAYS if duration == "always" else duration)
    return Cell(row["operation"], row["strategy"], int(row["instructions"]), _counts(row), exposure, row["target"])


def _points(rows: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    return tuple(sorted((Point(int(row["x"]), stored_bench.counts_of(row)) for row in rows), key=lambda point: point.x))


def _view(rows: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    return _points({**row, "x": row["operation"].removeprefix(_VIEW)} for row in rows if row["operation"].startswith(_VIEW))


def _lines(under: Iterable[Mapping[str, Any]], operation: str) -> dict[str, tuple[Point, ...]]:
    """By strategy, those that have any."""
    rows = [row for row in under if row["operation"] == operation]
    return {name: _points(row for row in rows if row["strategy"] == name) for name in dict.fromkeys(row["strategy"] for row in rows)}


def _comparison(table: Mapping[str, Any]) -> Comparison:
    rows = table["rows"]
    under = [row for row in rows if row["strategy"]]
    cells = [_cell(row) for row in under if row["operation"] not in (_TOUCH, _BESIDE)]
    single = {row["operation"]: stored_bench.counts_of(row) for row in rows if not row["strategy"]}
    slots = {row["strategy"]: row["slots"] for row in under if row["slots"] is not None}
    return Comparison(tuple(dict.fromkeys(row["strategy"] for row in under)), tuple(dict.fromkeys(cell.operation for cell in cells)),
                      {(cell.operation, cell.strategy): cell for cell in cells}, _lines(under, _TOUCH), _lines(under, _BESIDE),
                      _view(row for row in rows if not row["strategy"]), single.get(_REGION), single.get(_MASK), slots,
                      Layout(**table["layout"]) if table["layout"] else None,
                      tuple(NotMeasured(**one) for one in table["not_measured"]))


def _model(table: Mapping[str, Any]) -> Model:
    return Model(table["name"], {name: Price(**price) for name, price in table["prices"].items()})


def parse(text: str, name: str) -> Stored:
    """Raises UsageError that names the file and says how to make a good one."""
    try:
        table = json.loads(text)
        if table["schema"] != output.SCHEMA:
            raise ValueError(f"schema {table['schema']!r} is not {output.SCHEMA}")
        identity = {key: value for key, value in table.items() if isinstance(value, str) and key not in _NO_FACT}
        return Stored(_comparison(table), _model(table["cost_model"]), identity, table["verdict"], table["answer"],
                      tuple(table["break_even"]), tuple(table["dominance"]), tuple(table["orders"]), str(table["not_modelled"]))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise UsageError(f"{name}: {type(error).__name__}: {error}; {_REMEDY}") from error


def load(file: Path, name: str) -> Stored | None:
    """None: there is none yet."""
    return parse(file.read_text(encoding="utf-8"), name) if file.is_file() else None
