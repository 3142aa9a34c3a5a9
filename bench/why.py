# SPDX-License-Identifier: Apache-2.0
"""Why metrics moved: by function and class of instruction, those that moved for the same reason together. Pure."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench import profile
from bench.baseline import Change
from bench.measure import Measurement, NotMeasured, Result

_INDENT = " " * 14
_MOST = 12        # lines of one reason; a rewrite moves every function


@dataclass(frozen=True)
class Group:
    """Metrics that moved, and the lines that say why."""
    metrics: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """The metrics that moved, measured again on both sides, and where the bytes of the image went."""
    base: str                          # name of the side before
    before: Mapping[str, Result]
    after: Mapping[str, Result]
    bytes: Sequence[str] = ()


def reason(change: Change, sides: Measured) -> list[str]:
    """Of one metric."""
    before, after, base = sides.before.get(change.metric), sides.after.get(change.metric), sides.base
    if not isinstance(before, Measurement) or not isinstance(after, Measurement):
        missing = before if not isinstance(before, Measurement) else after
        why = missing.reason if isinstance(missing, NotMeasured) else "it was not measured again"
        return [f"not known: {'' if missing is after else f'at {base}: '}{why}"]
    found = list(sides.bytes) if after.value.unit == "bytes" else _moved(before, after)
    if change.old and before.value != change.old:
        found.append(f"at {base} it is {before.value.value}, not {change.old.value}: the baseline is not that commit's")
    if change.new and after.value != change.new:
        found.append(f"measured again it is {after.value.value}, not {change.new.value}: the sources changed meanwhile")
    return found


def _moved(before: Measurement, after: Measurement) -> list[str]:
    if before.profile and after.profile:
        found = [_every_strategy(line, after.strategy) for line in profile.explain(before.profile, after.profile)]
        left = after.value.minus(before.value) - (after.profile.total - before.profile.total).total
        return found + ([f"{left:+}  outside the hypervisor"] if left else [])
    if before.parts and after.parts:
        (old, was), (new, now) = before.parts[0], after.parts[0]
        return [f"{now - was:+}  {new}" + ("" if old == new else f"; before it was {old}")] if (old, was) != (new, now) else []
    return []


def _every_strategy(line: str, strategy: str | None) -> str:
    """A function of a header that is compiled once per strategy is one reason, whatever the strategy."""
    return re.sub(rf"_{strategy.partition('-')[0]}(?= \(\w+\.h\))", "_<s>", line) if strategy else line


def groups(changes: Sequence[Change], sides: Measured) -> list[Group]:
    """In the order of the first metric of each."""
    found: dict[tuple[str, ...], list[str]] = {}
    for change in changes:
        lines = tuple(reason(change, sides))
        found.setdefault(lines, []).append(change.metric)
    return [Group(tuple(metrics), lines) for lines, metrics in found.items()]


def text(changes: Sequence[Change], found: Sequence[Group]) -> list[str]:
    """The changes' lines, those with a reason before the lines of it."""
    lines: list[str] = []
    explained = {metric for group in found for metric in group.metrics}
    by_name = {change.metric: change for change in changes}
    lines += [change.line() for change in changes if change.metric not in explained]
    for group in found:
        lines += [by_name[metric].line() for metric in group.metrics]
        lines += [_INDENT + line for line in group.lines[:_MOST]]
        if len(group.lines) > _MOST:
            lines.append(f"{_INDENT}… and {len(group.lines) - _MOST} functions more")
    return lines
