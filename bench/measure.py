# SPDX-License-Identifier: Apache-2.0
"""
From a recording to numbers. An Exact number is a count and repeats to the instruction; a Sampled one comes
from a clock and has a spread. They are different types on purpose: comparing them is an error.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench import clock, profile
from bench import counts as plugin
from bench.counts import IRQ_VECTOR, Bins, Counts, Recording, Row, Series
from bench.functions import Functions
from bench.metrics import COLD, Counted, Metric
from tool import console

WARM_ROUNDS = 1004


@dataclass(frozen=True)
class Exact:
    value: int
    unit: str

    def _same(self, other: object) -> Exact:
        if not isinstance(other, Exact) or other.unit != self.unit:
            raise TypeError(f"an exact number of {self.unit} cannot be compared with {other!r}")
        return other

    def __lt__(self, other: object) -> bool:
        return self.value < self._same(other).value

    def minus(self, other: object) -> int:
        return self.value - self._same(other).value


@dataclass(frozen=True)
class Sampled:
    """From hardware: never equal to anything, only compared with its spread in mind."""
    median: float
    low: float
    high: float
    samples: int
    unit: str
    quartiles: tuple[float, float] | None = None

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Sampled) or other.unit != self.unit:
            raise TypeError(f"a sampled number of {self.unit} cannot be compared with {other!r}")
        return self.high < other.low


@dataclass(frozen=True)
class Measurement:
    metric: str                  # full name
    strategy: str | None         # it ran under; None: nothing ran
    value: Exact
    counts: Counts | None        # classes on the same window; None where the window has guest instructions
    row: Row | None = None       # the whole round, for exposure and explanation
    parts: tuple[tuple[str, int], ...] = ()   # of a maximum: what it was taken over, the greatest first
    profile: profile.Profile | None = None    # by function; None: not asked for


@dataclass(frozen=True)
class NotMeasured:
    metric: str
    reason: str


Result = Measurement | NotMeasured


def select(metric: Metric, row: Row) -> tuple[int, Counts | None] | str:
    """The value of one row and its classes, or why there is none."""
    if metric.counted is Counted.EPISODE:
        rest = row.hyp
        for window in metric.windows:
            rest -= row.window(window) or Counts()
        return rest.total, rest
    if metric.counted is Counted.BOTH_CPUS:
        if row.remote.total == 0:
            return "the other CPU did nothing"
        both = row.hyp + row.remote
        return both.total, both
    if metric.counted is Counted.IRQ_EPISODE:
        return row.vectors[IRQ_VECTOR], None
    if metric.counted is Counted.ALL:
        return row.all, None
    return _windows(metric, row)


def _windows(metric: Metric, row: Row) -> tuple[int, Counts | None] | str:
    found = [row.window(name) for name in metric.windows]
    if metric.counted is Counted.BOOT:
        return row.all - sum(counts.total for counts in found if counts), None
    missing = [name for name, counts in zip(metric.windows, found) if counts is None]
    if missing:
        return f"the probe {missing[0]} was not passed"
    total = sum((counts for counts in found if counts), Counts())
    return total.total, total


def _full_name(metric: Metric, series: str, strategy: str) -> str:
    return f"{series}.{strategy}" if metric.per_strategy else series


def _result(metric: Metric, name: str, strategy: str, row: Row) -> Result:
    chosen = select(metric, row)
    if isinstance(chosen, str):
        return NotMeasured(name, chosen)
    value, counts = chosen
    if value == 0:
        return NotMeasured(name, "nothing was counted")
    return Measurement(name, strategy, Exact(value, metric.unit), counts, row)


def _differs(metric: Metric, low: Row, high: Row) -> str | None:
    least, most = select(metric, low), select(metric, high)
    if isinstance(least, str) or isinstance(most, str) or least == most:
        return None
    if least[0] != most[0]:
        return f"rounds differ: {least[0]} to {most[0]}"
    return "the class mix differs between rounds of equal length"


def warm(metric: Metric, name: str, strategy: str, series: Series) -> Result:
    if series.low is None or series.high is None:
        return NotMeasured(name, f"{series.rounds} rounds instead of {WARM_ROUNDS}")
    if reason := _differs(metric, series.low, series.high):
        return NotMeasured(name, reason)
    return _result(metric, name, strategy, series.low)


def of_series(metric: Metric, label: str, strategy: str, series: Series) -> list[Result]:
    name = _full_name(metric, label, strategy)
    results = [warm(metric, name, strategy, series)]
    if metric.cold:
        results.append(_result(metric, name + COLD, strategy, series.cold))
    return results


def with_profile(metric: Metric, result: Result, bins: Bins | None, functions: Functions) -> Result:
    """The functions of one round of the metric, which have to sum to what the rounds counted."""
    if isinstance(result, NotMeasured) or result.row is None:
        return result
    lines = profile.lines_of(metric, bins or {})
    total = sum(lines.values(), Counts())
    wanted = result.counts or (result.row.hyp if metric.counted is Counted.ALL else None)
    if total != wanted if wanted else total.total != result.value.value:
        return NotMeasured(result.metric, f"the profile has {profile.class_mix(total) or 'nothing'}, the round "
                           f"{profile.class_mix(wanted) if wanted else result.value.value}")
    return replace(result, profile=profile.fold(result.metric, lines, functions))


def of_guest(metric: Metric, strategy: str, told: Iterable[console.Metric]) -> Result:
    """The number that a bench reports by itself, once."""
    found = [one for one in told if one.name == metric.name]
    if len(found) != 1 or found[0].unit != metric.unit:
        return NotMeasured(metric.name, f"the bench told it {len(found)} times, in {metric.unit} once is wanted")
    return Measurement(metric.name, strategy, Exact(found[0].value, metric.unit), None)


def of_recording(metrics: Iterable[Metric], labels: Sequence[str], strategy: str, recording: Recording,
                 functions: Functions | None = None, ticks: Mapping[int, int] | None = None) -> list[Result]:
    """
    Everything one run of a bench measures; labels are the series' names in their order. With `functions`, by function;
    with `ticks`, only what the bench's clock confirms.
    """
    def confirmed(result: Result, series: Series) -> Result:
        reason = clock.disagreement(series, ticks) if ticks is not None else None
        return NotMeasured(result.metric, reason) if reason and isinstance(result, Measurement) else result

    def profiled(metric: Metric, result: Result, index: int, round_: str) -> Result:
        return with_profile(metric, result, recording.bins(index, round_), functions) if functions else result

    wanted = list(metrics)
    results: list[Result] = []
    for metric in wanted:
        if metric.is_maximum:   # over all runs together: maximum()
            continue
        if metric.counted is Counted.BOOT:
            results.append(profiled(metric, _result(metric, metric.name, strategy, recording.boot), 0, plugin.BOOT)
                           if recording.boot else NotMeasured(metric.name, "no guest was entered"))
            continue
        found = [(label, series) for label, series in zip(labels, recording.series) if metric.matches_series(label)]
        for label, series in found:
            results += [profiled(metric, confirmed(result, series), series.index, round_) for result, round_ in
                        zip(of_series(metric, label, strategy, series), (plugin.WARM, plugin.COLD))]
        if not found:
            results.append(NotMeasured(_full_name(metric, metric.series, strategy), "the bench has no such series"))
    results += [NotMeasured(label, "no row in bench/METRICS.md") for label in labels
                if not any(metric.matches_series(label) for metric in wanted)]
    if len(labels) != len(recording.series):
        reason = f"{len(recording.series)} series counted, {len(labels)} named"
        results = [NotMeasured(result.metric, reason) for result in results]
    return results


def parts(metric: Metric, labels: Sequence[str], run: str, recording: Recording) -> list[tuple[str, int]]:
    """What a maximum is taken over: its value in each series of a run, in what follows them, and in the boot."""
    found = recording.masked if metric.counted is Counted.MASKED else recording.stack
    names = {**dict(enumerate(labels)), plugin.OF_BOOT: "boot"}
    return [(f"{names.get(index, 'end')} in {run}", value) for index, value in found.items()]


def unconfirmed(labels: Sequence[str], run: str, recording: Recording, ticks: Mapping[int, int]) -> list[str]:
    """The series of a run that its clock denies; where somebody slept, the clock may be ahead."""
    reasons = ((series, clock.disagreement(series, ticks)) for series in recording.series if series.index < len(labels))
    return [f"{labels[series.index]} in {run}: {reason}" for series, reason in reasons
            if reason and not clock.jumped(series, ticks)]


def maximum(metric: Metric, over: Iterable[tuple[str, int]], denied: Sequence[str] = ()) -> Result:
    ordered = tuple(sorted(over, key=lambda part: (-part[1], part[0])))
    if denied:
        return NotMeasured(metric.name, denied[0])
    if not ordered:
        return NotMeasured(metric.name, "nothing was counted")
    return Measurement(metric.name, None, Exact(ordered[0][1], metric.unit), None, parts=ordered)
