# SPDX-License-Identifier: Apache-2.0
"""Pictures of a comparison as inline SVG. Told apart by marker, dash and hatch; colour only helps."""
from __future__ import annotations

from typing import Any

from bench.breakeven import HOT, METHOD_1, METHOD_2, PART_REGIONS, carried_view
from bench.costmodel import Model
from bench.counts import CLASSES, Counts
from bench.crossover import tornado
from bench.figure import DASHES, HATCHES, MARKERS, figure
from bench.sweep import Comparison, Point


def _line(axes: Any, points: tuple[Point, ...], label: str, index: int) -> None:
    axes.plot([point.x for point in points], [point.instructions for point in points], label=label,
              marker=MARKERS[index % len(MARKERS)], linestyle=DASHES[index % len(DASHES)], markersize=5)


def cost_over_pages(data: Comparison) -> str:
    with figure("pages") as (_, axes, svg):
        for index, name in enumerate(name for name in data.strategies if name in data.touch):
            _line(axes, data.touch[name], name, index)
        axes.set_xlabel("k: pages of another domain touched in one call")
        axes.set_ylabel("instructions")
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=8, ncols=2)
        return svg()


def cost_beside(data: Comparison) -> str:
    """Run, not computed: the caller's own view grows, the page of the other domain stays one."""
    with figure("beside") as (_, axes, svg):
        for index, name in enumerate(name for name in data.strategies if name in data.beside):
            _line(axes, data.beside[name], name, index)
        axes.set_xlabel("N: regions of the caller's RAM in its view")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_ylabel("instructions for one page")
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=8, ncols=2)
        return svg()


def cost_over_slots(data: Comparison, fixed: int = 5) -> str:
    with figure("slots") as (_, axes, svg):
        _line(axes, data.view, "switch a view of N, one way", 0)
        more = carried_view(data.view, max(PART_REGIONS) - fixed)[len(data.view) - 1:]
        if len(more) > 1:
            axes.plot([point.x for point in more], [point.instructions for point in more], linestyle=":", color="grey",
                      label="the same on parts with 20 or 24 regions: computed, not run")
        for counts, label, dash in ((data.region, "add and remove one region", "--"),
                                    (data.mask, "mask switch, one way", "-.")):
            if counts is not None:
                axes.axhline(counts.total, linestyle=dash, color="black", linewidth=1.2, label=label)
        axes.set_xlabel("N: slots rewritten")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_ylabel("instructions")
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=8)
        return svg()


def tornado_of(first: Counts, second: Counts, model: Model, names: tuple[str, str], name: str = "tornado") -> str:
    """The difference of two ways in modelled cycles, as each price runs through its band with the others typical."""
    found = list(reversed(tornado(first, second, model)))
    with figure(name, 1.2 + 0.36 * max(1, len(found))) as (_, axes, svg):
        typical = model.cost(first, "typical") - model.cost(second, "typical")
        for row, one in enumerate(found):
            axes.barh(row, one.at_high - one.at_low, left=one.at_low, height=0.55, color="lightgrey", edgecolor="black")
            axes.plot(one.at_low, row, marker="<" if one.more > 0 else ">", color="black", markersize=5)
        axes.axvline(typical, color="black", linestyle=":", linewidth=1.2, label="typical prices")
        axes.axvline(0, color="black", linewidth=1.6, label="both cost the same")
        axes.set_yticks(range(len(found)), [f"{one.name} ({one.more:+d})" for one in found])
        axes.set_xlabel(f"{names[0]} less {names[1]}, modelled cycles ({model.name}); the mark is the price's low end")
        axes.legend(fontsize=8)
        return svg()


def bands(data: Comparison, model: Model) -> str:
    """Low to high as a bar, typical as a diamond, for the hot operation."""
    cells = [cell for name in data.strategies if (cell := data.cell(HOT, name)) and cell.counts]
    with figure("bands", 0.9 + 0.38 * max(1, len(cells))) as (_, axes, svg):
        for row, cell in enumerate(reversed(cells)):
            band = model.band(cell.counts)
            axes.barh(row, band.high - band.low, left=band.low, height=0.5, color="lightgrey", edgecolor="black")
            axes.plot(band.typical, row, marker="D", color="black")
            axes.annotate(f"{cell.instructions} instr.", (band.high, row), xytext=(4, 0), textcoords="offset points",
                          va="center", fontsize=8)
        axes.set_yticks(range(len(cells)), [cell.strategy for cell in reversed(cells)])
        axes.set_xlabel(f"modelled cycles ({model.name}): low to high, diamond typical; not measured")
        axes.set_xlim(left=0)
        axes.margins(x=0.12)
        return svg()


def class_mix(data: Comparison, operation: str = HOT) -> str:
    cells = [cell for name in data.strategies if (cell := data.cell(operation, name)) and cell.counts]
    with figure(f"mix-{operation}", 1.1 + 0.42 * max(1, len(cells))) as (_, axes, svg):
        left = [0] * len(cells)
        for index, name in enumerate(CLASSES):
            widths = [cell.counts.of(name) for cell in reversed(cells)]
            if any(widths):
                axes.barh(range(len(cells)), widths, left=left, height=0.6, label=name, edgecolor="black",
                          linewidth=0.6, hatch=HATCHES[index], alpha=0.75)
            left = [a + b for a, b in zip(left, widths)]
        axes.set_yticks(range(len(cells)), [cell.strategy for cell in reversed(cells)])
        axes.set_xlabel("instructions")
        axes.legend(fontsize=8, ncols=10, loc="lower center", bbox_to_anchor=(0.45, 1.0), handlelength=1.2,
                    columnspacing=0.8)
        return svg()


def all_plots(data: Comparison, model: Model) -> dict[str, str]:
    """Title -> SVG, in the order of the page; nothing is drawn from nothing."""
    found: dict[str, str] = {}
    if data.touch:
        found["Cost over the number of pages touched"] = cost_over_pages(data)
    if data.view:
        found["Cost over the number of slots rewritten"] = cost_over_slots(data)
    if data.beside:
        found["Cost of one page over the regions of the caller's view"] = cost_beside(data)
    if any(data.cell(HOT, name) for name in data.strategies):
        found["Modelled cycles of a send to another domain (one page), as a band"] = bands(data, model)
        found["Class mix of the same send"] = class_mix(data)
    first, second = data.cell(HOT, METHOD_1), data.cell(HOT, METHOD_2)
    if first and second and first.counts and second.counts and first.counts != second.counts:
        found[f"What decides between {METHOD_1} and {METHOD_2} for the same send"] = tornado_of(
            first.counts, second.counts, model, (METHOD_1, METHOD_2))
    return found
