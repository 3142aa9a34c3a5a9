# SPDX-License-Identifier: Apache-2.0
"""`./fencepost check --bisect METRIC GOOD BAD`: the commit at which a metric changed. The search is pure."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench import image, why
from bench.baseline import Change, Verdict
from bench.measure import NotMeasured
from bench.metrics import row_of
from bench.revision import Commit, Repository
from bench.sides import Meter, Side
from tool.exitcodes import BuildFailed, Exit, Stop, UsageError


@dataclass(frozen=True)
class Seen:
    """What a commit showed."""
    commit: Commit
    value: int | None          # None: skipped
    note: str = ""             # why it was skipped, or why it was not measured again


@dataclass(frozen=True)
class Found:
    """The change lies between `before` and the first of `suspects`; more than one where skipped commits lie there."""
    before: Seen
    suspects: tuple[Commit, ...]
    after: Seen                # the first that is known to differ: the last suspect
    bad: Seen
    seen: tuple[Seen, ...]     # in the order of looking

    @property
    def commit(self) -> Commit | None:
        return self.suspects[0] if len(self.suspects) == 1 else None


def search(good: Seen, commits: Sequence[Commit], bad: Seen, look: Callable[[Commit], Seen]) -> Found:
    """
    `commits` lead from good, exclusive, to bad, inclusive. Whatever is not good's value is bad, so where a metric changed
    more than once, one of the changes is found. What cannot be measured is skipped, its nearest neighbours are tried.
    """
    low, high = -1, len(commits) - 1      # good, and bad
    known = {low: good, high: bad}
    seen = [good, bad]
    while open_ := [index for index in range(low + 1, high) if index not in known]:
        middle = min(open_, key=lambda index: abs(2 * index - low - high))
        known[middle] = look(commits[middle])
        seen.append(known[middle])
        if known[middle].value == good.value:
            low = middle
        elif known[middle].value is not None:
            high = middle
    return Found(known[low], tuple(commits[low + 1:high + 1]), known[high], bad, tuple(seen))


@dataclass(frozen=True)
class Answer:
    metric: str
    found: Found
    reasons: tuple[str, ...]

    @property
    def code(self) -> Exit:
        return Exit.FINE if self.found.commit else Exit.NOT_MEASURED

    def text(self) -> str:
        found, skipped = self.found, [one for one in self.found.seen if one.value is None]
        moved = f"{found.before.value} → {found.after.value} ({_delta(found):+})"
        lines = [f"skipped: {one.commit}: {one.note}" for one in skipped]
        if found.commit:
            lines.append(f"{self.metric} {moved} by {found.commit}")
        else:
            lines.append(f"{self.metric} {moved} by one of these, those before the last cannot be measured:")
            lines += [f"  {commit}" for commit in found.suspects]
        lines += [f"    {line}" for line in self.reasons]
        if found.after.value != found.bad.value:
            lines.append(f"it changes again later: {found.bad.value} at {found.bad.commit}; "
                         f"--bisect {self.metric} {found.after.commit.id[:10]} {found.bad.commit.id[:10]} finds where")
        return "\n".join(lines)

    def table(self, board: str) -> dict[str, Any]:
        found = self.found
        seen = [{"commit": one.commit.id, "subject": one.commit.subject, "value": one.value, "note": one.note}
                for one in found.seen]
        return {"schema": 1, "mode": "bisect", "board": board, "metric": self.metric, "exit": int(self.code),
                "before": found.before.value, "after": found.after.value, "bad": found.bad.value,
                "suspects": [{"commit": commit.id, "subject": commit.subject} for commit in found.suspects],
                "seen": seen, "reasons": list(self.reasons)}


def _delta(found: Found) -> int:
    assert found.before.value is not None and found.after.value is not None
    return found.after.value - found.before.value


class Looker:
    """Builds and measures commits for one metric; what was seen under other commits is not looked at again."""

    def __init__(self, meter: Meter, repository: Repository, metric: str) -> None:
        self._meter, self._repository, self._metric = meter, repository, metric
        self._seen: dict[str, Seen] = {}     # by sources

    def __call__(self, commit: Commit) -> Seen:
        sources = self._repository.sources(commit)
        if sources in self._seen:
            same = self._seen[sources]
            seen = replace(same, commit=commit, note=same.note or f"the sources of {same.commit}")
        else:
            seen = self._seen[sources] = self._look(commit)
        self._meter.progress(f"bisect: {commit}: {'skipped' if seen.value is None else seen.value}"
                             + (f" ({seen.note})" if seen.note else ""))
        return seen

    def _look(self, commit: Commit) -> Seen:
        try:
            opened = self._meter.open(Side(commit))
        except BuildFailed as failed:
            return Seen(commit, None, f"it does not build: {str(failed).partition(chr(10))[0]}")
        except UsageError as refused:
            return Seen(commit, None, str(refused).partition("\n")[0])
        results, again = self._meter.some(opened, {self._metric: ""})
        result = results[self._metric]
        if isinstance(result, NotMeasured):
            return Seen(commit, None, f"not measured: {result.reason.partition(chr(10))[0]}")
        return Seen(commit, result.value.value, "the same image: not run again" if again else "")


def run(meter: Meter, repository: Repository, metric: str, good: Commit, bad: Commit) -> Answer:
    """Raises UsageError where there is nothing to find, Stop where an end cannot be measured."""
    if row_of(metric, meter.table) is None:
        raise UsageError(f"no metric {metric}; bench/METRICS.md lists them")
    commits = repository.first_parents(good, bad)
    look = Looker(meter, repository, metric)
    ends = [look(good), look(bad)]
    for end in ends:
        if end.value is None:
            raise Stop(f"{metric} has no value at {end.commit}: {end.note}", Exit.NOT_MEASURED)
    if ends[0].value == ends[1].value:
        raise UsageError(f"{metric} is {ends[0].value} at both ends: nothing to find")
    meter.progress(f"bisect: {ends[0].value} at {good}, {ends[1].value} at {bad}, {len(commits)} commits")
    found = search(ends[0], commits, ends[1], look)
    return Answer(metric, found, _reasons(meter, metric, found))


def _reasons(meter: Meter, metric: str, found: Found) -> tuple[str, ...]:
    sides = [meter.open(Side(seen.commit), profile=True) for seen in (found.before, found.after)]
    before, after = (meter.some(opened, {metric: ""})[0] for opened in sides)
    moved = why.Measured(str(found.before.commit), before, after, image.grown(*(opened.hypervisor for opened in sides)))
    return tuple(why.reason(Change(metric, Verdict.MOVED), moved))
