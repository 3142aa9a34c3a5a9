# SPDX-License-Identifier: Apache-2.0
"""The bench clock against the counter, without a machine: what it confirms, and that it refuses the rest."""
from __future__ import annotations

from dataclasses import replace

import pytest

from bench import clock, counts, measure
from bench.clock import STAMP_OVERHEAD
from bench.measure import Measurement, NotMeasured
from testsuite.made_up import SEND, row, row_named, series

SERIES = replace(series(row(SEND)), aborts=1004)
TICKS = SERIES.all - 1004 + 1004 * STAMP_OVERHEAD


def test_what_a_trap_cuts_off_is_ticks_only() -> None:
    assert clock.disagreement(replace(SERIES, cut=3), {0: TICKS + 3}) is None


def test_stamps_of_several_domains_are_one_sum() -> None:
    notes = ["series a", "clock 0 4000000000 5", "clock 1 10 40", "clock 0 5 4000001000", "clock 0 x 1", "the clock 0 1 2"]
    assert clock.told(notes) == {0: 1000, 1: 30}


def test_an_aborted_access_is_no_tick() -> None:
    assert clock.disagreement(SERIES, {0: TICKS}) is None
    reason = clock.disagreement(SERIES, {0: TICKS + 1004})
    assert reason and f"{SERIES.all} instructions in 1004 rounds, 1004 of them aborted" in reason and str(SERIES.all) in reason


@pytest.mark.parametrize("ticks", [{}, {1: TICKS}, {0: TICKS + 1}, {0: TICKS - 1}])
def test_a_metric_that_the_clock_does_not_confirm_is_not_measured(ticks: dict[int, int]) -> None:
    recording = counts.Recording(None, (SERIES,), None)
    wanted = [row_named("hypercall.null")]
    results = measure.of_recording(wanted, ["hypercall.null"], "window", recording, None, ticks)
    assert len(results) == 2 and all(isinstance(result, NotMeasured) and "clock" in result.reason for result in results)
    good = measure.of_recording(wanted, ["hypercall.null"], "window", recording, None, {0: TICKS})
    assert all(isinstance(result, Measurement) for result in good)


def test_where_somebody_sleeps_the_clock_may_be_ahead_and_never_behind() -> None:
    recording = counts.Recording(None, (replace(SERIES, sleeps=1),), None)
    assert measure.unconfirmed(["irqoff.a"], "run", recording, {0: TICKS + 5000}) == []
    (denied,) = measure.unconfirmed(["irqoff.a"], "run", recording, {0: TICKS - 1})
    assert denied.startswith("irqoff.a in run: the counter has")
    awake = counts.Recording(None, (SERIES,), None)
    assert measure.unconfirmed(["irqoff.a"], "run", awake, {0: TICKS + 5000}) and measure.unconfirmed(["irqoff.a"], "run", awake, {})
    result = measure.maximum(row_named("irqoff.longest"), [("irqoff.a in run", 40)], [denied])
    assert isinstance(result, NotMeasured) and result.reason == denied
