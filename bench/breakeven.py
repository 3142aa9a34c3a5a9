# SPDX-License-Identifier: Apache-2.0
"""
From which size on one way becomes cheaper than another: over the pages touched, the slots of a view, the domains of
a system. Measured as far as the sweep goes, beyond it put together from measured parts and marked so. Pure.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bench.costmodel import ENDS, Model
from bench.counts import Counts
from bench.crossover import Line, exact_cost, first_for_good, over_band, turns_at
from bench.sweep import Comparison, Layout, Point

METHOD_1, METHOD_2 = "window", "switch"
HOT = "evtchn.send.peer.one_page"
GROUP = 6                       # slots that view_load moves with one load (VIEW_GROUP_SLOTS)
PART_REGIONS = (20, 24)         # EL2 regions of real parts; QEMU has 16
_FAR = 64                       # pages up to which a turn over the whole band is looked for
INSTRUCTIONS = "instructions"
EVERY_CORNER, SOME_CORNER = "every corner", "some corner"
MEASURES = (INSTRUCTIONS, *ENDS, EVERY_CORNER, SOME_CORNER)


@dataclass(frozen=True)
class Turn:
    """From which x on `second` is cheaper than `first`, by measure; None: at no x."""
    first: str
    second: str
    last: int                    # greatest x that was run; what lies beyond is computed
    at: dict[str, int | None]

    def computed(self, measure: str) -> bool:
        found = self.at[measure]
        return found is not None and found > self.last


def step_of(points: Sequence[Point]) -> Counts | None:
    """What one page more costs, from the last two."""
    if len(points) < 2 or points[-1].x != points[-2].x + 1:
        return None
    return points[-1].counts - points[-2].counts


def carried(points: Sequence[Point], last: int) -> tuple[Point, ...]:
    """The line carried on with its last step: computed, not run."""
    step, found = step_of(points), list(points)
    while step is not None and found[-1].x < last:
        found.append(Point(found[-1].x + 1, found[-1].counts + step))
    return tuple(found)


def carried_view(view: Sequence[Point], last: int) -> tuple[Point, ...]:
    """A view of more slots than the emulator has: every group of slots costs what the one before did."""
    found = {point.x: point.counts for point in view}
    top = max(found, default=0)
    for slots in range(top + 1, last + 1):
        before, after = slots - GROUP - 1, slots - GROUP
        if before not in found or after not in found:
            return tuple(view)
        found[slots] = found[slots - 1] + found[after] - found[before]
    return tuple(Point(x, found[x]) for x in sorted(found))


def _cost(measure: str, model: Model) -> Callable[[Counts], Fraction]:
    if measure == INSTRUCTIONS:
        return lambda counts: Fraction(counts.total)
    return lambda counts: exact_cost(counts, model, measure)


def _line(points: Sequence[Point], cost: Callable[[Counts], Fraction]) -> Line | None:
    step = step_of(points)
    if step is None:
        return None
    return Line(cost(points[-1].counts) - points[-1].x * cost(step), cost(step))


def _by_cost(first: Sequence[Point], second: Sequence[Point], cost: Callable[[Counts], Fraction]) -> int | None:
    mine = {point.x: cost(point.counts) for point in first}
    theirs = {point.x: cost(point.counts) for point in second}
    common = sorted(set(mine) & set(theirs))
    found = first_for_good(common, lambda x: theirs[x] < mine[x])
    lines = _line(first, cost), _line(second, cost)
    if not common or lines[0] is None or lines[1] is None:
        return found
    beyond = turns_at(lines[0], lines[1], common[-1] + 1)
    if found is None:
        return beyond
    return found if beyond == common[-1] + 1 else beyond     # cheaper at the end, and for good?


def _over_band(first: Sequence[Point], second: Sequence[Point], model: Model) -> tuple[int | None, int | None]:
    """(in every corner, in some corner) of the band."""
    mine = {point.x: point.counts for point in carried(first, _FAR)}
    theirs = {point.x: point.counts for point in carried(second, _FAR)}
    ranges = {x: over_band(mine[x], theirs[x], model) for x in sorted(set(mine) & set(theirs))}
    every = first_for_good(list(ranges), lambda x: ranges[x].least >= 0 and ranges[x].greatest > 0)
    return every, first_for_good(list(ranges), lambda x: ranges[x].greatest > 0)


def turn(names: tuple[str, str], first: Sequence[Point], second: Sequence[Point], model: Model) -> Turn | None:
    common = {point.x for point in first} & {point.x for point in second}
    if not common:
        return None
    at = {measure: _by_cost(first, second, _cost(measure, model)) for measure in (INSTRUCTIONS, *ENDS)}
    at[EVERY_CORNER], at[SOME_CORNER] = _over_band(first, second, model)
    return Turn(*names, max(common), at)


def over_pages(data: Comparison, model: Model) -> list[Turn]:
    """Method 1 against every other strategy."""
    base = data.touch.get(METHOD_1, ())
    found = [turn((METHOD_1, name), base, data.touch.get(name, ()), model) for name in data.strategies if name != METHOD_1]
    return [one for one in found if one is not None]


def with_views(points: Sequence[Point], view: Sequence[Point], layout: Layout, way_in: int,
               way_out: int) -> tuple[Point, ...]:
    """`switch` over pages, as if it loaded views of these sizes: measured parts put together."""
    loads = {point.x: point.counts for point in view}
    if any(slots not in loads for slots in (layout.way_in, layout.way_out, way_in, way_out)):
        return ()
    change = loads[way_in] + loads[way_out] - loads[layout.way_in] - loads[layout.way_out]
    return tuple(Point(point.x, point.counts + change) for point in points)


@dataclass(frozen=True)
class Sized:
    """The turn from method 1 to method 2 in a system of another size."""
    size: int                    # slots of both views, or domains
    regions: int                 # of the smallest part it fits: 16, 20 or 24
    turn: Turn


def _regions_for(slots: int, layout: Layout) -> int | None:
    return next((regions for regions in (layout.slots, *PART_REGIONS) if slots <= regions - layout.fixed), None)


def _sized(data: Comparison, model: Model, sizes: Sequence[tuple[int, int, int]]) -> list[Sized]:
    """(size, slots in, slots out) of systems that are not the measured one."""
    base, points = data.touch.get(METHOD_1, ()), data.touch.get(METHOD_2, ())
    layout, found = data.layout, []
    if layout is None or not data.view:
        return []
    view = carried_view(data.view, max(PART_REGIONS) - layout.fixed)
    for size, way_in, way_out in sizes:
        regions = _regions_for(max(way_in, way_out), layout)
        other = turn((METHOD_1, METHOD_2), base, with_views(points, view, layout, way_in, way_out), model)
        if other is not None and regions is not None:
            found.append(Sized(size, regions, other))
    return found


def over_slots(data: Comparison, model: Model) -> list[Sized]:
    """Both views with N slots, from 1 to what the largest part has."""
    if data.layout is None:
        return []
    return _sized(data, model, [(n, n, n) for n in range(1, max(PART_REGIONS) - data.layout.fixed + 1)])


def over_domains(data: Comparison, model: Model) -> list[Sized]:
    """Every bank of every domain a range of its own in the hypervisor's view: the dearest layout there is."""
    if data.layout is None:
        return []
    banks, most = data.layout.banks, max(PART_REGIONS) - data.layout.fixed
    return _sized(data, model, [(n, n * banks, banks) for n in range(2, most // banks + 1)])


def mask_fits(layout: Layout, regions: int, ranges_of_ram: int | None = None) -> int:
    """Domains whose views can all stay resident, beside the hypervisor's of one range or, None, of every bank."""
    free = regions - layout.fixed
    if ranges_of_ram is None:
        return free // (2 * layout.banks)
    return max(0, free - ranges_of_ram) // layout.banks
