# SPDX-License-Identifier: Apache-2.0
"""
The comparison's data: every operation under every strategy, the sweeps over pages and slots, what each
strategy takes and exposes. Built from the outcomes of boots; pure.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench import measure, sanity
from bench.counts import Counts, Row
from bench.metrics import COLD, Metric, row_of
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
class Layout:
    """Slots of a system, as the planner gives them out."""
    slots: int                   # of the MPU
    fixed: int                   # in every view
    way_in: int                  # the hypervisor's own view
    way_out: int                 # the first guest's
    banks: int                   # of each domain

    @property
    def free(self) -> int:
        return self.slots - self.fixed


@dataclass(frozen=True)
class Comparison:
    strategies: tuple[str, ...]
    operations: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]          # (operation, strategy)
    touch: Mapping[str, tuple[Point, ...]]         # strategy -> over k pages
    beside: Mapping[str, tuple[Point, ...]]        # strategy -> one page, over the regions of the caller's view
    view: tuple[Point, ...]                        # over N slots, one way
    region: Counts | None                          # add and remove
    mask: Counts | None                            # one way
    slots: Mapping[str, int]                       # strategy -> MPU slots it takes from the guest's budget
    layout: Layout | None                          # of the system that `switch` was measured in
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


def layout_of(description: Mapping[str, Any]) -> Layout:
    budget = {row["view"]: row for row in description["budget"]}
    first = description["domains"][0]
    mine = budget[first["name"]]
    return Layout(mine["slots"], mine["fixed"], budget["hypervisor"]["needs"], mine["needs"], len(first["banks"]))


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


@dataclass(frozen=True)
class Reading:
    """A warm series of one boot."""
    metric: str                  # its full name, or with the strategy where the metric has none of its own
    label: str
    outcome: Outcome
    row: Metric
    result: measure.Measurement


def _name(row: Metric, label: str, strategy: str, seen: Iterable[str]) -> str:
    if row.per_strategy:
        return f"{label}.{strategy}"
    return label if label not in seen else f"{label} under {strategy}"


def _read(outcome: Outcome, table: Sequence[Metric], seen: set[str]) -> tuple[list[Reading], list[measure.NotMeasured]]:
    name = outcome.job.strategy
    rows = [row for row in table if row.bench == outcome.job.bench]
    if outcome.recording is None:
        return [], [measure.NotMeasured(f"{row.series} under {name}", outcome.reason) for row in rows]
    good, bad = [], []
    for result in measure.of_recording(rows, outcome.labels, name, outcome.recording, None, outcome.ticks):
        row = row_of(result.metric, rows)
        label = result.metric.removesuffix(f".{name}") if row and row.per_strategy else result.metric
        if result.metric.endswith(COLD):
            continue
        if row is None or isinstance(result, measure.NotMeasured):
            bad.append(measure.NotMeasured(f"{label} under {name}", getattr(result, "reason", "no row")))
            continue
        full = _name(row, label, name, seen)
        seen.add(full)
        good.append(Reading(full, label, outcome, row, result))
    return good, bad


def readings(outcomes: Sequence[Outcome], table: Sequence[Metric]) -> tuple[list[Reading], list[measure.NotMeasured]]:
    """What the boots measured; what did not come, or broke a relation of bench/sanity.py, apart."""
    good, bad, seen = [], [], set[str]()
    for outcome in outcomes:
        more, missing = _read(outcome, table, seen)
        good += more
        bad += missing
    wrong = sanity.findings(replace(reading.result, metric=reading.metric) for reading in good)
    bad += [measure.NotMeasured(name, reason) for name, reason in wrong.items()]
    return [reading for reading in good if reading.metric not in wrong], bad


def _points(found: Iterable[Reading], prefix: str) -> tuple[Point, ...]:
    chosen = [Point(int(reading.label[len(prefix):]), reading.result.counts) for reading in found
              if reading.label.startswith(prefix) and reading.result.counts is not None]
    return tuple(sorted(chosen, key=lambda point: point.x))


def _cell(reading: Reading) -> Cell:
    name = reading.outcome.job.strategy
    target = reading.row.target.value(None) if reading.row.target and name == "window" else None
    assert reading.result.row is not None
    return Cell(reading.label, name, reading.result.value.value, reading.result.counts,
                exposure(name, reading.result.row, reading.outcome.description), target)


def _by_strategy(found: Sequence[Reading], strategies: Sequence[str], prefix: str) -> dict[str, tuple[Point, ...]]:
    points = {name: _points([reading for reading in found if reading.outcome.job.strategy == name], prefix)
              for name in strategies}
    return {name: line for name, line in points.items() if line}


def build(outcomes: Sequence[Outcome], table: Sequence[Metric], strategies: Sequence[str],
          operations: Sequence[str]) -> Comparison:
    found, missing = readings(outcomes, table)
    slots: dict[str, int] = {}
    layout: Layout | None = None
    for outcome in outcomes:
        if outcome.description and len(outcome.description["domains"]) > 1:  # type: ignore[arg-type]
            slots.setdefault(outcome.job.strategy, slots_taken(outcome.description))
            layout = layout_of(outcome.description) if outcome.job.strategy == "switch" else layout
    cells = {(reading.label, reading.outcome.job.strategy): _cell(reading) for reading in found
             if reading.label in operations and reading.result.row is not None}
    plain = {reading.label: reading.result.counts for reading in found if not reading.row.per_strategy}
    return Comparison(tuple(strategies), tuple(operations), cells, _by_strategy(found, strategies, "access.touch."),
                      _by_strategy(found, strategies, "access.beside."), _points(found, "view.switch."),
                      plain.get("region.add_remove"), plain.get("view.mask"), slots, layout, tuple(missing))


def primitives(data: Comparison) -> list[tuple[str, str, Counts]]:
    """(metric, what it is in words, counts) of the bare ways, cheapest kind first."""
    found = [("view.mask", "mask switch, one way", data.mask),
             ("region.add_remove", "add and remove one region", data.region)]
    found += [(f"view.switch.{point.x}", f"switch a view of {point.x}, one way", point.counts) for point in data.view]
    return [(metric, words, counts) for metric, words, counts in found if counts is not None]
