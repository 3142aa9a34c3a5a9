# SPDX-License-Identifier: Apache-2.0
"""
Modelled cycles: instruction classes times prices, as a band. Also what holds for every model of that form
(dominance) and at which price two ways cost the same (break-even). Pure but for reading the file.
"""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.counts import CLASSES, Counts
from tool.exitcodes import UsageError

PRICED = (*CLASSES, "load_word", "store_word")
DEFAULT = Path(__file__).resolve().parent / "cost" / "cortex-r52.toml"
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

    def ratio(self, other: Band) -> Band:
        return Band(self.low / other.low, self.typical / other.typical, self.high / other.high)


@dataclass(frozen=True)
class Model:
    name: str
    prices: Mapping[str, Price]

    def price(self, name: str, end: str) -> float:
        return float(getattr(self.prices[name], end))

    def cost(self, counts: Counts, end: str) -> float:
        return sum(amount * self.price(name, end) for name, amount in vector(counts).items())

    def band(self, counts: Counts) -> Band:
        return Band(*(self.cost(counts, end) for end in ENDS))


def vector(counts: Counts) -> dict[str, int]:
    """What is priced: instructions by class, and the words that an access has beyond its first."""
    further = {"load_word": max(0, counts.load_words - counts.of("load")),
               "store_word": max(0, counts.store_words - counts.of("store"))}
    return dict(zip(CLASSES, counts.classes)) | further


def dominates(a: Counts, b: Counts) -> bool:
    """a needs at most as much of everything priced as b: not dearer under any additive model."""
    mine, theirs = vector(a), vector(b)
    return all(mine[name] <= theirs[name] for name in PRICED)


def equal_price(a: Counts, b: Counts, model: Model, name: str) -> float | None:
    """
    The price of `name` at which a and b cost the same, everything else typical. None when they need equally
    much of it. a is the dearer one above that price if it needs more of it.
    """
    mine, theirs = vector(a), vector(b)
    more = mine[name] - theirs[name]
    if more == 0:
        return None
    rest = sum((theirs[other] - mine[other]) * model.price(other, "typical") for other in PRICED if other != name)
    return rest / more


def parse(text: str, name: str) -> Model:
    """Raises UsageError that names the file and what is wrong in it."""
    try:
        table = tomllib.loads(text)
        prices = {key: Price(float(row["low"]), float(row["typical"]), float(row["high"]),
                             bool(row["measured_on_silicon"]), str(row["source"]))
                  for key, row in table["prices"].items()}
        title = str(table["name"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UsageError(f"{name}: {reason}; bench/cost/cortex-r52.toml shows the form") from error
    missing, unknown = set(PRICED) - set(prices), set(prices) - set(PRICED)
    if missing or unknown:
        raise UsageError(f"{name}: missing prices: {', '.join(sorted(missing)) or 'none'}; "
                         f"unknown: {', '.join(sorted(unknown)) or 'none'}")
    for key, price in prices.items():
        if not 0 <= price.low <= price.typical <= price.high:
            raise UsageError(f"{name}: {key}: 0 ≤ low ≤ typical ≤ high does not hold")
    return Model(title, prices)


def load(file: Path | None) -> Model:
    chosen = file or DEFAULT
    try:
        return parse(chosen.read_text(encoding="utf-8"), str(chosen))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{chosen}: {error}") from error
