# SPDX-License-Identifier: Apache-2.0
"""
What became of each metric from commit to commit: new, changed, renamed, gone, and where two values stand under
different tools and so cannot be compared. Built from the baselines of the commits, oldest first; pure.
"""
from __future__ import annotations

import enum
import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from bench.baseline import Baseline, Entry
from bench.measure import Exact
from bench.metrics import natural

UNCOMMITTED = "uncommitted"


@dataclass(frozen=True)
class Commit:
    id: str               # UNCOMMITTED: the file as it lies in the checkout
    date: str             # ISO 8601
    subject: str

    @property
    def short(self) -> str:
        return self.id if self.id == UNCOMMITTED else self.id[:8]


@dataclass(frozen=True)
class State:
    """The baseline as a commit left it. Without one: the file is gone, or `problem` says why it cannot be read."""
    commit: Commit
    baseline: Baseline | None
    problem: str = ""


class Event(enum.Enum):
    FIRST = "as it was"          # where what is looked at begins; it is older
    NEW = "new"
    CHANGED = "changed"
    RENAMED = "renamed"
    OTHER_TOOLS = "other tools"  # not comparable with the value before
    GONE = "gone"


@dataclass(frozen=True)
class Step:
    """One metric at one commit that did something to it."""
    state: int                   # index into the states
    name: str
    event: Event
    value: Exact | None          # None: gone
    delta: int | None            # None: nothing it may be compared with
    note: str = ""


@dataclass
class Series:
    """One metric under all its names, newest last."""
    names: list[str]
    steps: list[Step] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.names[-1]

    def values(self, states: int) -> list[int | None]:
        """The value after each of so many states; None where there is none."""
        found: list[int | None] = []
        steps = {step.state: step for step in self.steps}
        now: int | None = None
        for index in range(states):
            if index in steps:
                value = steps[index].value
                now = value.value if value else None
            found.append(now)
        return found


def _likeness(a: str, b: str) -> int:
    return len(set(a.split(".")) & set(b.split(".")))


def renames(gone: Mapping[str, Entry], new: Mapping[str, Entry]) -> dict[str, str]:
    """
    New name -> old name, for metrics that left and came in one commit with the same value, unit and gate and share a
    part of their names. Where two are equally alike there is no telling, and nothing is guessed.
    """
    def key(entry: Entry) -> tuple[object, ...]:
        return entry.value, entry.gate, entry.limit

    pairs = [(likeness, after, before) for after, to in new.items() for before, was in gone.items()
             if key(to) == key(was) and (likeness := _likeness(after, before))]
    found: dict[str, str] = {}
    for likeness, after, before in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        rivals = [pair for pair in pairs if pair[0] >= likeness and (pair[1] == after) != (pair[2] == before)
                  and pair[1] not in found and pair[2] not in found.values()]
        if after not in found and before not in found.values() and not rivals:
            found[after] = before
    return found


def build(states: Sequence[State], from_the_start: bool = True) -> list[Series]:
    """
    Every metric of every state. A state that cannot be read says nothing: the next one is compared with the last that
    can. Not from the start: what the first state has is older than it.
    """
    every: list[Series] = []
    current: dict[str, Series] = {}
    before: Baseline | None = None
    for index, state in enumerate(states):
        if state.problem:
            continue
        if before is not None:
            _leave(current, before, state.baseline, index)
        if state.baseline is not None:
            _arrive(every, current, Event.NEW if index or from_the_start else Event.FIRST, state.baseline, index)
            _move(current, before, state.baseline, index)
            before = state.baseline
    return every


def _leave(current: dict[str, Series], before: Baseline, after: Baseline | None, index: int) -> None:
    """Metrics that are not there any more: under a new name, or gone."""
    there = after.entries if after else {}
    gone = {name: before.entries[name] for name in current if name not in there}
    new = {name: entry for name, entry in there.items() if name not in before.entries}
    for name, old in renames(gone, new).items():
        series = current[name] = current.pop(old)
        series.names.append(name)
        series.steps.append(Step(index, name, Event.RENAMED, new[name].value, 0, f"was {old}"))
        del gone[old]
    for name in gone:
        current.pop(name).steps.append(Step(index, name, Event.GONE, None, None))


def _arrive(every: list[Series], current: dict[str, Series], event: Event, after: Baseline, index: int) -> None:
    """Metrics that were not there; one that was gone goes on with its own past."""
    going = {id(series) for series in current.values()}
    past = {series.name: series for series in every if id(series) not in going}
    for name in after.entries.keys() - current.keys():
        if name not in past:
            every.append(Series([name]))
        series = current[name] = past.get(name) or every[-1]
        series.steps.append(Step(index, name, event, after.entries[name].value, None))


def _move(current: dict[str, Series], before: Baseline | None, after: Baseline, index: int) -> None:
    """Metrics that were there: another value, or the same under other tools."""
    if before is None:
        return
    other_tools = "; ".join(_tools(before, after))
    for name in before.entries.keys() & after.entries.keys():
        old, new, steps = before.entries[name].value, after.entries[name].value, current[name].steps
        if steps[-1].state == index:
            continue                                       # it was gone meanwhile
        if other_tools:
            steps.append(Step(index, name, Event.OTHER_TOOLS, new, None, other_tools))
        elif old.unit != new.unit:
            steps.append(Step(index, name, Event.CHANGED, new, None, f"unit: {old.unit} → {new.unit}"))
        elif old != new:
            steps.append(Step(index, name, Event.CHANGED, new, new.minus(old)))


def _tools(before: Baseline, after: Baseline) -> Iterator[str]:
    old, new = asdict(before.header), asdict(after.header)
    for key in new:
        if old.get(key) != new[key]:
            yield f"{key} {old.get(key)} → {new[key]}"


def chosen(series: Iterable[Series], patterns: Sequence[str]) -> list[Series]:
    """Those with a name, old or new, that one of the patterns matches."""
    found = [one for one in series if any(fnmatch.fnmatchcase(name, pattern) for name in one.names for pattern in patterns)]
    return sorted(found, key=lambda one: natural(one.name))


def tool_changes(states: Sequence[State]) -> list[tuple[int, str]]:
    """(state, what changed) wherever values are not comparable with those before."""
    found: list[tuple[int, str]] = []
    before: Baseline | None = None
    for index, state in enumerate(states):
        if state.baseline is None:
            continue
        if before is not None and (words := "; ".join(_tools(before, state.baseline))):
            found.append((index, words))
        before = state.baseline
    return found
