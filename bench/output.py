# SPDX-License-Identifier: Apache-2.0
"""report/compare.json, .csv and .html: one set of data, three forms. The HTML file needs nothing beside it."""
from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import answer, breakeven, plots, sentences, sweep
from bench.costmodel import ENDS, Model, dominates
from bench.counts import CLASSES, Counts
from bench.crossover import over_band, tornado
from bench.sweep import ALWAYS, Cell, Comparison
from tool import template

SCHEMA = 2
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
            "cost_model": model.name,
            **({f"modelled_cycles_{end}": round(getattr(band, end), 1) if band else None for end in ENDS})}


def rows(data: Comparison, model: Model) -> list[dict[str, Any]]:
    """Every number, one row each: operations, pages, primitives."""
    found = [_row(cell.operation, cell.strategy, None, cell.counts, cell.instructions, model, cell,
                  data.slots.get(cell.strategy))
             for operation in data.operations for name in data.strategies if (cell := data.cell(operation, name))]
    found += [_row("access.touch", name, point.x, point.counts, point.instructions, model, None, data.slots.get(name))
              for name in data.strategies for point in data.touch.get(name, ())]
    found += [_row("access.beside", name, point.x, point.counts, point.instructions, model, None, data.slots.get(name))
              for name in data.strategies for point in data.beside.get(name, ())]
    found += [_row(metric, "", None, counts, counts.total, model, None, None)
              for metric, _, counts in sweep.primitives(data)]
    return found


def lines(data: Comparison, model: Model, identity: dict[str, str]) -> dict[str, Any]:
    return {"answer": answer.answer(data, model, identity), "verdict": answer.verdict(data, model),
            "break_even": sentences.break_even_lines(data, model), "dominance": sentences.dominance_lines(data),
            "orders": sentences.order_lines(data, model), "not_modelled": sentences.NOT_MODELLED}


def sensitivity(names: tuple[str, str], first: Counts, second: Counts, model: Model) -> dict[str, Any]:
    """Data of a tornado: the difference of two ways, and what each price does to it."""
    found = over_band(first, second, model)
    dominant = names[0] if dominates(first, second) else names[1] if dominates(second, first) else None
    return {"first": names[0], "second": names[1], "cost_model": model.name, "order_in_band": found.order.value,
            "dominates": dominant, "difference": {"least": float(found.least), "typical": float(found.typical),
                                                  "greatest": float(found.greatest)},
            "classes": [asdict(one) for one in tornado(first, second, model)]}


def sensitivities(data: Comparison, model: Model) -> list[dict[str, Any]]:
    """The hot operation against every strategy, then page by page the two methods."""
    base, other = breakeven.METHOD_1, breakeven.METHOD_2
    cells = {name: cell.counts for name in data.strategies if (cell := data.cell(breakeven.HOT, name)) and cell.counts}
    found = [{"operation": breakeven.HOT, "x": None} | sensitivity((base, name), cells[base], counts, model)
             for name, counts in cells.items() if name != base and base in cells]
    theirs = {point.x: point.counts for point in data.touch.get(other, ())}
    found += [{"operation": "access.touch", "x": point.x} | sensitivity((base, other), point.counts, theirs[point.x], model)
              for point in data.touch.get(base, ()) if point.x in theirs]
    return found


def _turn(found: breakeven.Turn) -> dict[str, Any]:
    return {"first": found.first, "second": found.second, "run_up_to": found.last,
            "from": {measure.replace(" ", "_"): x for measure, x in found.at.items()},
            "computed_not_run": [measure.replace(" ", "_") for measure in found.at if found.computed(measure)]}


def _sized(found: list[breakeven.Sized], data: Comparison) -> list[dict[str, Any]]:
    run = data.layout.slots if data.layout else 0
    return [{"size": one.size, "regions": one.regions, "regions_not_run": one.regions != run, **_turn(one.turn)} for one in found]


def turns(data: Comparison, model: Model) -> dict[str, Any]:
    return {"pages": [_turn(one) for one in breakeven.over_pages(data, model)],
            "slots": _sized(breakeven.over_slots(data, model), data),
            "domains": _sized(breakeven.over_domains(data, model), data)}


def _anchors(model: Model) -> list[dict[str, Any]]:
    return [{"name": fit.anchor.name, "use": fit.anchor.use.value, "published_cycles": [fit.anchor.low, fit.anchor.high],
             "modelled_cycles": asdict(fit.band), "error_percent": round(fit.error_percent, 2),
             "source": fit.anchor.source} for fit in model.fits()]


def as_json(data: Comparison, model: Model, identity: dict[str, str]) -> dict[str, Any]:
    return {"schema": SCHEMA, **identity, "unit": "instructions",
            "cost_model": {"name": model.name, "prices": {name: asdict(price) for name, price in model.prices.items()},
                           "anchors": _anchors(model)},
            **lines(data, model, identity), "turns": turns(data, model), "sensitivity": sensitivities(data, model),
            "layout": asdict(data.layout) if data.layout else None, "rows": rows(data, model),
            "not_measured": [asdict(result) for result in data.missing]}


def as_csv(data: Comparison, model: Model) -> str:
    table = rows(data, model)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(table[0]) if table else ["operation"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def as_html(data: Comparison, model: Model, identity: dict[str, str]) -> str:
    environment = template.environment(Path(__file__).resolve().parent)
    cells = {operation: [cell for name in data.strategies if (cell := data.cell(operation, name))]
             for operation in data.operations}
    return environment.get_template(TEMPLATE).render(
        identity=identity, model=model, data=data, cells=cells, primitives=sweep.primitives(data), ALWAYS=ALWAYS,
        plots=plots.all_plots(data, model), **lines(data, model, identity))


def write(data: Comparison, model: Model, identity: dict[str, str], folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    texts = {"compare.html": as_html(data, model, identity),
             "compare.json": json.dumps(as_json(data, model, identity), indent=1, ensure_ascii=False) + "\n",
             "compare.csv": as_csv(data, model)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
