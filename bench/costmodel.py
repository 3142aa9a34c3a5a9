# SPDX-License-Identifier: Apache-2.0
"""
Modelled cycles: instruction classes times prices, as a band. Also what holds for every model of that form
(dominance), and how the prices stand to figures published for silicon (anchors). Pure; bench/costfile.py reads
the file.
"""
from __future__ import annotations

import enum
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bench.counts import CLASSES, Counts

PRICED = (*CLASSES, "load_word", "store_word")
ENDS = ("low", "typical", "high")


@dataclass(frozen=True)
class Price:
    low: float
    typical: float
    high: float
    measured_on_silicon: bool
    source: str


@dataclass(frozen=True)
class Band:
    """Modelled cycles; never a measurement."""
    low: float
    typical: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:,.0f}–{self.typical:,.0f}–{self.high:,.0f}"


class Use(enum.Enum):
    """What an anchor is for."""
    FIT = "fit"                  # the prices were chosen with it in sight
    CHECK = "check"              # kept aside: how far off the model is where it was not fitted


@dataclass(frozen=True)
class Anchor:
    """Cycles that somebody measured on silicon, and the mix of classes of the code that was measured."""
    name: str
    low: float
    high: float
    mix: Mapping[str, float]
    use: Use
    source: str


@dataclass(frozen=True)
class Fit:
    """What the model says of an anchor."""
    anchor: Anchor
    band: Band

    @property
    def error_percent(self) -> float:
        """How far typical lies outside of the published range: 0 inside, negative below it."""
        if self.band.typical < self.anchor.low:
            return 100 * (self.band.typical / self.anchor.low - 1)
        return 100 * max(0.0, self.band.typical / self.anchor.high - 1)

    @property
    def contained(self) -> bool:
        return self.band.low <= self.anchor.low and self.anchor.high <= self.band.high


@dataclass(frozen=True)
class Model:
    name: str
    prices: Mapping[str, Price]
    anchors: tuple[Anchor, ...] = ()
    tolerance_percent: float = 0.0

    def price(self, name: str, end: str) -> float:
        return float(getattr(self.prices[name], end))

    @functools.cached_property
    def whole(self) -> tuple[int, dict[str, dict[str, int]]]:
        """Every price by end and class as whole numbers of one unit, and that unit's part of a cycle: sums without rounding."""
        exact = {end: {name: Fraction(self.price(name, end)) for name in self.prices} for end in ENDS}
        unit = math.lcm(*(price.denominator for prices in exact.values() for price in prices.values()))
        return unit, {end: {name: int(price * unit) for name, price in prices.items()} for end, prices in exact.items()}

    def cost_of(self, mix: Mapping[str, float], end: str) -> float:
        return sum(amount * self.price(name, end) for name, amount in mix.items())

    def cost(self, counts: Counts, end: str) -> float:
        return self.cost_of(vector(counts), end)

    def band(self, counts: Counts) -> Band:
        return Band(*(self.cost(counts, end) for end in ENDS))

    def fits(self) -> list[Fit]:
        return [Fit(anchor, Band(*(self.cost_of(anchor.mix, end) for end in ENDS))) for anchor in self.anchors]

    def faults(self) -> list[tuple[str, str]]:
        """Anchors that the prices contradict: (which, why)."""
        found = []
        for fit in self.fits():
            anchor = fit.anchor
            where = f"anchors.{anchor.name} = {anchor.low:g}–{anchor.high:g} cycles"
            if not fit.contained:
                found.append((where, f"the band {fit.band} of the prices must contain it"))
            if anchor.use is Use.FIT and abs(fit.error_percent) > self.tolerance_percent:
                found.append((where, f"typical prices give {fit.band.typical:,.0f}, {fit.error_percent:+.1f} %; an "
                              f"anchor of use fit must be met within {self.tolerance_percent:g} % (tolerance_percent)"))
        return found


def vector(counts: Counts) -> dict[str, int]:
    """What is priced: instructions by class, and the words that an access has beyond its first."""
    further = {"load_word": max(0, counts.load_words - counts.of("load")),
               "store_word": max(0, counts.store_words - counts.of("store"))}
    return dict(zip(CLASSES, counts.classes)) | further


def dominates(a: Counts, b: Counts) -> bool:
    """a needs at most as much of everything priced as b: not dearer under any additive model."""
    mine, theirs = vector(a), vector(b)
    return all(mine[name] <= theirs[name] for name in PRICED)
