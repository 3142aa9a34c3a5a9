# SPDX-License-Identifier: Apache-2.0
"""What the counting plugin wrote (bench/plugin/record.h), as values. Pure; knows no metric."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLASSES = ("plain", "load", "store", "branch", "mpu", "sysreg", "isb", "dsb", "entry", "eret")
_WORDS = ("load_words", "store_words", "el1_mpu")
IRQ_VECTOR = 6


class RecordError(ValueError):
    """The file is not what the plugin writes."""


@dataclass(frozen=True)
class Counts:
    """Hypervisor instructions of one window by class; words are memory accesses in units of 4 bytes."""
    classes: tuple[int, ...] = (0,) * len(CLASSES)
    load_words: int = 0
    store_words: int = 0
    el1_mpu: int = 0

    @property
    def total(self) -> int:
        return sum(self.classes)

    def of(self, name: str) -> int:
        return self.classes[CLASSES.index(name)]

    @property
    def barriers(self) -> int:
        return self.of("isb") + self.of("dsb")

    def __add__(self, other: Counts) -> Counts:
        return Counts(tuple(a + b for a, b in zip(self.classes, other.classes)), self.load_words + other.load_words,
                      self.store_words + other.store_words, self.el1_mpu + other.el1_mpu)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(tuple(a - b for a, b in zip(self.classes, other.classes)), self.load_words - other.load_words,
                      self.store_words - other.store_words, self.el1_mpu - other.el1_mpu)

    def table(self) -> dict[str, int]:
        return {"total": self.total, **dict(zip(CLASSES, self.classes)), "load_words": self.load_words,
                "store_words": self.store_words, "el1_mpu": self.el1_mpu}


@dataclass(frozen=True)
class Window:
    passes: int
    counts: Counts


@dataclass(frozen=True)
class Row:
    """One round, or the element-wise minimum or maximum of many."""
    all: int                     # every level and CPU
    episodes: int
    aborts: int                  # loads and stores that aborted: no tick of the icount clock
    vectors: tuple[int, ...]     # hypervisor instructions by exception vector
    hyp: Counts
    remote: Counts
    windows: Mapping[str, Window] = field(default_factory=dict)

    def window(self, name: str) -> Counts | None:
        return self.windows[name].counts if name in self.windows else None


@dataclass(frozen=True)
class Series:
    index: int
    rounds: int
    cold: Row
    low: Row | None              # of the warm rounds; None: there were too few
    high: Row | None
    all: int = 0                 # instructions of every level and CPU, summed over every round
    aborts: int = 0
    cut: int = 0                 # ticks of the icount clock without an instruction (bench/plugin/tally.h)
    sleeps: int = 0              # WFI of any level and CPU
    classes: tuple[int, ...] = ()   # of `all`


Lines = Mapping[int, Counts]     # by address
Bins = Mapping[str, Lines]       # bench/plugin/profile.h
BOOT, COLD, WARM = "boot", "cold", "warm"
OF_BOOT = -1                     # RECORD_BOOT of bench/plugin/record.h


@dataclass(frozen=True)
class Recording:
    boot: Row | None
    series: tuple[Series, ...]
    instructions: int | None     # of the whole run; None: the machine was killed before it could say
    masked: Mapping[int, int] = field(default_factory=dict)   # longest stretch with interrupts masked, by series
    profiles: Mapping[tuple[int, str], Bins] = field(default_factory=dict)   # by series and round, if it was asked for
    stack: Mapping[int, int] = field(default_factory=dict)    # most bytes of a stack in use, by series or OF_BOOT

    def bins(self, index: int, round_: str) -> Bins | None:
        return self.profiles.get((index, round_))


def _counts(table: Mapping[str, int]) -> Counts:
    counts = Counts(tuple(table[name] for name in CLASSES), *(table[name] for name in _WORDS))
    if counts.total != table["total"]:
        raise RecordError(f"classes sum to {counts.total}, not {table['total']}")
    return counts


def _row(table: Mapping[str, Any]) -> Row:
    windows = {name: Window(window["passes"], _counts(window)) for name, window in table["windows"].items()}
    return Row(table["all"], table["episodes"], table["aborts"], tuple(table["vectors"]), _counts(table["hyp"]),
               _counts(table["remote"]), windows)


def _series(table: Mapping[str, Any]) -> Series:
    low, high = (_row(table[name]) if name in table else None for name in ("min", "max"))
    classes = tuple(table["classes"])
    if sum(classes) != table["all"] or len(classes) != len(CLASSES):
        raise RecordError(f"classes of all levels sum to {sum(classes)}, not {table['all']}")
    return Series(table["index"], table["rounds"], _row(table["cold"]), low, high, table["all"], table["aborts"],
                  table["cut"], table["sleeps"], classes)


def one(class_: str, instructions: int, load_words: int = 0, store_words: int = 0, el1_mpu: int = 0) -> Counts:
    return Counts(tuple(instructions if name == class_ else 0 for name in CLASSES), load_words, store_words, el1_mpu)


def _bins(table: Mapping[str, Any]) -> Bins:
    bins: dict[str, dict[int, Counts]] = {}
    for name, lines in table["bins"].items():
        found = bins.setdefault(name, {})
        for address, class_, *numbers in lines:
            if class_ not in CLASSES:
                raise RecordError(f"unknown class {class_!r}")
            found[address] = found.get(address, Counts()) + one(class_, *numbers)
    return bins


def parse(text: str) -> Recording:
    """Raises RecordError with the number of the line. Half a line at the end is ignored."""
    boot, series, instructions = None, [], None
    masked: dict[int, int] = {}
    stack: dict[int, int] = {}
    profiles: dict[tuple[int, str], Bins] = {}
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            table = json.loads(line)
            kind = table["record"]
            if kind == "boot":
                boot = _row(table["row"])
            elif kind == "series":
                series.append(_series(table))
            elif kind == "profile":
                profiles[table["index"], table["round"]] = _bins(table)
            elif kind == "masked":
                masked[table["index"]] = int(table["instructions"])   # they grow
            elif kind == "stack":
                stack[table["index"]] = int(table["bytes"])           # as well
            elif kind == "totals":
                instructions = int(table["instructions"])
            else:
                raise RecordError(f"unknown record {kind!r}")
        except RecordError as error:
            raise RecordError(f"line {number}: {error}") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RecordError(f"line {number}: {type(error).__name__}: {error}") from error
    return Recording(boot, tuple(series), instructions, masked, profiles, stack)
