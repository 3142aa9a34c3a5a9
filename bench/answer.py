# SPDX-License-Identifier: Apache-2.0
"""
The question of founding document 004, answered in one paragraph that can be quoted: what a view switch costs against
a region add and remove, how many regions that needs, and whether the first method is worth having. Pure.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bench.breakeven import EVERY_CORNER, HOT, INSTRUCTIONS, METHOD_1, METHOD_2, Turn, turn
from bench.costmodel import Model, dominates
from bench.counts import Counts
from bench.crossover import Order, over_band, ratio_over_band
from bench.sweep import Cell, Comparison, Point

BEGIN, END = "<!-- answer: written by ./fencepost compare -->", "<!-- end of the answer -->"
_UNANSWERED = "The question of document 004 is not answered: "


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _chosen(view: Sequence[Point]) -> list[Point]:
    return list({point.x: point for point in (view[0], view[len(view) // 2], view[-1])}.values())


def _primitives(data: Comparison, region: Counts, model: Model) -> str:
    points = _chosen(data.view)
    sizes = _and([f"{point.instructions} for {_counted(point.x, 'slot')}" for point in points])
    times = [point.instructions / region.total for point in points]
    least, typical, greatest = ratio_over_band(points[-1].counts, region, model)
    return (f"Adding and removing one EL2 MPU region takes {_counted(region.total, 'instruction')} "
            f"({_counted(region.of('mpu'), 'MPU register write')}, {_counted(region.barriers, 'barrier')}). Switching a whole view, "
            f"one way, takes {sizes}: {times[0]:.1f} to {times[-1]:.1f} times as many, and method 2 needs two switches for "
            f"each access. In modelled cycles (cost model {model.name}, not a measurement) the region takes "
            f"{model.band(region)}, low–typical–high; the switch of {_counted(points[-1].x, 'slot')} is {typical:.1f} times as "
            f"dear at typical prices, and {least:.1f} to {greatest:.1f} times over the whole band.")


def _opened(cell: Cell) -> str:
    amount, duration = cell.exposure.bytes, cell.exposure.instructions
    if amount is None or duration is None:
        return "no known part of other domains"
    size = f"{amount // 1024:,} KiB" if amount % 1024 == 0 else f"{amount:,} bytes"
    return f"{size} of other domains for {_counted(duration, 'instruction')}"


def _judgement(first: Counts, second: Counts, model: Model) -> str:
    if dominates(first, second):
        return "method 1 needs no more of any class of instruction, so no additive cost model makes it the dearer one"
    if dominates(second, first):
        return "method 2 needs no more of any class of instruction, so no additive cost model makes it the dearer one"
    found = over_band(first, second, model)
    if found.order is Order.DEPENDS:
        cheaper = "method 1" if found.typical < 0 else "method 2"
        return f"neither needs less of every class; {cheaper} is cheaper at typical prices, and within the band it can turn"
    cheaper = "method 1" if found.order is Order.FIRST else "method 2"
    return f"neither needs less of every class, but {cheaper} is cheaper in every corner of the band"


def _regions(data: Comparison) -> str:
    """How many regions method 1 needs, and whether the view beside them matters."""
    slots = data.slots.get(METHOD_1)
    if not slots:
        return ""
    said = "One region serves all domains" if slots == 1 else f"{_counted(slots, 'region')} serve all domains"
    points = data.beside.get(METHOD_1, ())
    if len(points) > 1 and all(point.counts == points[0].counts for point in points):
        said += (f", and the cost of an access was the same with {points[0].x} to {points[-1].x} regions of the caller's own "
                 "beside it")
    return f" {said}."


def _hot(first: Cell, second: Cell, data: Comparison, model: Model) -> str:
    assert first.counts is not None and second.counts is not None
    judged = _judgement(first.counts, second.counts, model)
    return (f"Sending an event to another domain, one page, takes {_counted(first.instructions, 'instruction')} with "
            f"method 1 and {second.instructions:,} with method 2; {judged}. Method 1 opens to EL2 {_opened(first)}, method 2 "
            f"{_opened(second)}.{_regions(data)}")


def _from(found: Turn, measure: str) -> str:
    x = found.at[measure]
    if x is None:
        return "for no number of pages"
    return f"from {_counted(x, 'page')} on" + (" (computed, not run)" if found.computed(measure) else "")


def _conclusion(data: Comparison, first: Counts, second: Counts, model: Model) -> str:
    found = turn((METHOD_1, METHOD_2), data.touch.get(METHOD_1, ()), data.touch.get(METHOD_2, ()), model)
    order = over_band(first, second, model).order
    if dominates(first, second) or order is Order.FIRST:
        said = "So method 1 is worth having for the event channel calls"
    elif dominates(second, first) or order is Order.SECOND:
        said = "So method 1 is not needed for the event channel calls"
    else:
        said = "So whether method 1 is worth having depends on the prices of the part"
    if found is None:
        return said + "."
    return (f"{said}; for calls that touch several pages, method 2 needs fewer instructions {_from(found, INSTRUCTIONS)}, is cheaper "
            f"at typical prices {_from(found, 'typical')}, and in every corner of the band {_from(found, EVERY_CORNER)}.")


def _limits(data: Comparison, identity: Mapping[str, str]) -> str:
    views = f", method 2 with a guest's view of {_counted(data.layout.way_out, 'slot')} and a hypervisor's of " \
            f"{data.layout.way_in}" if data.layout else ""
    return (f"Counted on QEMU's {identity['board']} ({identity['cpu']}, release image, {identity['toolchain']}), exact to the "
            f"instruction{views}. Instructions are not cycles: caches, TCM placement, dual issue and stalls are not modelled, "
            "and no board has confirmed this.")


def answer(data: Comparison, model: Model, identity: Mapping[str, str]) -> str:
    """One paragraph. What it says is measured, modelled or computed, and it says which."""
    if data.region is None or not data.view:
        return _UNANSWERED + "the primitives were not measured."
    first, second = data.cell(HOT, METHOD_1), data.cell(HOT, METHOD_2)
    if not (first and second and first.counts and second.counts):
        return _UNANSWERED + "a send was not measured under both methods."
    return " ".join([_primitives(data, data.region, model), _hot(first, second, data, model),
                     _conclusion(data, first.counts, second.counts, model), _limits(data, identity)])


def verdict(data: Comparison, model: Model) -> str:
    """One sentence on whether method 1 is needed, from the hot operation."""
    first, second = data.cell(HOT, METHOD_1), data.cell(HOT, METHOD_2)
    if not (first and second and first.counts and second.counts):
        return "No verdict: the hot operation was not measured under both methods."
    mine, theirs = model.band(first.counts), model.band(second.counts)
    facts = (f"a send to another domain takes {first.instructions} instructions with `{METHOD_1}` and "
             f"{second.instructions} with `{METHOD_2}` ({model.name}: modelled cycles {mine} and {theirs})")
    order = over_band(first.counts, second.counts, model).order
    if dominates(first.counts, second.counts) or order is Order.FIRST:
        return f"Method 1 is worth having: {facts}; {_judgement(first.counts, second.counts, model)}."
    if dominates(second.counts, first.counts) or order is Order.SECOND:
        return f"Method 1 is not needed for speed: {facts}; {_judgement(first.counts, second.counts, model)}."
    return f"It depends on prices: {facts}; {_judgement(first.counts, second.counts, model)}."


def shown_in(page: str) -> str | None:
    """The answer that a page quotes between its two marks, as one line."""
    found = re.search(re.escape(BEGIN) + r"(.*?)" + re.escape(END), page, re.S)
    return " ".join(line.removeprefix(">").strip() for line in found[1].strip().splitlines()) if found else None
