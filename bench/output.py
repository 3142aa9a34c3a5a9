# SPDX-License-Identifier: Apache-2.0
"""report/compare.json, .csv and .html: one set of data, three forms. The HTML file needs nothing beside it."""
from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import breakeven, plots, sweep
from bench.costmodel import Model
from bench.counts import CLASSES, Counts
from bench.sweep import ALWAYS, Cell, Comparison

SCHEMA = 1
TEMPLATE = "compare.html.j2"


def _duration(cell: Cell) -> int | str | None:
    return "always" if cell.exposure.instructions == ALWAYS else cell.exposure.instructions


def _row(operation: str, strategy: str, x: int | None, counts: Counts | None, instructions: int, model: Model,
         cell: Cell | None, slots: int | None) -> dict[str, Any]:
    band = model.band(counts) if counts else None
    return {"operation": operation, "strategy": strategy, "x": x, "instructions": instructions,
            **({name: counts.of(name) if counts else None for name in CLASSES}),
            "load_words": counts.load_words if counts else None, "store_words": counts.store_words if counts else None,
            "barriers": counts.barriers if counts else None, "slots": slots,
            "exposed_bytes": cell.exposure.bytes if cell else None,
            "exposed_instructions": _duration(cell) if cell else None, "target": cell.target if cell else None,
            **({f"cycles_{end}": round(getattr(band, end), 1) if band else None for end in ("low", "typical", "high")})}


def rows(data: Comparison, model: Model) -> list[dict[str, Any]]:
    """Every number, one row each: operations, pages, primitives."""
    found = [_row(cell.operation, cell.strategy, None, cell.counts, cell.instructions, model, cell,
                  data.slots.get(cell.strategy))
             for operation in data.operations for name in data.strategies if (cell := data.cell(operation, name))]
    found += [_row("access.touch", name, point.x, point.counts, point.instructions, model, None, data.slots.get(name))
              for name in data.strategies for point in data.touch.get(name, ())]
    found += [_row(metric, "", None, counts, counts.total, model, None, None)
              for metric, _, counts in sweep.primitives(data)]
    return found


def sentences(data: Comparison, model: Model) -> dict[str, Any]:
    return {"verdict": breakeven.verdict(data, model), "answer": breakeven.answer(data, model),
            "break_even": breakeven.break_even_lines(data, model), "dominance": breakeven.dominance_lines(data)}


def as_json(data: Comparison, model: Model, identity: dict[str, str]) -> dict[str, Any]:
    return {"schema": SCHEMA, **identity, "unit": "instructions",
            "cost_model": {"name": model.name, "prices": {name: asdict(price) for name, price in model.prices.items()}},
            **sentences(data, model), "rows": rows(data, model),
            "not_measured": [asdict(result) for result in data.missing]}


def as_csv(data: Comparison, model: Model) -> str:
    table = rows(data, model)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(table[0]) if table else ["operation"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def as_html(data: Comparison, model: Model, identity: dict[str, str]) -> str:
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).resolve().parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined,
                                     trim_blocks=True, lstrip_blocks=True)
    cells = {operation: [cell for name in data.strategies if (cell := data.cell(operation, name))]
             for operation in data.operations}
    return environment.get_template(TEMPLATE).render(
        identity=identity, model=model, data=data, cells=cells, primitives=sweep.primitives(data), ALWAYS=ALWAYS,
        plots=plots.all_plots(data, model), **sentences(data, model))


def write(data: Comparison, model: Model, identity: dict[str, str], folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    texts = {"compare.html": as_html(data, model, identity),
             "compare.json": json.dumps(as_json(data, model, identity), indent=1, ensure_ascii=False) + "\n",
             "compare.csv": as_csv(data, model)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
