# SPDX-License-Identifier: Apache-2.0
"""
The comparison's data: every operation under every strategy, the sweeps over pages and slots, what each
strategy takes and exposes. Built from the outcomes of boots; pure.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench import measure
from bench.counts import Counts, Row
from bench.metrics import Metric
from bench.session import Outcome

PAGE_BYTES = 4096
EXPOSED = "exposed"             # probe window: another domain's memory is open
ALWAYS = -1                     # exposure without an end
_EVERYTHING = 1 << 32


@dataclass(frozen=True)
class Exposure:
    """Other domains' bytes that EL2 (or, with `shared`, EL1) may reach, and for how many EL2 instructions."""
    bytes: int | None
    instructions: int | None     # ALWAYS: for ever; None: not known


@dataclass(frozen=True)
class Cell:
    """One operation under one strategy."""
    operation: str
    strategy: str
    instructions: int
    counts: Counts | None
    exposure: Exposure
    target: int | None


@dataclass(frozen=True)
class Point:
    x: int
    counts: Counts

    @property
    def instructions(self) -> int:
        return self.counts.total


@dataclass(frozen=True)
class Comparison:
    strategies: tuple[str, ...]
    operations: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]          # (operation, strategy)
    touch: Mapping[str, tuple[Point, ...]]         # strategy -> over k pages
    view: tuple[Point, ...]                        # over N slots, one way
    region: Counts | None                          # add and remove
    mask: Counts | None                            # one way
    slots: Mapping[str, int]                       # strategy -> MPU slots it takes from the guest's budget
    switched: tuple[int, int] | None               # slots `switch` rewrites in this system: way in, way out
    missing: tuple[measure.NotMeasured, ...]

    def cell(self, operation: str, strategy: str) -> Cell | None:
        return self.cells.get((operation, strategy))


def slots_taken(description: Mapping[str, Any]) -> int:
    """Slots of the first guest's view that hold neither the fixed part nor its own banks."""
    budget = {row["view"]: row for row in description["budget"]}
    first, *others = description["domains"]
    mine = budget[first["name"]]
    more = mine["needs"] - len(first["banks"])             # `shared`: the common region
    if mine["resident"]:
        more += budget["hypervisor"]["needs"] + sum(budget[domain["name"]]["needs"] for domain in others)
    return int(mine["windows"] + more)


def slots_switched(description: Mapping[str, Any]) -> tuple[int, int]:
    """The hypervisor's view on the way in, the first guest's on the way out."""
    budget = {row["view"]: row["needs"] for row in description["budget"]}
    return int(budget["hypervisor"]), int(budget[description["domains"][0]["name"]])


def _other_banks(description: Mapping[str, Any]) -> int:
    return sum(limit - base for domain in description["domains"][1:] for base, limit in domain["banks"])


def exposed_bytes(strategy: str, description: Mapping[str, Any]) -> int | None:
    if strategy in ("window", "auto"):
        return PAGE_BYTES
    if strategy.startswith("background"):
        return _EVERYTHING
    if strategy == "shared":
        return None                                        # of EL1: the common region, reported by its name
    return _other_banks(description)


def exposure(strategy: str, row: Row, description: Mapping[str, Any]) -> Exposure:
    if strategy in ("background-always", "shared"):
        return Exposure(exposed_bytes(strategy, description), ALWAYS)
    window = row.window(EXPOSED)
    if window is None or window.total == 0:
        return Exposure(0, 0)
    return Exposure(exposed_bytes(strategy, description), window.total)


def _points(series: Iterable[tuple[str, measure.Measurement]], prefix: str) -> tuple[Point, ...]:
    found = [Point(int(label[len(prefix):]), result.counts) for label, result in series
             if label.startswith(prefix) and label[len(prefix):].isdigit() and result.counts is not None]
    return tuple(sorted(found, key=lambda point: point.x))


def _measured(outcome: Outcome, table: Sequence[Metric]) -> tuple[list[tuple[str, Metric, measure.Measurement]],
                                                                 list[measure.NotMeasured]]:
    """The warm series of one boot by their label."""
    good, bad = [], []
    rows = [row for row in table if row.bench == outcome.job.bench]
    if outcome.recording is None:
        return [], [measure.NotMeasured(f"{row.series} under {outcome.job.strategy}", outcome.reason) for row in rows]
    for label, series in zip(outcome.labels, outcome.recording.series):
        for row in rows:
            if not row.matches_series(label):
                continue
            result = measure.warm(row, f"{label} under {outcome.job.strategy}", outcome.job.strategy, series)
            if isinstance(result, measure.NotMeasured):
                bad.append(result)
            else:
                good.append((label, row, result))
    return good, bad


def build(outcomes: Sequence[Outcome], table: Sequence[Metric], strategies: Sequence[str],
          operations: Sequence[str]) -> Comparison:
    cells: dict[tuple[str, str], Cell] = {}
    touch: dict[str, tuple[Point, ...]] = {}
    slots: dict[str, int] = {}
    switched: tuple[int, int] | None = None
    missing: list[measure.NotMeasured] = []
    single: list[tuple[str, measure.Measurement]] = []
    for outcome in outcomes:
        good, bad = _measured(outcome, table)
        missing += bad
        name = outcome.job.strategy
        if outcome.description and len(outcome.description["domains"]) > 1:  # type: ignore[arg-type]
            slots.setdefault(name, slots_taken(outcome.description))
            switched = slots_switched(outcome.description) if name == "switch" else switched
        labelled = [(label, result) for label, _, result in good]
        if points := _points(labelled, "access.touch."):
            touch[name] = points
        single += labelled
        for label, row, result in good:
            if label in operations and result.row is not None:
                target = row.target.value(None) if row.target and name == "window" else None
                cells[label, name] = Cell(label, name, result.value.value, result.counts,
                                          exposure(name, result.row, outcome.description), target)
    plain = {label: result.counts for label, result in single if not label.startswith("access.touch.")}
    return Comparison(tuple(strategies), tuple(operations), cells, touch, _points(single, "view.switch."),
                      plain.get("region.add_remove"), plain.get("view.mask"), slots, switched, tuple(missing))


def primitives(data: Comparison) -> list[tuple[str, str, Counts]]:
    """(metric, what it is in words, counts) of the bare ways, cheapest kind first."""
    found = [("view.mask", "mask switch, one way", data.mask),
             ("region.add_remove", "add and remove one region", data.region)]
    found += [(f"view.switch.{point.x}", f"switch a view of {point.x}, one way", point.counts) for point in data.view]
    return [(metric, words, counts) for metric, words, counts in found if counts is not None]
