# SPDX-License-Identifier: Apache-2.0
"""Each relation is kept by numbers as they should be, and broken by one that is not; who breaks one is not measured."""
from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench import bench, compare, measure, sanity, sweep
from bench.baseline import Verdict
from bench.check import code_of
from bench import baseline
from bench.counts import Counts
from bench.measure import Exact, Measurement, NotMeasured
from testsuite.made_up import HEADER, TABLE, of, outcome, probed, row, series, touched, view
from tool import strategy
from tool.exitcodes import Exit

NULL = of(plain=10, load=3, branch=2, entry=1, eret=1)


def measured(name: str, counts: Counts | None, value: int | None = None) -> Measurement:
    owner = name.rpartition(".")[2]
    amount = value if value is not None else counts.total if counts else 0
    return Measurement(name, owner if owner in strategy.VARIANTS else None, Exact(amount, "instructions"), counts)


def as_they_should_be() -> dict[str, Measurement]:
    """One of each family, on made-up counts that keep every relation."""
    found = [measured("hypercall.null", NULL), measured("region.add_remove", of(mpu=3, isb=2, dsb=2, plain=2)),
             measured("view.mask", of(mpu=1, isb=1, load=1))]
    found += [measured(f"overhead.nops.{k}", None, k) for k in (1, 4, 16)]
    found += [measured(f"view.switch.{n}", view(n)) for n in range(1, 12)]
    for name in ("window", "switch"):
        found += [measured(f"access.touch.{k}.{name}", touched(k, name)) for k in range(1, 17)]
    for name in ("background", "mask"):
        found += [measured(f"access.touch.{k}.{name}", of(plain=5 * k, isb=2, mpu=0 if name == "background" else 2))
                  for k in range(1, 17)]
    found += [measured(f"access.touch.{k}.auto", of(plain=5 * k, mpu=3 if k == 1 else 13)) for k in range(1, 17)]
    for n in range(2, 9):
        found += [measured(f"access.beside.{n}.window", touched(1, "window")), measured(f"access.beside.{n}.switch", view(n))]
    for more, what in enumerate(("masked", "one_page", "two_pages")):
        found.append(measured(f"evtchn.send.peer.{what}.window", NULL + of(plain=20 + more)))
    for name in ("balloon.out_in", "foreign.map_unmap", "foreign.map_unmap_single"):
        found += [measured(f"{name}.{k}", of(plain=300 + 100 * k)) for k in (1, 2, 4, 8, 16)]
    return {result.metric: result for result in found}


def test_numbers_as_they_should_be_break_nothing() -> None:
    assert sanity.findings(as_they_should_be().values()) == {}


BREAKS = {
    "empty round": ("overhead.nops.4", None, 5),
    "larger view": ("view.switch.8", view(7), None),
    "slope of a view": ("view.switch.8", view(8) + of(plain=1), None),
    "mask": ("view.mask", of(mpu=2, isb=1), None),
    "pages": ("access.touch.9.switch", touched(9, "switch") + of(plain=1), None),
    "more pages": ("access.touch.9.window", touched(8, "window"), None),
    "window": ("access.touch.9.window", touched(9, "window") + of(mpu=1), None),
    "window and view": ("access.beside.5.window", touched(1, "window") + of(mpu=2), None),
    "switch and view": ("access.beside.5.switch", view(4), None),
    "parts": ("access.beside.5.switch", view(5) + of(plain=1), None),
    "registers": ("access.touch.9.mask", of(plain=45, isb=2, mpu=3), None),
    "no registers": ("hypercall.null", NULL + of(mpu=1), None),
    "send": ("evtchn.send.peer.one_page.window", NULL + of(plain=30), None),
    "null hypercall": ("evtchn.send.peer.masked.window", of(plain=3), None),
    "balloon": ("balloon.out_in.8", of(plain=300), None),
    "foreign map": ("foreign.map_unmap.8", of(plain=300), None),
    "foreign map, single": ("foreign.map_unmap_single.8", of(plain=300), None)}


def test_every_relation_has_a_number_that_breaks_it() -> None:
    assert set(BREAKS) == {relation.name for relation in sanity.RELATIONS}
    assert len({relation.name for relation in sanity.RELATIONS}) == len(sanity.RELATIONS)


@pytest.mark.parametrize("name", BREAKS)
def test_a_number_that_breaks_it_is_named_with_values_and_rule(name: str) -> None:
    metric, counts, value = BREAKS[name]
    relation = next(one for one in sanity.RELATIONS if one.name == name)
    values = as_they_should_be()
    assert sanity.findings(values.values(), [relation]) == {}
    wrong = sanity.findings((values | {metric: measured(metric, counts, value)}).values(), [relation])
    assert metric in wrong
    said = wrong[metric]
    assert said.startswith(f"sanity, {name}: ") and relation.rule in said and f"{metric} = " in said


def test_a_strategy_that_bends_may_bend_once() -> None:
    values = as_they_should_be()
    twice = values | {"access.touch.9.auto": measured("access.touch.9.auto", of(plain=45, mpu=20))}
    assert "access.touch.9.auto" in sanity.findings(twice.values())
    bent = values | {"access.touch.1.window": measured("access.touch.1.window", of(plain=1, mpu=3))}
    assert sanity.findings(bent.values()) != {}                  # nobody else may


def test_who_breaks_a_relation_is_not_measured_and_fails_bench_and_check() -> None:
    values = as_they_should_be() | {"view.mask": measured("view.mask", of(mpu=2, isb=1))}
    judged = {result.metric: result for result in sanity.judged(list(values.values()))}
    assert isinstance(judged["view.mask"], NotMeasured) and "view.mask = 3 (2 MPU writes)" in judged["view.mask"].reason
    assert isinstance(judged["hypercall.null"], Measurement) and len(judged) == len(values)
    old = baseline.Baseline(HEADER, {"view.mask": baseline.Entry("view.mask", Exact(3, "instructions"), baseline.Gate.EXACT, None)})
    change = baseline.compare(old, [judged["view.mask"]])[0]
    assert change.verdict is Verdict.NOT_MEASURED and code_of([change]) is Exit.NOT_MEASURED


def test_bench_asks_for_the_relations(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = measured("view.mask", of(mpu=2, isb=1))
    monkeypatch.setattr(bench, "session", SimpleNamespace(
        run_all=lambda *_: [], jobs_for=lambda *_: [], results=lambda *_: [broken]))
    assert [type(result) for result in bench.measure_glob(None, TABLE, [], "*")] == [NotMeasured]  # type: ignore[arg-type]


def test_compare_leaves_out_what_breaks_a_relation_and_says_so() -> None:
    rows = {f"view.switch.{n}": probed(f"view.switch.{n}", view(n) if n != 8 else view(7)) for n in range(1, 12)}
    data = sweep.build([outcome("view.switch", "window", rows)], TABLE, list(strategy.VARIANTS), compare.OPERATIONS)
    assert [point.x for point in data.view if point.x in (7, 8)] == []
    assert any(result.metric == "view.switch.8" and "costs more" in result.reason for result in data.missing)


# ---- a bench that measures nothing

@pytest.mark.parametrize("rounds, labels, reason", [
    (row(Counts()), ("hypercall.null",), "nothing was counted"),
    (None, ("hypercall.null",), "12 rounds instead of 1004"),
    (row(NULL), (), "1 series counted, 0 named")])
def test_a_bench_that_measures_nothing_is_not_measured_in_compare(rounds: object, labels: tuple[str, ...], reason: str) -> None:
    whole = outcome("hypercall.null", "window", {"hypercall.null": row(NULL)})
    assert whole.recording is not None
    one = series(rounds) if rounds is not None else replace(  # type: ignore[arg-type]
        series(row(NULL)), rounds=12, low=None, high=None)
    broken = replace(whole, labels=labels, recording=replace(whole.recording, series=(one,)))
    data = sweep.build([broken], TABLE, list(strategy.VARIANTS), compare.OPERATIONS)
    assert data.cell("hypercall.null", "window") is None
    assert any(reason in result.reason for result in data.missing)


def test_a_bench_without_a_series_is_not_measured() -> None:
    empty = measure.of_recording([row_ for row_ in TABLE if row_.bench == "hypercall.null"], (), "window",
                                 SimpleNamespace(boot=None, series=(), masked={}))  # type: ignore[arg-type]
    assert empty and all(isinstance(result, NotMeasured) for result in empty)
