# SPDX-License-Identifier: Apache-2.0
"""
At which price, and from which size on, the order of two ways turns. Prices are independent, so the difference of
two costs over the whole band is least and greatest in a corner, and each class chooses its corner for itself. Pure.
"""
from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bench.costmodel import ENDS, PRICED, Model, vector
from bench.counts import Counts


class Order(enum.Enum):
    """Who is never dearer, whatever the prices within the band."""
    FIRST = "first"
    SECOND = "second"
    EQUAL = "equal"
    DEPENDS = "depends"


@dataclass(frozen=True)
class Range:
    """Cost of the first less cost of the second: least and greatest over the band, and at typical prices."""
    least: Fraction
    typical: Fraction
    greatest: Fraction

    @property
    def order(self) -> Order:
        if self.least == self.greatest == 0:
            return Order.EQUAL
        if self.greatest <= 0:
            return Order.FIRST
        return Order.SECOND if self.least >= 0 else Order.DEPENDS


@dataclass(frozen=True)
class Sensitivity:
    """What one price does to the difference of two ways, the first less the second."""
    name: str
    more: int                    # how many more of this class the first needs; negative: fewer
    at_low: float                # the difference with this price at its low end, the others typical
    at_high: float
    flips_at: float | None       # the price at which both cost the same, the others typical; None: at no price
    flips_from: float | None     # the same with the others anywhere in the band: least and greatest such price
    flips_to: float | None
    within_band: bool            # flips_at is a price that the model allows

    @property
    def swing(self) -> float:
        return abs(self.at_high - self.at_low)


def _price(model: Model, name: str, end: str) -> Fraction:
    return Fraction(model.price(name, end))


def difference(a: Counts, b: Counts) -> dict[str, int]:
    """By class, what a needs more than b."""
    mine, theirs = vector(a), vector(b)
    return {name: mine[name] - theirs[name] for name in PRICED}


def exact_cost(counts: Counts, model: Model, end: str) -> Fraction:
    """Without rounding, so that a tie is one."""
    unit, prices = model.whole
    return Fraction(sum(amount * prices[end][name] for name, amount in vector(counts).items()), unit)


def _range_of(more: Mapping[str, int] | Mapping[str, Fraction], model: Model) -> Range:
    unit, prices = model.whole
    low, typical, high = (prices[end] for end in ENDS)
    needs = [(name, amount) for name, amount in more.items() if amount]
    least = sum(amount * (low if amount > 0 else high)[name] for name, amount in needs)
    greatest = sum(amount * (high if amount > 0 else low)[name] for name, amount in needs)
    return Range(Fraction(least, unit), Fraction(sum(amount * typical[name] for name, amount in needs), unit),
                 Fraction(greatest, unit))


def over_band(a: Counts, b: Counts, model: Model) -> Range:
    return _range_of(difference(a, b), model)


def _one(name: str, more: Mapping[str, int], model: Model) -> Sensitivity:
    mine = more[name]
    rest = _range_of({other: amount for other, amount in more.items() if other != name}, model)
    low, high = (rest.typical + mine * _price(model, name, end) for end in ("low", "high"))
    flips = -rest.typical / mine
    ends = sorted((-rest.least / mine, -rest.greatest / mine))
    inside = _price(model, name, "low") <= flips <= _price(model, name, "high")
    return Sensitivity(name, mine, float(low), float(high), float(flips) if flips >= 0 else None,
                       float(max(ends[0], Fraction())) if ends[1] >= 0 else None,
                       float(ends[1]) if ends[1] >= 0 else None, inside)


def tornado(a: Counts, b: Counts, model: Model) -> list[Sensitivity]:
    """One entry for each class that the two need differently, what matters most first."""
    more = difference(a, b)
    found = [_one(name, more, model) for name in PRICED if more[name]]
    return sorted(found, key=lambda one: (-one.swing, PRICED.index(one.name)))


def ratio_over_band(a: Counts, b: Counts, model: Model) -> tuple[float, float, float]:
    """
    Cost of a as so many times the cost of b: least, typical and greatest over the band, each price the same on both
    sides. b costs more than 0. By halving: a ≥ r b in every corner as long as a − r b is nowhere below 0.
    """
    mine, theirs = vector(a), vector(b)

    def holds(ratio: Fraction, greatest: bool) -> bool:
        found = _range_of({name: mine[name] - ratio * theirs[name] for name in PRICED}, model)
        return found.greatest > 0 if greatest else found.least >= 0

    def edge(greatest: bool) -> float:
        low, high = Fraction(), Fraction(1 << 20)
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if holds(middle, greatest) else (low, middle)
        return float(low)

    return edge(False), float(exact_cost(a, model, "typical") / exact_cost(b, model, "typical")), edge(True)


@dataclass(frozen=True)
class Line:
    """A cost that grows by `step` with each page: base + step x."""
    base: Fraction
    step: Fraction


def turns_at(first: Line, second: Line, start: int = 1) -> int | None:
    """The smallest whole x ≥ start from which on the second is cheaper for good; None: it never is."""
    saved = first.step - second.step
    ahead = second.base - first.base
    if saved < 0 or (saved == 0 and ahead >= 0):
        return None
    if saved == 0:
        return start
    return max(start, math.floor(ahead / saved) + 1)


def first_for_good(xs: Sequence[int], holds: Callable[[int], bool]) -> int | None:
    """The smallest x from which on `holds` is true up to the last."""
    found = None
    for x in sorted(xs, reverse=True):
        if not holds(x):
            break
        found = x
    return found
