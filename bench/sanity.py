# SPDX-License-Identifier: Apache-2.0
"""
Relations that measurements must keep whatever the code: a larger view costs more, a window does not depend on the
view beside it. A number that breaks one is not measured, however often it repeats. A table, and its evaluation. Pure.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.counts import Counts
from bench.measure import Measurement, NotMeasured, Result
from bench.metrics import natural

Values = Mapping[str, Measurement]
Group = tuple[str, ...]                   # metrics that do not go together


@dataclass(frozen=True)
class Relation:
    name: str
    rule: str                             # in words, for whoever reads why a number is refused
    broken: Callable[[Values], Iterator[Group]]


def family(values: Values, pattern: str) -> list[tuple[int, Measurement]]:
    """What `pattern`, with N for the number, names: by number."""
    form = re.compile(re.escape(pattern).replace("N", r"(\d+)"))
    found = ((form.fullmatch(name), result) for name, result in values.items())
    return sorted(((int(match[1]), result) for match, result in found if match), key=lambda pair: pair[0])


def families(values: Values, pattern: str) -> list[list[tuple[int, Measurement]]]:
    """One family for each strategy, S in the pattern."""
    form = re.compile(re.escape(pattern).replace("N", r"\d+").replace("S", r"([a-z-]+)"))
    names = sorted({match[1] for name in values if (match := form.fullmatch(name))})
    return [family(values, pattern.replace("S", name)) for name in names]


def _pairs(members: Sequence[tuple[int, Measurement]]) -> Iterator[tuple[tuple[int, Measurement], tuple[int, Measurement]]]:
    return zip(members, members[1:])


def _rises(pattern: str) -> Callable[[Values], Iterator[Group]]:
    """Strictly, from each size to the next."""
    def broken(values: Values) -> Iterator[Group]:
        for members in families(values, pattern) if "S" in pattern else [family(values, pattern)]:
            for (_, a), (_, b) in _pairs(members):
                if not a.value.value < b.value.value:
                    yield a.metric, b.metric
    return broken


def _steps(members: Sequence[tuple[int, Measurement]]) -> list[tuple[Measurement, Measurement, Counts]]:
    """What one more costs, by class, between sizes that differ by one."""
    return [(a, b, b.counts - a.counts) for (x, a), (y, b) in _pairs(members)
            if y == x + 1 and a.counts is not None and b.counts is not None]


def _linear(pattern: str, bends_once: Sequence[str] = ()) -> Callable[[Values], Iterator[Group]]:
    """The same step from each size to the next, in every class; a strategy that changes its way once may do so at once."""
    def broken(values: Values) -> Iterator[Group]:
        for members in families(values, pattern):
            steps = _steps(members)
            if members and members[0][1].strategy in bends_once:
                steps = steps[1:]
            for (_, _, first), (a, b, step) in zip(steps, steps[1:]):
                if step != first:
                    yield a.metric, b.metric
    return broken


def _of(result: Measurement, name: str) -> int:
    return result.counts.of(name) if result.counts else 0


def _view_slope(values: Values) -> Iterator[Group]:
    for a, b, step in _steps(family(values, "view.switch.N")):
        loads = step.of("load")
        if step.of("mpu") != 2 or loads not in (0, 1) or step.total != 2 + loads:
            yield a.metric, b.metric


def _same_writes(pattern: str, strategies: Sequence[str]) -> Callable[[Values], Iterator[Group]]:
    def broken(values: Values) -> Iterator[Group]:
        for name in strategies:
            for (_, a), (_, b) in _pairs(family(values, pattern.replace("S", name))):
                if _of(a, "mpu") != _of(b, "mpu"):
                    yield a.metric, b.metric
    return broken


def _same(pattern: str, strategies: Sequence[str]) -> Callable[[Values], Iterator[Group]]:
    def broken(values: Values) -> Iterator[Group]:
        for name in strategies:
            for (_, a), (_, b) in _pairs(family(values, pattern.replace("S", name))):
                if a.value != b.value or a.counts != b.counts:
                    yield a.metric, b.metric
    return broken


def _one_region_each(values: Values) -> Iterator[Group]:
    region = values.get("region.add_remove")
    for pages, touched in family(values, "access.touch.N.window"):
        if region and _of(touched, "mpu") != pages * _of(region, "mpu"):
            yield touched.metric, region.metric


def _parts(values: Values) -> Iterator[Group]:
    """One slot more costs `switch` what it costs the bare load of a view: then parts may be put together."""
    bare = {b.metric.rpartition(".")[2]: step for _, b, step in _steps(family(values, "view.switch.N"))}
    for _, b, step in _steps(family(values, "access.beside.N.switch")):
        if (alone := bare.get(b.metric.split(".")[2])) is not None and step != alone:
            yield b.metric, f"view.switch.{b.metric.split('.')[2]}"


def _mask(values: Values) -> Iterator[Group]:
    mask = values.get("view.mask")
    if mask and (_of(mask, "mpu") != 1 or mask.counts is None or mask.counts.barriers != 1):
        yield (mask.metric,)


def _no_writes(values: Values) -> Iterator[Group]:
    for name, result in values.items():
        quiet = name == "hypercall.null" or re.fullmatch(r"access\.touch\.\d+\.(background|background-always)", name)
        if quiet and _of(result, "mpu"):
            yield (name,)


def _ordered(names: Sequence[str]) -> Callable[[Values], Iterator[Group]]:
    """For each strategy: what does more costs no less."""
    def broken(values: Values) -> Iterator[Group]:
        for name in sorted({metric.rpartition(".")[2] for metric in values if metric.startswith(names[-1])}):
            found = [values[full] for base in names if (full := f"{base}.{name}") in values]
            for a, b in zip(found, found[1:]):
                if a.value.value > b.value.value:
                    yield a.metric, b.metric
    return broken


def _dearer_than_null(values: Values) -> Iterator[Group]:
    null = values.get("hypercall.null")
    for name, result in values.items():
        if null and name.startswith("evtchn.send.") and not name.endswith(".cold") and result.value.value <= null.value.value:
            yield name, null.metric


def _overhead(values: Values) -> Iterator[Group]:
    for number, result in family(values, "overhead.nops.N"):
        if result.value.value != number:
            yield (result.metric,)


MASKING = ("switch", "switch-entry", "mask", "background", "background-always")
BESIDE = ("window", "window-domain", "auto", "mask", "background", "background-always", "shared")
RELATIONS = (
    Relation("empty round", "k NOPs between the marks of a round count as k: a round without anything counts as 0",
             _overhead),
    Relation("larger view", "switching a view of more slots costs more", _rises("view.switch.N")),
    Relation("slope of a view", "each slot more is two MPU writes, and one load where a group of slots begins; nothing "
             "else grows", _view_slope),
    Relation("mask", "a mask switch is one MPU write and one barrier", _mask),
    Relation("pages", "each page more costs the same as the one before, in every class",
             _linear("access.touch.N.S", bends_once=("auto",))),
    Relation("more pages", "touching more pages costs more", _rises("access.touch.N.S")),
    Relation("window", "a window writes the registers of one region for each page, and nothing of the view beside it",
             _one_region_each),
    Relation("window and view", "a window, a mask or the default map costs the same whatever the slots of the caller's "
             "view", _same("access.beside.N.S", BESIDE)),
    Relation("switch and view", "a switch costs more with every slot of the caller's view", _rises("access.beside.N.switch")),
    Relation("parts", "a slot more of the caller's view costs a switch exactly what it costs the bare load of a view", _parts),
    Relation("registers", "whoever changes the whole view writes the same registers for any number of pages",
             _same_writes("access.touch.N.S", MASKING)),
    Relation("no registers", "a null hypercall and the default map write no MPU register", _no_writes),
    Relation("send", "a send that reaches more costs no less: masked, one page, two pages",
             _ordered(("evtchn.send.peer.masked", "evtchn.send.peer.one_page", "evtchn.send.peer.two_pages"))),
    Relation("null hypercall", "a send costs more than a hypercall that does nothing", _dearer_than_null),
    Relation("balloon", "more pages cost more", _rises("balloon.out_in.N")),
    Relation("foreign map", "more pages cost more", _rises("foreign.map_unmap.N")),
    Relation("foreign map, single", "more pages cost more", _rises("foreign.map_unmap_single.N")),
)


def _shown(result: Measurement) -> str:
    classes = f" ({_of(result, 'mpu')} MPU writes)" if result.counts else ""
    return f"{result.metric} = {result.value.value}{classes}"


def findings(results: Iterable[Result], relations: Sequence[Relation] = RELATIONS) -> dict[str, str]:
    """Metric -> why it cannot be right: the values and the rule."""
    values = {result.metric: result for result in results if isinstance(result, Measurement)}
    found: dict[str, str] = {}
    for relation in relations:
        for group in relation.broken(values):
            said = f"sanity, {relation.name}: {', '.join(_shown(values[name]) for name in group)}; {relation.rule}"
            for name in group:
                found.setdefault(name, said)
    return found


def judged(results: Sequence[Result], relations: Sequence[Relation] = RELATIONS) -> list[Result]:
    """The same results, those that break a relation not measured."""
    wrong = findings(results, relations)
    kept = [NotMeasured(result.metric, wrong[result.metric]) if result.metric in wrong else result for result in results]
    return sorted(kept, key=lambda result: natural(result.metric))
