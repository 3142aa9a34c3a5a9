# SPDX-License-Identifier: Apache-2.0
"""From the plugin's records to numbers, without a machine."""
from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from bench import baseline, bench, counts, image, measure, metrics
from bench.counts import Counts
from bench.measure import Exact, Measurement, NotMeasured, Sampled
from testsuite.made_up import SEND, TABLE, line, of, probed, row, row_named, series
from tool import console
from tool.exitcodes import UsageError

# ---- the plugin's output


def test_a_record_is_read_back_as_it_was_written() -> None:
    wanted = series(row(SEND, windows={"region.add": of(mpu=2, isb=1, dsb=1)}))
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


def test_the_longest_masked_stretch_of_a_series_is_the_last_one_written() -> None:
    lines = [f'{{"record":"masked","index":{index},"instructions":{n}}}\n' for index, n in ((0, 3), (0, 40), (1, 7))]
    assert counts.parse("".join(lines)).masked == {0: 40, 1: 7}


# ---- METRICS.md

def test_the_promised_targets_are_in_the_table() -> None:
    targets = {"hypercall.null": 32, "evtchn.send.peer.masked.window": 95, "evtchn.send.peer.wake.window": 175,
               "view.switch.11": 34, "region.add_remove": 16, "view.mask": 3, "irq.to_guest": 120,
               "evtchn.pingpong.window": 1150, "irqoff.longest": 3000, "boot.first_guest_insn": 50000, "image.text_rodata": 51200}
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


OTHERWISE = """| `a.<s>` | E | b | exact | ≤ 3 | t |
| `c` | E | b | limit 5 | | t |

### one

| `a.<s>` | exact | ≤ 7 | why |

### two

| `c` | limit 9 | ≤ 9 | |
"""


@pytest.mark.parametrize("board, target, limit", [("", 3, 5), ("one", 7, 5), ("two", 3, 9), ("three", 3, 5)])
def test_a_board_promises_what_its_section_says(board: str, target: int, limit: int) -> None:
    first, second = metrics.parse(OTHERWISE, board)
    assert (first.target_of("a.window"), first.target_of("a.resident"), second.limit) == (target, target, limit)


@pytest.mark.parametrize("row, reason", [
    ("| `d` | exact | | |", "d, which the table has not"), ("| `c` | exact | |", "3 cells"), ("| `c` | limit | | |", "gate"),
    ("| `a.<s>` | exact | | |", "two rows of one for a.<s>")])
def test_a_malformed_section_of_a_board_is_refused_where_it_is_used(row: str, reason: str) -> None:
    text = OTHERWISE.replace("### two", f"{row}\n\n### two")
    with pytest.raises(metrics.TableError, match=reason):
        metrics.parse(text, "one")
    assert metrics.parse(text, "two")


def test_the_targets_of_the_board_with_translation() -> None:
    table = metrics.load(board="virt-a64")
    targets = {"hypercall.null": 45, "evtchn.send.peer.masked.resident": 95, "balloon.out_in.1": 540, "balloon.out_in.16": 4500,
               "evtchn.send.upcall_eoi": 250, "mmio.trap": 120, "evtchn.pingpong.resident": 1150, "boot.first_guest_insn": 200000}
    assert {name: metrics.row_of(name, table).target_of(name) for name in targets} == targets


def test_every_board_with_a_baseline_keeps_its_targets_apart_from_its_gates() -> None:
    for file in sorted((metrics.TABLE.parent / "baseline").glob("*.jsonl")):
        assert baseline.disagreements(baseline.load(file), metrics.load(board=file.stem)) == []


# ---- what a bench tells by itself

@pytest.mark.parametrize("told, value", [
    ([console.Metric("balloon.slots_out", 8, "pages")], 8), ([], None),
    ([console.Metric("balloon.slots_out", 8, "bytes")], None), ([console.Metric("balloon.slots_out", 8, "pages")] * 2, None)])
def test_a_number_of_the_bench_itself_comes_once_and_in_its_unit(told: list[console.Metric], value: int | None) -> None:
    result = measure.of_guest(row_named("balloon.slots_out"), "window", told)
    assert (result.value.value if isinstance(result, Measurement) else None) == value


def test_targets_grow_with_the_number_of_pages() -> None:
    row_ = row_named("balloon.out_in.16")
    assert [row_.target_of(f"balloon.out_in.{k}") for k in (1, 16)] == [540, 3990]


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
    first, second = row_named("region.add_remove").windows
    result = measured("region.add_remove", series(row(SEND, windows={first: of(mpu=2)})))
    assert isinstance(result, NotMeasured) and second in result.reason


def test_probe_windows_are_summed() -> None:
    result = measured("region.add_remove", series(probed("region.add_remove", of(mpu=2, isb=1), of(mpu=1))))
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


def test_an_episode_is_counted_without_its_windows() -> None:
    counted = replace(row_named("hypercall.null"), windows=("copy", "scrub"))
    (found, _) = measure.of_series(counted, "hypercall.null", "window", series(row(SEND, windows={"copy": of(load=3, mpu=1)})))
    assert isinstance(found, Measurement) and found.value == Exact(46, "instructions")
    assert row_named("restart.fixed").windows == ("restart.bulk", "console")


# ---- the longest stretch with interrupts masked

def test_a_stretch_is_named_by_its_series_and_its_run() -> None:
    recording = counts.Recording(None, (), None, {0: 40, 1: 7, 2: 9})
    assert measure.parts(row_named("irqoff.longest"), ("irqoff.a", "irqoff.b"), "irqoff.calls[mask]", recording) == [
        ("irqoff.a in irqoff.calls[mask]", 40), ("irqoff.b in irqoff.calls[mask]", 7), ("end in irqoff.calls[mask]", 9)]


def test_a_depth_of_the_boot_is_the_boot_s() -> None:
    recording = counts.Recording(None, (), None, {0: 40}, stack={counts.OF_BOOT: 88, 0: 16})
    assert measure.parts(row_named("stack.depth"), ("irqoff.a",), "a.b[mask]", recording) == [("boot in a.b[mask]", 88), ("irqoff.a in a.b[mask]", 16)]
    assert row_named("stack.depth").unit == "bytes"


def test_the_longest_of_all_runs_is_the_metric() -> None:
    row_ = row_named("irqoff.longest")
    found = measure.maximum(row_, [("a in x", 4), ("b in y", 40), ("c in x", 7)])
    assert isinstance(found, Measurement) and found.value == Exact(40, "instructions")
    assert found.parts == (("b in y", 40), ("c in x", 7), ("a in x", 4))
    assert isinstance(measure.maximum(row_, []), NotMeasured)


def test_series_of_masked_stretches_are_no_metrics_of_their_own() -> None:
    recording = counts.Recording(None, (series(row(SEND)),), None, {0: 40})
    assert measure.of_recording([row_named("irqoff.longest")], ["irqoff.calls.send"], "window", recording) == []
