# SPDX-License-Identifier: Apache-2.0
"""
Cycles that a real core's counter gave: what bench/guests/cycles.c and the hypervisor said about each series, as
values. Pure. The window is the guest's: from the stamp before a round to the stamp after it.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import WARM_ROUNDS, NotMeasured, Sampled

UNIT = "cycles"
DROPPED = 4
NO_COUNTER = "the core has no PMU, or the system has no fencepost,bench"
NO_STATE = "nothing says what the cycles depend on, or that they were counted at every level"
_SERIES, _CYCLES = "series ", "cycles "
_FIELDS = ("rounds", "cold", "min", "q1", "median", "q3", "max", "empty")
_NUMBERS = re.compile("cycles " + " ".join(rf"{name}=(\d+)" for name in _FIELDS))
_STATE = re.compile(r"cycles SCTLR=([0-9a-f]{8}) PMCCFILTR=([0-9a-f]{8}) PMCNTENSET=([0-9a-f]{8})")
_ALL_LEVELS = 1 << 27          # PMCCFILTR: EL2 too, EL1 and EL0 not left out
_COUNTS = 1 << 31              # PMCNTENSET: the cycle counter
_CORE = re.compile(r"\(hv\) cycles cpu(\d+) (?:HSCTLR|SCTLR_EL2)=([0-9a-f]{8})"
                   r"(?: ATCM=([0-9a-f]{8}) BTCM=([0-9a-f]{8}) CTCM=([0-9a-f]{8}))?")


@dataclass(frozen=True)
class Core:
    """What cycles depend on besides the instructions: caches and tightly coupled memories, as the registers say."""
    hsctlr: int
    sctlr: int
    tcms: tuple[int, ...]     # none where the core has none
    counts_all: bool          # the counter runs, at every level

    def table(self) -> dict[str, str]:
        return {"caches of EL2": _caches(self.hsctlr), "caches of EL1": _caches(self.sctlr),
                **{f"{name}TCM": _tcm(word) for name, word in zip("ABC", self.tcms)}}


@dataclass(frozen=True)
class Series:
    metric: str
    strategy: str
    value: Sampled
    cold: int
    empty: int                # the least that a window with nothing in it took; not subtracted


@dataclass(frozen=True)
class Reading:
    """One run of a bench."""
    series: tuple[Series | NotMeasured, ...]
    core: Core | None


def _caches(word: int) -> str:
    return f"data {'on' if word & 1 << 2 else 'off'}, instructions {'on' if word & 1 << 12 else 'off'}"


def _tcm(word: int) -> str:
    levels = [level for bit, level in ((2, "EL2"), (1, "EL1 and EL0")) if word & bit]
    return f"0x{word:08x}: " + (f"on for {', '.join(levels)} at 0x{word & 0xFFFFE000:08x}" if levels else "off")


def _series(metric: str, strategy: str, said: str) -> Series | NotMeasured:
    if said.startswith("cycles none: "):
        return NotMeasured(metric, said.removeprefix("cycles none: "))
    match = _NUMBERS.fullmatch(said)
    if match is None:
        return NotMeasured(metric, f"no numbers in {said!r}")
    rounds, cold, low, q1, median, q3, high, empty = map(int, match.groups())
    if rounds != WARM_ROUNDS - DROPPED or not low <= q1 <= median <= q3 <= high:
        return NotMeasured(metric, f"impossible: {said!r}")
    if median <= empty:
        return NotMeasured(metric, f"no more cycles than an empty window ({median} and {empty}): the counter stands still")
    return Series(metric, strategy, Sampled(median, low, high, rounds, UNIT, (q1, q3)), cold, empty)


def read(console: str, notes: Sequence[str], names: dict[str, str], strategy: str) -> Reading:
    """`names`: full metric name by series. Each note that names a series is followed by its numbers, if there are any."""
    found: list[Series | NotMeasured] = []
    said = [note for note in notes if note.startswith((_SERIES, _CYCLES)) and not _STATE.fullmatch(note)]
    for at, note in enumerate(said):
        if note.startswith(_SERIES):
            metric = names.get(note.removeprefix(_SERIES), note.removeprefix(_SERIES))
            follows = said[at + 1] if at + 1 < len(said) else ""
            found.append(_series(metric, strategy, follows) if follows.startswith(_CYCLES) else
                         NotMeasured(metric, NO_COUNTER))
    core = _core(console, notes)
    if core is None or not core.counts_all:
        found = [one if isinstance(one, NotMeasured) else NotMeasured(one.metric, NO_STATE) for one in found]
    return Reading(tuple(found), core)


def _core(console: str, notes: Sequence[str]) -> Core | None:
    state = [match for note in notes if (match := _STATE.fullmatch(note))]
    words = {match[1]: match for line in console.splitlines() if (match := _CORE.fullmatch(line))}
    if not state or "0" not in words:
        return None
    return Core(int(words["0"][2], 16), int(state[0][1], 16), tuple(int(words["0"][n], 16) for n in (3, 4, 5) if words["0"][n]),
                int(state[0][2], 16) == _ALL_LEVELS and bool(int(state[0][3], 16) & _COUNTS))
