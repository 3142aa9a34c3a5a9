# SPDX-License-Identifier: Apache-2.0
"""The cost model and the comparison on made-up counts."""
from __future__ import annotations

import csv
import io
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench import breakeven, compare, costmodel, output, sweep
from testsuite.made_up import DESCRIPTION, IDENTITY, MODEL, TABLE, made_up, of, touched, view
from tool import strategy
from tool.records import BENCH, Needs, Record


def test_at_the_equal_price_both_cost_the_same() -> None:
    a, b = of(isb=3, mpu=3, plain=5), of(isb=1, mpu=20, load=10, load_words=20)
    price = costmodel.equal_price(a, b, MODEL, "isb")
    assert price is not None
    prices = {**MODEL.prices, "isb": replace(MODEL.prices["isb"], typical=price)}
    model = replace(MODEL, prices=prices)
    assert model.cost(a, "typical") == pytest.approx(model.cost(b, "typical"))


@pytest.mark.requirement("S4-20")
@pytest.mark.requirement("S4-09")
def test_the_question_is_answered_with_both_numbers() -> None:
    said = breakeven.answer(made_up(), MODEL)
    assert "one region takes 9 instructions (3 MPU writes, 4 barriers" in said and "11 slots" in said


@pytest.mark.requirement("S4-20")
def test_the_verdict_names_what_decides() -> None:
    said = breakeven.verdict(made_up(), MODEL)
    assert "`window`" in said and "`switch`" in said and "instructions" in said


@pytest.mark.requirement("S4-20")
def test_the_first_page_count_at_which_the_switch_wins_is_found() -> None:
    data = made_up()
    found = {c.measure: c.x for c in breakeven.crossings(data.touch["window"], data.touch["switch"], MODEL)}
    assert found["instructions"] == next(k for k in range(1, 17) if touched(k, "switch").total < touched(k, "window").total)


def test_a_larger_view_is_put_together_from_measured_parts() -> None:
    data = made_up()
    larger = breakeven.with_view_of(data.touch["switch"], data.view, (1, 2), 11)
    assert larger[0].counts == data.touch["switch"][0].counts + view(11) + view(11) - view(1) - view(2)
    assert breakeven.with_view_of(data.touch["switch"], data.view, (1, 2), 20) == ()


@pytest.mark.requirement("S4-26")
def test_exposure_is_bytes_and_instructions() -> None:
    cell = made_up().cell("evtchn.send.peer.one_page", "window")
    assert cell and cell.exposure == sweep.Exposure(4096, 6)
    switch = made_up().cell("evtchn.send.peer.one_page", "switch")
    assert switch and switch.exposure == sweep.Exposure(0x104000, 6)


def test_slots_are_what_the_strategy_takes() -> None:
    assert sweep.slots_taken(DESCRIPTION) == 1
    budget = [{**view_row, "windows": 0, "resident": int(view_row["view"] != "hypervisor")} for view_row in DESCRIPTION["budget"]]
    assert sweep.slots_taken({**DESCRIPTION, "budget": budget}) == 3


def test_what_was_not_measured_is_said() -> None:
    data = made_up()
    assert [result.reason for result in data.missing] == ["crash: d1"]
    assert "not measured: evtchn.unmask under mask: crash: d1" in compare.text(data, MODEL, IDENTITY, TABLE)


def test_nothing_measured_still_makes_a_page() -> None:
    empty = sweep.build([], TABLE, list(strategy.VARIANTS), compare.OPERATIONS)
    assert "No verdict" in compare.text(empty, MODEL, IDENTITY, TABLE)
    assert "<html" in output.as_html(empty, MODEL, IDENTITY)


def test_the_three_forms_carry_the_same_numbers() -> None:
    data = made_up()
    as_json = output.as_json(data, MODEL, IDENTITY)
    as_csv = list(csv.DictReader(io.StringIO(output.as_csv(data, MODEL))))
    assert [int(row_["instructions"]) for row_ in as_csv] == [row_["instructions"] for row_ in as_json["rows"]]
    page = output.as_html(data, MODEL, IDENTITY)
    assert "NOT cycles" in compare.HEADLINE and "not cycles" in page
    assert page.count("<svg") == 4 and "http-equiv" not in page and "<script" not in page and 'src="' not in page


@pytest.mark.requirement("S4-27")
def test_every_trap_is_measured_under_every_strategy() -> None:
    """A hypercall, an emulated register and an interrupt: method 2 shows in each without a line of their code."""
    benches = {metric.bench: Record("", "", "", 1, (), "", Needs(), BENCH) for metric in TABLE}
    jobs = compare.plan(SimpleNamespace(benches=benches), TABLE)
    for bench in ("hypercall.null", "vgic.trap", "irq.to_guest"):
        assert {job.strategy for job in jobs if job.bench == bench} == set(strategy.VARIANTS)
