# SPDX-License-Identifier: Apache-2.0
"""Pictures of a comparison as inline SVG. Told apart by marker, dash and hatch; colour only helps."""
from __future__ import annotations

from typing import Any

from bench.breakeven import HOT
from bench.costmodel import Model
from bench.counts import CLASSES
from bench.figure import DASHES, HATCHES, MARKERS, figure
from bench.sweep import Comparison, Point

_PART_SLOTS = (20, 24)          # of real parts; QEMU has 16


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


def computed_points(view: tuple[Point, ...], last: int) -> list[tuple[int, int]]:
    """The last step of the measured line, carried on to parts with more slots: computed, not run."""
    if len(view) < 2:
        return []
    step = view[-1].instructions - view[-2].instructions
    return [(n, view[-1].instructions + step * (n - view[-1].x)) for n in range(view[-1].x + 1, last + 1)]


def cost_over_slots(data: Comparison, fixed: int = 5) -> str:
    with figure("slots") as (_, axes, svg):
        _line(axes, data.view, "switch a view of N, one way", 0)
        more = computed_points(data.view, max(_PART_SLOTS) - fixed)
        if more:
            axes.plot(*zip(*more), linestyle=":", color="grey",
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
    if any(data.cell(HOT, name) for name in data.strategies):
        found["Modelled cycles of a send to another domain (one page), as a band"] = bands(data, model)
        found["Class mix of the same send"] = class_mix(data)
    return found
