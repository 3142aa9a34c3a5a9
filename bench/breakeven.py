# SPDX-License-Identifier: Apache-2.0
"""
What follows from the numbers: where one way becomes cheaper than another, what holds under every additive cost
model, and the answer to founding document 004. Every sentence is made from the data given. Pure.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.costmodel import ENDS, Model, dominates, equal_price
from bench.counts import Counts
from bench.sweep import ALWAYS, Comparison, Point

METHOD_1, METHOD_2 = "window", "switch"
HOT = "evtchn.send.peer.one_page"


@dataclass(frozen=True)
class Crossing:
    """From `x` on the second is cheaper; None: nowhere in the sweep."""
    measure: str          # "instructions", or an end of the model's band
    x: int | None


def crossings(first: Sequence[Point], second: Sequence[Point], model: Model) -> list[Crossing]:
    """The smallest x from which on the second needs less, in instructions and at each end of the band."""
    measures = [("instructions", lambda counts: float(counts.total))]
    measures += [(f"{end} cycles", lambda counts, end=end: model.cost(counts, end)) for end in ENDS]
    return [Crossing(name, _crossing(first, second, cost)) for name, cost in measures]


def _crossing(first: Sequence[Point], second: Sequence[Point], cost: object) -> int | None:
    theirs = {point.x: point.counts for point in second}
    last = None
    for point in reversed(first):
        if point.x not in theirs:
            continue
        if not cost(theirs[point.x]) < cost(point.counts):  # type: ignore[operator]
            break
        last = point.x
    return last


def with_view_of(points: Sequence[Point], view: Sequence[Point], switched: tuple[int, int],
                 slots: int) -> tuple[Point, ...]:
    """`switch` over pages, as if both views had `slots` slots: measured parts put together, not run."""
    loads = {point.x: point.counts for point in view}
    if any(n not in loads for n in (*switched, slots)):
        return ()
    change = loads[slots] + loads[slots] - loads[switched[0]] - loads[switched[1]]
    return tuple(Point(point.x, point.counts + change) for point in points)


def break_even_lines(data: Comparison, model: Model) -> list[str]:
    """One line for each pair that a reader asks about."""
    lines = []
    base = data.touch.get(METHOD_1, ())
    for other in data.strategies:
        points = data.touch.get(other, ())
        if other != METHOD_1 and base and points:
            lines.append(f"pages touched, `{METHOD_1}` against `{other}`: " +
                         "; ".join(_words(crossing, other, base[-1].x) for crossing in crossings(base, points, model)))
    return lines + _over_slots(data, model) + _sensitivity(data, model)


def _words(crossing: Crossing, name: str, last: int) -> str:
    if crossing.x is None:
        return f"{crossing.measure}: not up to k = {last}"
    if crossing.x == 1:
        return f"{crossing.measure}: `{name}` always"
    return f"{crossing.measure}: `{name}` from k = {crossing.x}"


def _over_slots(data: Comparison, model: Model) -> list[str]:
    base, points = data.touch.get(METHOD_1, ()), data.touch.get(METHOD_2, ())
    if not (base and points and data.view and data.switched):
        return []
    found = []
    for load in data.view:
        larger = with_view_of(points, data.view, data.switched, load.x)
        if larger:
            instructions, _, typical, _ = crossings(base, larger, model)
            found.append(f"N = {load.x}: {instructions.x or '–'} / {typical.x or '–'}")
    return [f"smallest k at which `{METHOD_2}` beats `{METHOD_1}` when both views have N slots (instructions / "
            "typical cycles; measured parts put together): " + ", ".join(found)]


def _sensitivity(data: Comparison, model: Model) -> list[str]:
    """The ISB price that decides, for the pages where it does."""
    theirs = {point.x: point.counts for point in data.touch.get(METHOD_2, ())}
    found = []
    for point in data.touch.get(METHOD_1, ()):
        other = theirs.get(point.x)
        if other is None or dominates(point.counts, other) or dominates(other, point.counts):
            continue
        price = equal_price(point.counts, other, model, "isb")
        if price is not None and price > 0:
            dearer = METHOD_1 if point.counts.of("isb") > other.of("isb") else METHOD_2
            cheaper = METHOD_2 if dearer == METHOD_1 else METHOD_1
            found.append(f"k = {point.x}: `{cheaper}` if an ISB costs more than {price:.0f}")
    return [f"sensitivity, all other classes typical: {'; '.join(found)}"] if found else []


def dominance_lines(data: Comparison) -> list[str]:
    """Which strategy is not dearer than which under every additive model, for every operation measured on both."""
    lines = []
    for a in data.strategies:
        beaten = [b for b in data.strategies if a != b and _dominates_everywhere(data, a, b)]
        if beaten:
            lines.append(f"`{a}` is not dearer than {_list(beaten)} for any operation, under every additive cost model "
                         f"with non-negative prices{_at_a_price(data, a)}")
    return lines


def _at_a_price(data: Comparison, strategy: str) -> str:
    cell = data.cell(HOT, strategy)
    if cell is None or cell.exposure.instructions != ALWAYS:
        return ""
    what = "every guest's event pages to EL1 of every guest" if cell.exposure.bytes is None else "everything to EL2"
    return f"; it exposes {what}, for ever"


def _pairs(data: Comparison, a: str, b: str) -> Iterable[tuple[Counts, Counts]]:
    for operation in data.operations:
        first, second = data.cell(operation, a), data.cell(operation, b)
        if first and second and first.counts and second.counts:
            yield first.counts, second.counts


def _dominates_everywhere(data: Comparison, a: str, b: str) -> bool:
    pairs = list(_pairs(data, a, b))
    return bool(pairs) and all(dominates(x, y) for x, y in pairs) and any(x != y for x, y in pairs)


def _list(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]


def answer(data: Comparison, model: Model) -> str:
    """The question of founding document 004: a view switch against adding and removing a region."""
    if data.region is None or not data.view:
        return "The question of document 004 is not answered: the primitives were not measured."
    region = model.band(data.region)
    chosen = {points.x: points for points in (data.view[0], data.view[len(data.view) // 2], data.view[-1])}.values()
    parts = []
    for point in chosen:
        ratio = model.band(point.counts).ratio(region)
        parts.append(f"{point.x} slot{'s' if point.x > 1 else ''} {point.instructions} "
                     f"({point.instructions / data.region.total:.1f}×; modelled cycles {ratio.low:.1f}–"
                     f"{ratio.typical:.1f}–{ratio.high:.1f}×)")
    return (f"Adding and removing one region takes {data.region.total} instructions ({data.region.of('mpu')} MPU "
            f"writes, {data.region.barriers} barriers; modelled {region} cycles). Switching a view, one way, takes for "
            f"{', '.join(parts)}; a use of method 2 needs two ways.")


def _combination(data: Comparison, model: Model) -> str:
    """Whether method 2 has its place beside method 1."""
    found = crossings(data.touch.get(METHOD_1, ()), data.touch.get(METHOD_2, ()), model)
    if found[0].x is None:
        return ""
    ends = [crossing.x for crossing in found[1:] if crossing.x]
    cycles = f", in modelled cycles from {min(ends)} to {max(ends)}" if len(ends) == len(ENDS) else ""
    return (f" For a call that touches more pages the combination pays: `{METHOD_2}` needs fewer instructions from "
            f"k = {found[0].x} pages on{cycles}, with the views of this system.")


def verdict(data: Comparison, model: Model) -> str:
    """One sentence on whether method 1 is needed, from the hot operation."""
    first, second = data.cell(HOT, METHOD_1), data.cell(HOT, METHOD_2)
    if not (first and second and first.counts and second.counts):
        return "No verdict: the hot operation was not measured under both methods."
    mine, theirs = model.band(first.counts), model.band(second.counts)
    facts = (f"a send to another domain takes {first.instructions} instructions with `{METHOD_1}` and "
             f"{second.instructions} with `{METHOD_2}` (modelled cycles {mine} and {theirs})")
    if dominates(first.counts, second.counts):
        return (f"Method 1 is worth having: {facts}; `{METHOD_1}` needs no more of any class, so no additive cost "
                f"model makes it the dearer one.{_combination(data, model)}")
    if dominates(second.counts, first.counts):
        return (f"Method 1 is not needed for speed: {facts}; `{METHOD_2}` needs no more of any class, so no "
                "additive cost model makes it the dearer one.")
    price = equal_price(first.counts, second.counts, model, "isb")
    depends = "neither dominates" + (f", they meet at {price:.0f} cycles for an ISB" if price and price > 0 else "")
    return f"It depends on prices: {facts}; {depends}."
