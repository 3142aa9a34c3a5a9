# SPDX-License-Identifier: Apache-2.0
"""The measuring side without a machine: recorded plugin output, made-up comparisons, broken baselines."""
from __future__ import annotations

import csv
import io
import json
import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bench import baseline, bench, breakeven, check, compare, costmodel, counts, image, measure, metrics, output, sweep
from bench.baseline import Verdict
from bench.counts import CLASSES, Counts
from bench.measure import Exact, Measurement, NotMeasured, Sampled
from bench.session import Job, Outcome
from tool import strategy
from tool.exitcodes import Exit, UsageError

TABLE = metrics.load()
HEADER = baseline.Header("arm-none-eabi-gcc 12.2.1", "10.0.2", "cortex-r52", "mps3-an536-release")
IDENTITY = {"board": "mps3-an536", "toolchain": "arm-none-eabi-gcc 12.2.1", "image": "0123456789abcdef",
            "emulator": "QEMU emulator version 10.0.2 (Debian)", "cpu": "cortex-r52", "preset": "mps3-an536-release"}


def of(**classes: int) -> Counts:
    words = {key: classes.pop(key) for key in ("load_words", "store_words", "el1_mpu") if key in classes}
    return Counts(tuple(classes.get(name, 0) for name in CLASSES), **words)


def row(hyp: Counts, **fields: Any) -> counts.Row:
    windows = {name: counts.Window(1, value) for name, value in fields.pop("windows", {}).items()}
    given_ = {"all": hyp.total + 4, "episodes": 1, "aborts": 0, "vectors": (0, 0, 0, 0, 0, hyp.total, 0, 0),
              "remote": Counts()} | fields
    return counts.Row(hyp=hyp, windows=windows, **given_)


def series(warm: counts.Row, index: int = 0, high: counts.Row | None = None) -> counts.Series:
    return counts.Series(index, 1004, warm, warm, high or warm)


def row_named(name: str) -> metrics.Metric:
    found = metrics.row_of(name, TABLE)
    assert found is not None
    return found


def as_written(value: counts.Row) -> dict[str, Any]:
    return {"all": value.all, "episodes": value.episodes, "aborts": value.aborts, "vectors": list(value.vectors),
            "hyp": value.hyp.table(), "remote": value.remote.table(),
            "windows": {name: {"passes": window.passes, **window.counts.table()} for name, window in value.windows.items()}}


def line(value: counts.Series) -> str:
    rows = {"cold": value.cold, "min": value.low, "max": value.high}
    return json.dumps({"record": "series", "index": value.index, "rounds": value.rounds,
                       **{name: as_written(part) for name, part in rows.items() if part}}) + "\n"


# ---- the plugin's output

SEND = of(plain=20, load=9, store=5, branch=6, mpu=3, sysreg=1, isb=2, dsb=2, entry=1, eret=1, load_words=14)


def test_a_record_is_read_back_as_it_was_written() -> None:
    wanted = series(row(SEND, windows={"window.open": of(mpu=2, isb=1, dsb=1)}))
    text = line(wanted) + '{"record":"totals","instructions":12}\n'
    assert counts.parse(text) == counts.Recording(None, (wanted,), 12)


def test_half_a_line_at_the_end_is_ignored() -> None:
    assert counts.parse('{"record":"totals","instr') == counts.Recording(None, (), None)


def test_classes_that_do_not_sum_are_an_error_with_a_line_number() -> None:
    broken = line(series(row(SEND))).replace('"total": 50', '"total": 51', 1)
    with pytest.raises(counts.RecordError, match="line 1: classes sum to 50, not 51"):
        counts.parse(broken)


@given(st.text())
def test_any_text_is_a_recording_or_a_record_error(text: str) -> None:
    try:
        counts.parse(text + "\n")
    except counts.RecordError:
        pass


# ---- METRICS.md

def test_the_promised_targets_are_in_the_table() -> None:
    targets = {"hypercall.null": 32, "evtchn.send.peer.masked.window": 95, "evtchn.send.peer.wake.window": 175,
               "view.switch.11": 34, "region.add_remove": 16, "view.mask": 3, "irq.to_guest": 120,
               "evtchn.pingpong.window": 1150, "boot.first_guest_insn": 50000, "image.text_rodata": 32768}
    for name, target in targets.items():
        assert row_named(name).target_of(name) == target, name


def test_targets_hold_for_window_and_warm_rounds_only() -> None:
    masked = row_named("evtchn.send.peer.masked.window")
    assert masked.target_of("evtchn.send.peer.masked.switch") is None
    assert masked.target_of("evtchn.send.peer.masked.window.cold") is None


@pytest.mark.parametrize("name", ["evtchn.send.peer.masked", "access.touch.0.window", "view.switch.2.cold", "nonsense"])
def test_a_name_without_a_row_has_none(name: str) -> None:
    assert metrics.row_of(name, TABLE) is None


@pytest.mark.parametrize("text, reason", [
    ("| `a` | E | b | exact | |", "5 cells"), ("| `a` | Q | b | exact | | t |", "Q"),
    ("| `a` | E | b | limit | | t |", "gate"), ("| `a` | E | b | exact | < 3 | t |", "target"),
    ("| `a` | E | b | exact | | t |\n| `a` | E | b | exact | | t |", "two rows")])
def test_a_malformed_table_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(metrics.TableError, match=reason):
        metrics.parse(text)


# ---- from rounds to numbers

def test_exact_and_sampled_are_not_comparable() -> None:
    with pytest.raises(TypeError):
        _ = Exact(3, "cycles") < Sampled(3, 2, 4, 10, "cycles")
    with pytest.raises(TypeError):
        _ = Sampled(3, 2, 4, 10, "cycles") < Exact(3, "cycles")
    with pytest.raises(TypeError):
        Exact(3, "cycles").minus(Exact(3, "instructions"))
    assert Sampled(3, 2, 4, 10, "cycles") < Sampled(9, 8, 10, 10, "cycles")


def measured(metric: str, value: counts.Series, strategy_name: str = "window") -> measure.Result:
    chosen = row_named(metric)
    label = metric.removesuffix("." + strategy_name) if chosen.per_strategy else metric
    return measure.of_series(chosen, label, strategy_name, value)[0]


def test_an_episode_is_the_hypervisor_s_instructions() -> None:
    result = measured("hypercall.null", series(row(SEND)))
    assert isinstance(result, Measurement) and result.value == Exact(50, "instructions") and result.counts == SEND


def test_cold_is_a_metric_of_its_own() -> None:
    cold = replace(series(row(SEND)), cold=row(SEND + of(plain=7)))
    results = measure.of_series(row_named("hypercall.null"), "hypercall.null", "window", cold)
    assert [(r.metric, r.value.value) for r in results if isinstance(r, Measurement)] == [
        ("hypercall.null", 50), ("hypercall.null.cold", 57)]


@pytest.mark.parametrize("high, reason", [
    (row(SEND + of(plain=1)), "rounds differ: 50 to 51"),
    (row(SEND + of(plain=1) - of(load=1)), "class mix")])
def test_rounds_that_differ_are_not_measured(high: counts.Row, reason: str) -> None:
    result = measured("hypercall.null", series(row(SEND), high=high))
    assert isinstance(result, NotMeasured) and reason in result.reason


def test_too_few_rounds_are_not_measured() -> None:
    result = measured("hypercall.null", counts.Series(0, 12, row(SEND), None, None))
    assert isinstance(result, NotMeasured) and "12 rounds" in result.reason


def test_a_bench_that_counts_nothing_is_not_measured() -> None:
    assert isinstance(measured("hypercall.null", series(row(Counts()))), NotMeasured)


def test_a_probe_that_was_not_passed_is_named() -> None:
    result = measured("region.add_remove", series(row(SEND, windows={"window.open": of(mpu=2)})))
    assert isinstance(result, NotMeasured) and "window.close" in result.reason


def test_probe_windows_are_summed() -> None:
    result = measured("region.add_remove", series(row(SEND, windows={"window.open": of(mpu=2, isb=1), "window.close": of(mpu=1)})))
    assert isinstance(result, Measurement) and result.value.value == 4


def test_both_cpus_are_summed_and_a_silent_one_is_noticed() -> None:
    result = measured("evtchn.send.remote.window", series(row(SEND, remote=of(plain=30))))
    assert isinstance(result, Measurement) and result.value.value == 80
    assert isinstance(measured("evtchn.send.remote.window", series(row(SEND))), NotMeasured)


def test_an_interrupt_episode_leaves_other_traps_out() -> None:
    result = measured("irq.to_guest", series(row(SEND, vectors=(0, 0, 0, 0, 0, 10, 40, 0))))
    assert isinstance(result, Measurement) and result.value.value == 40


def test_boot_is_without_copying_and_scrubbing() -> None:
    boot = row(SEND, all=1000, windows={"copy": of(load=300), "scrub": of(store=500)})
    rows = [m for m in TABLE if m.bench == "boot.first_guest_insn"]
    results = measure.of_recording(rows, [], "window", counts.Recording(boot, (), None))
    assert {r.metric: r.value.value for r in results if isinstance(r, Measurement)} == {
        "boot.first_guest_insn": 200, "boot.total": 1000}


def test_series_and_names_that_do_not_pair_are_not_measured() -> None:
    rows = [row_named("hypercall.null")]
    recording = counts.Recording(None, (series(row(SEND)), series(row(SEND), 1)), None)
    assert all(isinstance(r, NotMeasured) for r in measure.of_recording(rows, ["hypercall.null"], "window", recording))


def test_a_series_without_a_row_is_not_silently_dropped() -> None:
    recording = counts.Recording(None, (series(row(SEND)),), None)
    results = measure.of_recording([row_named("hypercall.null")], ["hypercall.nil"], "window", recording)
    assert NotMeasured("hypercall.nil", "no row in bench/METRICS.md") in results


# ---- the hypervisor's image

def test_probe_records_are_read_and_dropped_code_is_not() -> None:
    data = b"".join(struct.pack("<I", address) + name + bytes(1 + (-len(name) - 1) % 4)
                    for address, name in ((0x10000040, b"view.load"), (0, b"dropped"), (0x10000080, b"abc")))
    assert image.parse_probes(data) == [image.Probe(0x10000040, "view.load"), image.Probe(0x10000080, "abc")]


def test_a_probe_name_without_an_end_is_refused() -> None:
    with pytest.raises(UsageError):
        image.parse_probes(struct.pack("<I", 4) + b"abcd")


def test_mapping_symbols_tell_the_instruction_sets() -> None:
    symbols = [("$a", 0), ("$t.4", 8), ("$d", 12), ("$table", 16), ("main", 20)]
    assert image.mapping_symbols(symbols) == {0: "a", 8: "t"}


# ---- which boots a glob needs

def test_a_glob_reaches_only_the_benches_and_strategies_it_needs() -> None:
    rows, names = bench.selected(TABLE, "evtchn.send.peer.masked.switch*")
    assert [row.series for row in rows] == ["evtchn.send.peer.masked"]
    assert names == ["switch", "switch-entry"]


@pytest.mark.parametrize("glob", ["access.touch.16.mask", "view.switch.24", "hypercall.null.cold"])
def test_a_full_name_is_reached(glob: str) -> None:
    assert bench.selected(TABLE, glob)[0]


def test_a_glob_that_matches_nothing_selects_nothing() -> None:
    assert bench.selected(TABLE, "nonsense*") == ([], [])


# ---- the gate

def entry_results(**values: int) -> list[measure.Result]:
    names = {"null": "hypercall.null", "masked": "evtchn.send.peer.masked.window", "image": "image.text_rodata"}
    units = {"image": "bytes"}
    return [Measurement(names[key], None, Exact(value, units.get(key, "instructions")), None) for key, value in values.items()]


def baseline_of(**values: int) -> baseline.Baseline:
    return baseline.of_results(HEADER, entry_results(**values), TABLE)


def test_a_baseline_survives_its_file() -> None:
    written = baseline_of(null=30, masked=90, image=20000)
    assert baseline.parse(written.text()) == written
    assert '{"metric": "image.text_rodata", "unit": "bytes", "value": 20000, "gate": "limit", "max": 32768}' in written.text()


def verdicts(old: dict[str, int], new: dict[str, int]) -> dict[str, Verdict]:
    return {change.metric: change.verdict for change in baseline.compare(baseline_of(**old), entry_results(**new))}


def code(old: dict[str, int], new: dict[str, int]) -> Exit:
    return check.code_of(baseline.compare(baseline_of(**old), entry_results(**new)))


@pytest.mark.parametrize("old, new, expected", [
    ({"null": 30}, {"null": 30}, Exit.FINE), ({"null": 30}, {"null": 31}, Exit.WORSE),
    ({"null": 30}, {"null": 29}, Exit.BETTER), ({"null": 30, "masked": 9}, {"null": 29, "masked": 10}, Exit.WORSE),
    ({"null": 30}, {"null": 30, "masked": 9}, Exit.METRICS_CHANGED), ({"null": 30, "masked": 9}, {"null": 31}, Exit.METRICS_CHANGED),
    ({"image": 20000}, {"image": 30000}, Exit.FINE), ({"image": 20000}, {"image": 32769}, Exit.WORSE)])
def test_exit_codes_of_the_gate(old: dict[str, int], new: dict[str, int], expected: Exit) -> None:
    assert code(old, new) == expected


def test_one_instruction_more_is_exactly_plus_one() -> None:
    (change,) = baseline.compare(baseline_of(null=30), entry_results(null=31))
    assert change.line() == "worse         hypercall.null 30 → 31 (+1)"


def test_not_measured_outranks_worse() -> None:
    results = [*entry_results(null=31), NotMeasured("evtchn.send.peer.masked.window", "crash: d2")]
    changes = baseline.compare(baseline_of(null=30, masked=9), results)
    assert check.code_of(changes) == Exit.NOT_MEASURED


def test_a_limit_that_moves_is_reported_and_does_not_fail() -> None:
    assert verdicts({"image": 20000}, {"image": 20004}) == {"image.text_rodata": Verdict.MOVED}


@pytest.mark.parametrize("spoil, reason", [
    (lambda text: text + text.splitlines()[-1] + "\n", "twice"),
    (lambda text: "<<<<<<< HEAD\n" + text, "conflict"),
    (lambda text: text.replace('"value": 90', '"value": "90"'), "whole numbers"),
    (lambda text: text.replace('"schema": 1', '"schema": 9'), "schema"),
    (lambda text: "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])]), "not in order"),
    (lambda text: "", "empty"), (lambda text: text + "{\n", "never edit by hand")])
def test_a_baseline_nobody_measured_is_an_error(spoil: Any, reason: str) -> None:
    with pytest.raises(baseline.BaselineError, match=reason):
        baseline.parse(spoil(baseline_of(null=30, masked=90).text()))


@given(st.text())
def test_any_text_is_a_baseline_or_a_baseline_error(text: str) -> None:
    try:
        baseline.parse(text)
    except baseline.BaselineError:
        pass


def test_a_result_without_a_row_or_a_value_cannot_be_accepted() -> None:
    for bad in (Measurement("nonsense", None, Exact(1, "instructions"), None), NotMeasured("hypercall.null", "crash")):
        with pytest.raises(baseline.BaselineError):
            baseline.of_results(HEADER, [bad], TABLE)


def test_another_emulator_is_not_comparable() -> None:
    other = check.header_of({**IDENTITY, "emulator": "QEMU emulator version 11.0.0"})
    assert HEADER.differences(other) == ["qemu: 10.0.2 in the baseline, 11.0.0 here"]
    assert HEADER.differences(check.header_of(IDENTITY)) == []


# ---- the cost model

MODEL = costmodel.load(None)


def test_every_price_has_a_source_and_the_pair_of_mcr_and_isb_is_the_published_one() -> None:
    assert set(MODEL.prices) == set(costmodel.PRICED)
    assert all(price.source for price in MODEL.prices.values())
    assert 108 <= MODEL.price("mpu", "typical") + MODEL.price("isb", "typical") <= 134


def test_the_words_of_a_load_multiple_are_priced_beyond_the_first() -> None:
    assert costmodel.vector(of(load=2, load_words=14))["load_word"] == 12
    assert costmodel.vector(of(load=2, load_words=1))["load_word"] == 0


@given(st.lists(st.integers(0, 50), min_size=10, max_size=10), st.lists(st.integers(0, 50), min_size=10, max_size=10))
def test_what_dominates_is_never_dearer(a: list[int], b: list[int]) -> None:
    first, second = Counts(tuple(a)), Counts(tuple(map(max, a, b)))
    assert costmodel.dominates(first, second)
    assert all(MODEL.cost(first, end) <= MODEL.cost(second, end) for end in costmodel.ENDS)


def test_at_the_equal_price_both_cost_the_same() -> None:
    a, b = of(isb=3, mpu=3, plain=5), of(isb=1, mpu=20, load=10, load_words=20)
    price = costmodel.equal_price(a, b, MODEL, "isb")
    assert price is not None
    prices = {**MODEL.prices, "isb": replace(MODEL.prices["isb"], typical=price)}
    model = replace(MODEL, prices=prices)
    assert model.cost(a, "typical") == pytest.approx(model.cost(b, "typical"))


@pytest.mark.parametrize("text, reason", [
    ("", "KeyError"), ("name = 3\n[prices.plain]\nlow = 1", "KeyError"), ("[[[", "TOMLDecodeError"),
    ("name = 'x'\n[prices]\n", "missing prices"),
    ("name='x'\n" + "\n".join(f"[prices.{name}]\nlow=3\ntypical=2\nhigh=4\nmeasured_on_silicon=false\nsource='s'"
                              for name in costmodel.PRICED), "does not hold")])
def test_a_wrong_cost_file_is_refused_with_its_name(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"mine.toml: .*{reason}"):
        costmodel.parse(text, "mine.toml")


# ---- the comparison

DESCRIPTION = {
    "domains": [{"name": "a", "banks": [[0, 0x100000], [0x200000, 0x204000]]},
                {"name": "b", "banks": [[0x400000, 0x500000], [0x600000, 0x604000]]}],
    "budget": [{"view": "a", "windows": 1, "resident": 0, "needs": 2}, {"view": "b", "windows": 1, "resident": 0, "needs": 2},
               {"view": "hypervisor", "windows": 1, "resident": 0, "needs": 1}]}
PAIR = of(mpu=3, isb=2, dsb=2, plain=2)


def view(slots: int) -> Counts:
    return of(mpu=2 * slots + 1, isb=2, dsb=1, load=1 + slots // 6, load_words=2 * slots + 1, plain=1)


def outcome(name: str, strategy_name: str, labelled: dict[str, counts.Row]) -> Outcome:
    found = tuple(series(value, index) for index, value in enumerate(labelled.values()))
    return Outcome(Job(name, strategy_name), tuple(labelled), counts.Recording(None, found, 1), "", DESCRIPTION)


def touched(pages: int, strategy_name: str) -> Counts:
    each = of(load=1, store=1, plain=4, load_words=1, store_words=1)
    way = {"window": [PAIR] * pages, "switch": [view(1), view(2)]}[strategy_name]
    return sum(way + [each] * pages, Counts())


def made_up() -> sweep.Comparison:
    outcomes = [outcome("view.switch", "window", {f"view.switch.{n}": row(SEND, windows={"view.load": view(n)})
                                                  for n in range(1, 12)}),
                outcome("region.add_remove", "window", {"region.add_remove": row(SEND, windows={
                    "window.open": of(mpu=2, isb=1, dsb=1), "window.close": of(mpu=1, isb=1, dsb=1, plain=2)})}),
                outcome("view.mask", "mask", {"view.mask": row(SEND, windows={"mask.in": of(mpu=1, isb=1, load=1, load_words=1)})}),
                Outcome(Job("evtchn.unmask", "mask"), (), None, "crash: d1", {})]
    for name in ("window", "switch"):
        outcomes.append(outcome("access.touch", name, {f"access.touch.{k}": row(SEND, windows={"access.touch": touched(k, name)})
                                                       for k in range(1, 17)}))
        outcomes.append(outcome("evtchn.send_peer_one_page", name, {
            "evtchn.send.peer.one_page": row(of(plain=40, entry=1, eret=1) + touched(1, name),
                                             windows={"exposed": of(load=3, store=3)})}))
    return sweep.build(outcomes, TABLE, list(strategy.VARIANTS), compare.OPERATIONS)


def test_the_question_is_answered_with_both_numbers() -> None:
    said = breakeven.answer(made_up(), MODEL)
    assert "one region takes 9 instructions (3 MPU writes, 4 barriers" in said and "11 slots" in said


def test_the_verdict_names_what_decides() -> None:
    said = breakeven.verdict(made_up(), MODEL)
    assert "`window`" in said and "`switch`" in said and "instructions" in said


def test_the_first_page_count_at_which_the_switch_wins_is_found() -> None:
    data = made_up()
    found = {c.measure: c.x for c in breakeven.crossings(data.touch["window"], data.touch["switch"], MODEL)}
    assert found["instructions"] == next(k for k in range(1, 17) if touched(k, "switch").total < touched(k, "window").total)


def test_a_larger_view_is_put_together_from_measured_parts() -> None:
    data = made_up()
    larger = breakeven.with_view_of(data.touch["switch"], data.view, (1, 2), 11)
    assert larger[0].counts == data.touch["switch"][0].counts + view(11) + view(11) - view(1) - view(2)
    assert breakeven.with_view_of(data.touch["switch"], data.view, (1, 2), 20) == ()


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
