# SPDX-License-Identifier: Apache-2.0
"""Where the instructions of a metric are: by function and class, and what moved between two profiles. Pure."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bench.counts import CLASSES, Bins, Counts, Lines
from bench.functions import Chain, Functions
from bench.metrics import Counted, Metric


@dataclass(frozen=True)
class Profile:
    metric: str
    functions: Mapping[str, Counts]          # by the innermost function
    chains: Mapping[Chain, Counts] = field(default_factory=dict)   # by all of it, outermost first
    files: Mapping[str, str] = field(default_factory=dict)         # where an innermost function is declared, if told

    @property
    def total(self) -> Counts:
        return sum(self.functions.values(), Counts())


def fold(metric: str, lines: Lines, functions: Functions) -> Profile:
    chains: dict[Chain, Counts] = {}
    for address, counts in lines.items():
        chain = functions.chain(address)
        chains[chain] = chains.get(chain, Counts()) + counts
    innermost: dict[str, Counts] = {}
    for chain, counts in chains.items():
        innermost[chain[-1]] = innermost.get(chain[-1], Counts()) + counts
    files = {name: file for name in innermost if (file := functions.files.get(name))}
    return Profile(metric, innermost, chains, files)


def lines_of(metric: Metric, bins: Bins) -> Lines:
    """What the metric counts of a round (bench/measure.py `select`); of A-metrics the hypervisor's part."""
    windows = [f"window {name}" for name in metric.windows]
    if metric.counted is Counted.PROBES:
        return _sum(bins.get(name, {}) for name in windows)
    if metric.counted is Counted.IRQ_EPISODE:
        return bins.get("irq", {})
    if metric.counted is Counted.BOTH_CPUS:
        return _sum(bins.get(name, {}) for name in ("hyp", "remote"))
    left = dict(bins.get("hyp", {}))
    if metric.counted in (Counted.EPISODE, Counted.BOOT):
        for address, counts in _sum(bins.get(name, {}) for name in windows).items():
            left[address] = left.get(address, Counts()) - counts
    return {address: counts for address, counts in left.items() if counts != Counts()}


def _sum(parts: Iterable[Lines]) -> dict[int, Counts]:
    found: dict[int, Counts] = {}
    for part in parts:
        for address, counts in part.items():
            found[address] = found.get(address, Counts()) + counts
    return found


def by_size(profile: Profile) -> list[tuple[str, Counts]]:
    return sorted(profile.functions.items(), key=lambda item: (-item[1].total, item[0]))


def class_mix(counts: Counts) -> str:
    """`12 plain, 3 load`; what is not there is not named."""
    return ", ".join(f"{n} {name}" for name, n in zip(CLASSES, counts.classes) if n)


def _moved(counts: Counts) -> str:
    return ", ".join(f"{n:+} {name}" for name, n in zip(CLASSES, counts.classes) if n)


def explain(before: Profile, after: Profile) -> list[str]:
    """One line for each function whose classes moved, the largest movement first."""
    moved: list[tuple[str, str, Counts]] = []
    for name in before.functions.keys() | after.functions.keys():
        old, new = before.functions.get(name), after.functions.get(name)
        change = (new or Counts()) - (old or Counts())
        if any(change.classes):
            moved.append((name, " (new)" if old is None else " (gone)" if new is None else "", change))
    moved.sort(key=lambda item: (-abs(item[2].total), -sum(map(abs, item[2].classes)), item[0]))
    return [f"{change.total:+}  {_place(name, before, after)}{kind}: {_moved(change)}" for name, kind, change in moved]


def _place(name: str, *profiles: Profile) -> str:
    """The function and its file: of what is compiled once per strategy the reader knows the file."""
    file = next((found for profile in profiles if (found := profile.files.get(name))), "")
    return f"{name} ({file})" if file else name


def as_json(profile: Profile) -> list[dict[str, object]]:
    return [{"function": name, **counts.table()} for name, counts in by_size(profile)]
