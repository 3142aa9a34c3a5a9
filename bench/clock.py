# SPDX-License-Identifier: Apache-2.0
"""
The second witness: bench guests read CNTPCT around each round (bench/guests/bench.h), and in QEMU under icount it
ticks once an instruction. What the plugin counted of all levels and CPUs has to be the same number. Pure.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bench.counts import Series

STAMP_OVERHEAD = 6               # instructions of a round between the two stamps that the counter leaves out, marks included
_TOLD = re.compile(r"clock (\d+) (\d+) (\d+)")
_MODULUS = 1 << 32


def told(notes: Iterable[str]) -> dict[int, int]:
    """Ticks of each series, by its number: stops minus starts, summed over the domains that stamped it."""
    ticks: dict[int, int] = {}
    for note in notes:
        if match := _TOLD.fullmatch(note):
            series, starts, stops = (int(word) for word in match.groups())
            ticks[series] = (ticks.get(series, 0) + stops - starts) % _MODULUS
    return ticks


def expected(series: Series) -> int:
    """An access that aborts is an instruction and no tick; what a trapped register access cuts off is ticks only."""
    return (series.all - series.aborts + series.cut + STAMP_OVERHEAD * series.rounds) % _MODULUS


def disagreement(series: Series, ticks: Mapping[int, int]) -> str | None:
    """Why the clock does not confirm a series; None: it does."""
    found = ticks.get(series.index)
    if found is None:
        return "the bench told no clock for this series"
    if found == expected(series):
        return None
    return (f"the counter has {series.all} instructions in {series.rounds} rounds, {series.aborts} of them aborted accesses, and "
            f"{series.cut} ticks cut off; the clock has {found - STAMP_OVERHEAD * series.rounds}")


def jumped(series: Series, ticks: Mapping[int, int]) -> bool:
    """Somebody slept in a round, so that the clock may have jumped to the next deadline: it can only be ahead."""
    return series.sleeps > 0 and series.index in ticks and ticks[series.index] > expected(series)
