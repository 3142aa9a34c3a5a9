# SPDX-License-Identifier: Apache-2.0
"""The cost model and the comparison on made-up counts."""
from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench import answer, baseline, bench, breakeven, check, compare, output, sentences, sweep
from bench.counts import Counts
from testsuite.made_up import DESCRIPTION, IDENTITY, MODEL, TABLE, made_up, of, outcome, row, touched, view
from tool import board as boards
from tool import paths, strategy
from tool.records import BENCH, Needs, Record


@pytest.mark.requirement("S4-20")
@pytest.mark.requirement("S4-09")
@pytest.mark.requirement("S4-10")
def test_the_question_is_answered_with_every_number_and_its_limits() -> None:
    said = answer.answer(made_up(), MODEL, IDENTITY)
    for words in ("one EL2 MPU region takes 9 instructions (3 MPU register writes, 4 barriers)", "for 11 slots", "one way",
                  "cost model cortex-r52, not a measurement", "mps3-an536", "arm-none-eabi-gcc 12.2.1", "Instructions are not cycles",
                  "not modelled", "no board has confirmed this", "One region serves all domains", "4 KiB of other domains",
                  "So method 1", "a guest's view of 2 slots"):
        assert words in said, words
    assert "\n" not in said and "  " not in said and ".." not in said


@pytest.mark.requirement("S4-20")
def test_the_verdict_names_what_decides() -> None:
    said = answer.verdict(made_up(), MODEL)
    assert "`window`" in said and "`switch`" in said and "instructions" in said and "cortex-r52: modelled cycles" in said


def with_sends(window: Counts, switch: Counts) -> sweep.Comparison:
    data = made_up()
    cells = {(breakeven.HOT, name): replace(data.cells[breakeven.HOT, name], counts=counts, instructions=counts.total)
             for name, counts in (("window", window), ("switch", switch))}
    return replace(data, cells=cells)


@pytest.mark.parametrize("window, switch, verdict, judged", [
    (of(plain=5, isb=1), of(plain=6, isb=1), "Method 1 is worth having", "method 1 needs no more of any class"),
    (of(plain=6, isb=1), of(plain=5, isb=1), "Method 1 is not needed for speed", "method 2 needs no more of any class"),
    (of(plain=7, isb=1), of(plain=5, isb=9), "Method 1 is worth having", "method 1 is cheaper in every corner of the band"),
    (of(plain=5, isb=9), of(plain=7, isb=1), "Method 1 is not needed for speed", "method 2 is cheaper in every corner"),
    (of(plain=20, isb=1), of(plain=5, isb=2), "It depends on prices", "method 1 is cheaper at typical prices"),
    (of(plain=5, isb=2), of(plain=20, isb=1), "It depends on prices", "method 2 is cheaper at typical prices")])
def test_the_verdict_is_what_the_classes_say(window: Counts, switch: Counts, verdict: str, judged: str) -> None:
    data = with_sends(window, switch)
    assert answer.verdict(data, MODEL).startswith(verdict) and judged in answer.verdict(data, MODEL)
    assert judged in answer.answer(data, MODEL, IDENTITY)


@pytest.mark.requirement("S4-20")
@pytest.mark.requirement("S4-12")
def test_the_first_page_count_at_which_the_switch_wins_is_found() -> None:
    found = next(turn for turn in breakeven.over_pages(made_up(), MODEL) if turn.second == "switch")
    wins = [k for k in range(1, 17) if touched(k, "switch").total < touched(k, "window").total]
    assert found.at["instructions"] == wins[0] and not found.computed("instructions")
    assert found.at["some corner"] <= found.at["typical"] <= found.at["every corner"]


def test_a_turn_beyond_the_sweep_is_computed_and_says_so() -> None:
    data = made_up()
    far = tuple(sweep.Point(point.x, point.counts + of(isb=300)) for point in data.touch["switch"])
    found = breakeven.turn(("window", "switch"), data.touch["window"], far, MODEL)
    assert found is not None and found.at["instructions"] > 16 and found.computed("instructions")
    assert "(computed, not run)" in sentences.from_x(found, "instructions")
    never = breakeven.turn(("switch", "window"), data.touch["switch"], data.touch["window"], MODEL)
    assert never is not None and never.at["instructions"] is None and sentences.from_x(never, "instructions") == "at no k"


def test_a_larger_view_is_put_together_from_measured_parts() -> None:
    data = made_up()
    assert data.layout == sweep.Layout(16, 5, 1, 2, 2) and data.layout.free == 11
    larger = breakeven.with_views(data.touch["switch"], data.view, data.layout, 11, 11)
    assert larger[0].counts == data.touch["switch"][0].counts + view(11) + view(11) - view(1) - view(2)
    assert breakeven.with_views(data.touch["switch"], data.view, data.layout, 20, 20) == ()


def test_a_view_that_the_emulator_has_no_regions_for_repeats_the_groups_of_six() -> None:
    found = {point.x: point.counts for point in breakeven.carried_view(made_up().view, 19)}
    assert all(found[n] == view(n) for n in range(1, 20))          # made up with a load for each six slots
    assert breakeven.carried_view(made_up().view[:3], 19) == made_up().view[:3]


def test_what_is_said_of_larger_parts_is_marked() -> None:
    data = made_up()
    sizes = {one.size: one.regions for one in breakeven.over_slots(data, MODEL)}
    assert sizes == {n: 16 if n <= 11 else 20 if n <= 15 else 24 for n in range(1, 20)}
    assert [one.size for one in breakeven.over_domains(data, MODEL)] == [2, 3, 4, 5, 6, 7, 8, 9]
    text = "\n".join(sentences.break_even_lines(data, MODEL))
    assert "with 20 regions (computed, not run) 12: " in text and "with 24 regions (computed, not run) 16: " in text
    marked = output.turns(data, MODEL)["slots"]
    assert [row_["regions_not_run"] for row_ in marked] == [row_["size"] > 11 for row_ in marked]


@pytest.mark.parametrize("regions, together, apart", [(16, 5, 2), (20, 7, 3), (24, 9, 4)])
def test_resident_views_need_room(regions: int, together: int, apart: int) -> None:
    layout = sweep.Layout(16, 5, 1, 2, 2)
    assert breakeven.mask_fits(layout, regions, 1) == together and breakeven.mask_fits(layout, regions) == apart


@pytest.mark.requirement("S4-20")
@pytest.mark.parametrize("window, switch, said", [
    (of(isb=1), of(plain=20), "`switch` at typical prices; `window` if an ISB costs less than 20 (others anywhere in the band: 10–80)"),
    (of(isb=1), of(plain=100), "`window` at typical prices; `switch` if an ISB costs more than 100 (others anywhere in the band: 50–400)"),
    (of(plain=20), of(isb=1), "`window` at typical prices; `switch` if an ISB costs less than 20 (others anywhere in the band: 10–80)"),
    (of(plain=100), of(isb=1), "`switch` at typical prices; `window` if an ISB costs more than 100 (others anywhere in the band: 50–400)"),
    (of(isb=2), of(isb=1), "`switch` at any prices: it needs no more of any class"),
    (of(plain=1), of(isb=1), "`window` in every corner of the band")])
def test_the_price_that_decides_is_told_with_its_side(window: Counts, switch: Counts, said: str) -> None:
    """An ISB is 8–75–150, a plain instruction 0.5–1–4."""
    found = sentences.sensitivity_of(window, switch, MODEL, ("window", "switch"))
    assert all(part in found.split("; ") for part in said.split("; ")), found


def test_dominance_says_what_is_given_up_for_it() -> None:
    data = made_up()
    cheap = replace(data.cells[breakeven.HOT, "window"], strategy="shared", counts=of(plain=1), instructions=1,
                    exposure=sweep.Exposure(None, sweep.ALWAYS))
    lines = sentences.dominance_lines(replace(data, cells={**data.cells, (breakeven.HOT, "shared"): cheap}))
    assert any("`shared` is not dearer than `window`" in line and "to EL1 of every guest, for ever" in line for line in lines)


def test_the_sensitivity_is_data_too() -> None:
    data = made_up()
    found = output.as_json(data, MODEL, IDENTITY)["sensitivity"]
    hot = next(row_ for row_ in found if row_["operation"] == breakeven.HOT and row_["second"] == "switch")
    assert hot["cost_model"] == MODEL.name and hot["difference"]["least"] <= hot["difference"]["typical"] <= hot["difference"]["greatest"]
    swings = [abs(one["at_high"] - one["at_low"]) for one in hot["classes"]]
    assert swings == sorted(swings, reverse=True) and len(swings) > 2
    assert {row_["x"] for row_ in found if row_["operation"] == "access.touch"} == set(range(1, 17))


def test_modelled_cycles_carry_the_model_s_name_and_no_column_without() -> None:
    data = made_up()
    row_ = output.as_json(data, MODEL, IDENTITY)["rows"][0]
    assert row_["cost_model"] == "cortex-r52" and not any(key.startswith("cycles") for key in row_)
    text = compare.text(data, MODEL, IDENTITY, TABLE)
    heads = [line for line in text.splitlines() if "modelled cycles" in line and "---" not in line]
    assert heads and all("cortex-r52" in line for line in heads)


def test_readme_quotes_an_answer_in_step_with_the_baseline() -> None:
    """Only the numbers of instructions can be checked without a machine; `./fencepost compare` compares the whole."""
    said = answer.shown_in((paths.ROOT / "README.md").read_text(encoding="utf-8"))
    assert said is not None, f"README.md has no {answer.BEGIN}"
    committed = baseline.load(check.file_of("mps3-an536"))
    assert committed is not None
    values = {name: entry.value.value for name, entry in committed.entries.items()}
    slots = sorted(int(name.rpartition(".")[2]) for name in values if name.startswith("view.switch."))
    stale = "README.md is out of step with the baseline: put in what `./fencepost compare` prints"
    assert f"one EL2 MPU region takes {values['region.add_remove']} instructions" in said, stale
    for n in (slots[0], slots[len(slots) // 2], slots[-1]):
        assert f"{values[f'view.switch.{n}']} for {n} slot" in said, stale
    for method, name in (("method 1", "window"), ("method 2", "switch")):
        assert re.search(rf"\b{values[f'{breakeven.HOT}.{name}']}(?: instructions)? with {method}", said), stale


def test_another_answer_than_readme_s_is_pointed_out() -> None:
    shown = answer.shown_in((paths.ROOT / "README.md").read_text(encoding="utf-8"))
    assert compare.quoted(shown or "") == "" and "README.md quotes another answer" in compare.quoted("something else")


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


def test_a_metric_that_ends_like_a_strategy_keeps_its_name() -> None:
    data = sweep.build([outcome("vcpu.switch", name, {"vcpu.switch": row(of(plain=9))}) for name in ("window", "switch")],
                       TABLE, list(strategy.VARIANTS), compare.OPERATIONS)
    assert {name for operation, name in data.cells} == {"window", "switch"}
    assert made_up().mask == of(mpu=1, isb=1, load=1, load_words=1)


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
    assert page.count("<svg") == 5 and "http-equiv" not in page and "<script" not in page and 'src="' not in page


@pytest.mark.requirement("S4-27")
def test_every_trap_is_measured_under_every_strategy() -> None:
    """A hypercall, an emulated register and an interrupt: method 2 shows in each without a line of their code."""
    benches = {metric.bench: Record("", "", "", 1, (), "", Needs(), BENCH) for metric in TABLE}
    board = boards.load(boards.DEFAULT)
    jobs = compare.plan(SimpleNamespace(benches=benches, absent={}, board=board), TABLE)
    for bench in ("hypercall.null", "vgic.trap", "irq.to_guest"):
        assert {job.strategy for job in jobs if job.bench == bench} == set(strategy.of_board(board.strategies))


def test_a_strategy_that_a_board_does_not_offer_is_not_measured_there() -> None:
    assert strategy.of_board(boards.load("virt-a64").strategies) == ["resident"]
    offered = strategy.of_board(boards.load("mps3-an536").strategies)
    assert "resident" not in offered and {"window", "window-domain", "switch-entry", "background-always"} <= set(offered)
    assert bench.selected(TABLE, "access.touch.1.*", offered)[1] == offered
