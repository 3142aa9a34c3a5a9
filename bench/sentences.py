# SPDX-License-Identifier: Apache-2.0
"""What follows from the numbers, in lines for a reader. Every line is made from the data given. Pure."""
from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from bench import breakeven
from bench.breakeven import EVERY_CORNER, HOT, INSTRUCTIONS, METHOD_1, METHOD_2, PART_REGIONS, SOME_CORNER, Sized, Turn
from bench.costmodel import Model, dominates
from bench.counts import Counts
from bench.crossover import Order, Sensitivity, over_band, tornado
from bench.sweep import ALWAYS, Comparison

NOT_RUN = "computed, not run"
_TOP = 3                        # classes that a line names
_CLASS_WORDS = {"plain": "a plain instruction", "load": "a load", "store": "a store", "branch": "a branch",
                "mpu": "an MPU register write", "sysreg": "a system register", "isb": "an ISB", "dsb": "a DSB",
                "entry": "an exception entry", "eret": "an ERET", "load_word": "a further word loaded",
                "store_word": "a further word stored"}
NOT_MODELLED = (
    "Not modelled: caches, TCM placement, dual issue and stalls. QEMU's MPU has 16 EL2 regions where a part may have 20 or "
    f"24; what is said of those is put together from measured parts and marked \"{NOT_RUN}\". Exception entry and ERET "
    "have no published figure; two ways of one operation have the same number of them.")


def from_x(turn: Turn, measure: str, letter: str = "k") -> str:
    x = turn.at[measure]
    if x is None:
        return f"at no {letter}"
    if x == 1:
        return f"at every {letter}"
    return f"from {letter} = {x} on" + (f" ({NOT_RUN})" if turn.computed(measure) else "")


def _pages(turn: Turn) -> str:
    return (f"pages touched: `{turn.second}` needs fewer instructions than `{turn.first}` {from_x(turn, INSTRUCTIONS)}; it is "
            f"cheaper at typical prices {from_x(turn, 'typical')}, in every corner of the band {from_x(turn, EVERY_CORNER)}, "
            f"in some corner {from_x(turn, SOME_CORNER)}")


def _short(sized: Sized) -> str:
    at = sized.turn.at
    numbers = " / ".join(str(at[measure] or "–") for measure in (INSTRUCTIONS, "typical", EVERY_CORNER))
    return f"{sized.size}: {numbers}"


def _table(what: str, letter: str, found: Sequence[Sized]) -> str:
    groups = []
    for regions in sorted({sized.regions for sized in found}):
        rows = ", ".join(_short(sized) for sized in found if sized.regions == regions)
        groups.append(rows if regions not in PART_REGIONS else f"with {regions} regions ({NOT_RUN}) {rows}")
    return (f"{what}: smallest k from which `{METHOD_2}` beats `{METHOD_1}`, by {letter} (instructions / typical prices / every "
            f"corner of the band; measured parts put together): {'; '.join(groups)}")


def _domains(data: Comparison) -> list[str]:
    layout = data.layout
    if layout is None:
        return []
    fits = ", ".join(f"{breakeven.mask_fits(layout, regions, 1)} or {breakeven.mask_fits(layout, regions)} with {regions} "
                     f"regions" + ("" if regions == layout.slots else f" ({NOT_RUN})")
                     for regions in (layout.slots, *PART_REGIONS))
    return [f"domains: `{METHOD_1}` costs the same and takes the same slots for any number of them; `mask` has room for all "
            f"views at once with so many domains of {layout.banks} banks, all RAM one range or every bank its own: {fits}"]


def slots_of_the_view(data: Comparison) -> list[str]:
    """One page, over the regions of the caller's own view: run, not computed."""
    flat, growing = [], []
    for name in data.strategies:
        points = data.beside.get(name, ())
        if len(points) < 2:
            continue
        first, last = points[0], points[-1]
        if all(point.counts == first.counts for point in points):
            flat.append(f"`{name}` {first.instructions} (N = {first.x} … {last.x})")
        else:
            growing.append(f"`{name}` {first.instructions} at N = {first.x} to {last.instructions} at N = {last.x}")
    lines = [f"regions of the caller's view: the same for every N: {', '.join(flat)}"] if flat else []
    return lines + ([f"regions of the caller's view: grows with N: {', '.join(growing)}"] if growing else [])


def break_even_lines(data: Comparison, model: Model) -> list[str]:
    lines = [_pages(turn) for turn in breakeven.over_pages(data, model)] + slots_of_the_view(data)
    if found := breakeven.over_slots(data, model):
        lines.append(_table("both views with N slots", "N", found))
    if found := breakeven.over_domains(data, model):
        lines.append(_table(f"D domains of {data.layout.banks if data.layout else 0} banks, every bank a range of its own in "
                            "the hypervisor's view", "D", found))
    return lines + _domains(data) + sensitivity_lines(data, model)


def price_words(one: Sensitivity, other: str, other_is_second: bool) -> str:
    """From which price on `other` would be the cheaper one, and how far the other prices can shift that."""
    more = "more" if (one.more > 0) == other_is_second else "less"
    text = f"`{other}` if {_CLASS_WORDS[one.name]} costs {more} than {one.flips_at:.3g}"
    if one.flips_from is None or one.flips_to is None:
        return text
    return f"{text} (others anywhere in the band: {one.flips_from:.3g}–{one.flips_to:.3g})"


def sensitivity_of(first: Counts, second: Counts, model: Model, names: tuple[str, str]) -> str:
    """One line on the order of two ways, and on the prices that decide it."""
    order = over_band(first, second, model).order
    if dominates(first, second) or dominates(second, first):
        who = names[0] if dominates(first, second) else names[1]
        return f"`{who}` at any prices: it needs no more of any class"
    if order in (Order.FIRST, Order.SECOND):
        return f"`{names[0] if order is Order.FIRST else names[1]}` in every corner of the band"
    now_is_first = over_band(first, second, model).typical < 0
    now, other = names if now_is_first else (names[1], names[0])
    decisive = [one for one in tornado(first, second, model) if one.within_band][:_TOP]
    said = "; ".join(price_words(one, other, now_is_first) for one in decisive)
    return f"`{now}` at typical prices" + (f"; {said}" if said else "; no price turns it alone, several together do")


def _grouped(found: Sequence[tuple[int, str]]) -> list[str]:
    """Neighbours about which the same is said, in one line."""
    lines: list[str] = []
    for said, members in itertools.groupby(found, key=lambda pair: pair[1]):
        numbers = [x for x, _ in members]
        span = f"k = {numbers[0]}" + (f" … {numbers[-1]}" if len(numbers) > 1 else "")
        lines.append(f"what decides, other prices typical: {span}: {said}")
    return lines


def sensitivity_lines(data: Comparison, model: Model) -> list[str]:
    """Page by page, where prices decide between the two methods."""
    theirs = {point.x: point.counts for point in data.touch.get(METHOD_2, ())}
    return _grouped([(point.x, sensitivity_of(point.counts, theirs[point.x], model, (METHOD_1, METHOD_2)))
                     for point in data.touch.get(METHOD_1, ()) if point.x in theirs
                     and over_band(point.counts, theirs[point.x], model).order is Order.DEPENDS])


def dominance_lines(data: Comparison) -> list[str]:
    """Which strategy is not dearer than which under every additive model, for every operation measured on both."""
    lines = []
    for a in data.strategies:
        beaten = [b for b in data.strategies if a != b and _dominates_everywhere(data, a, b)]
        if beaten:
            lines.append(f"`{a}` is not dearer than {listed(beaten)} for any operation, under every additive cost model "
                         f"with non-negative prices{_at_a_price(data, a)}")
    return lines


def order_lines(data: Comparison, model: Model) -> list[str]:
    """The hot operation: method 1 against each of the others, at any prices, within the band, or depending on them."""
    first = data.cell(HOT, METHOD_1)
    lines = []
    for name in data.strategies:
        other = data.cell(HOT, name)
        if name != METHOD_1 and first and other and first.counts and other.counts:
            said = sensitivity_of(first.counts, other.counts, model, (METHOD_1, name))
            lines.append(f"one send, `{METHOD_1}` or `{name}`: {said}")
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


def listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]
