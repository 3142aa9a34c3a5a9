# SPDX-License-Identifier: Apache-2.0
"""The gate: baselines, changes, exit codes."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bench import accept, baseline, check, measure
from bench.baseline import Verdict
from bench.measure import Exact, Measurement, NotMeasured
from testsuite.made_up import HEADER, IDENTITY, TABLE, row_named
from tool.exitcodes import Exit, Stop


def entry_results(**values: int) -> list[measure.Result]:
    names = {"null": "hypercall.null", "masked": "evtchn.send.peer.masked.window", "image": "image.text_rodata"}
    units = {"image": "bytes"}
    return [Measurement(names[key], None, Exact(value, units.get(key, "instructions")), None) for key, value in values.items()]


def baseline_of(**values: int) -> baseline.Baseline:
    return baseline.of_results(HEADER, entry_results(**values), TABLE)


def test_a_baseline_survives_its_file() -> None:
    written = baseline_of(null=30, masked=90, image=20000)
    assert baseline.parse(written.text()) == written
    assert '{"metric": "image.text_rodata", "unit": "bytes", "value": 20000, "gate": "limit", "max": 51200}' in written.text()


def verdicts(old: dict[str, int], new: dict[str, int]) -> dict[str, Verdict]:
    return {change.metric: change.verdict for change in baseline.compare(baseline_of(**old), entry_results(**new))}


def code(old: dict[str, int], new: dict[str, int]) -> Exit:
    return check.code_of(baseline.compare(baseline_of(**old), entry_results(**new)))


@pytest.mark.parametrize("old, new, expected", [
    ({"null": 30}, {"null": 30}, Exit.FINE), ({"null": 30}, {"null": 31}, Exit.WORSE),
    ({"null": 30}, {"null": 29}, Exit.BETTER), ({"null": 30, "masked": 9}, {"null": 29, "masked": 10}, Exit.WORSE),
    ({"null": 30}, {"null": 30, "masked": 9}, Exit.METRICS_CHANGED), ({"null": 30, "masked": 9}, {"null": 31}, Exit.METRICS_CHANGED),
    ({"image": 20000}, {"image": 30000}, Exit.FINE), ({"image": 20000}, {"image": 51201}, Exit.WORSE)])
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


def said(changes: list[baseline.Change]) -> list[str]:
    return check.Judged("before", "after", changes, Exit.FINE).text().splitlines()[:-1]


@pytest.mark.parametrize("new, verdict, code_, line", [
    (20000, Verdict.SAME, Exit.FINE, "same          image.text_rodata 20000 (at most 51200)"),
    (20004, Verdict.MOVED, Exit.FINE, "moved         image.text_rodata 20000 → 20004 (+4) (at most 51200)"),
    (51200, Verdict.MOVED, Exit.FINE, "moved         image.text_rodata 20000 → 51200 (+31200) (at most 51200)"),
    (51201, Verdict.WORSE, Exit.WORSE,
     "worse         image.text_rodata 20000 → 51201 (+31201) (at most 51200, above its limit)")])
def test_a_metric_with_a_limit_has_its_line_in_any_case(new: int, verdict: Verdict, code_: Exit, line: str) -> None:
    (change,) = changes = baseline.compare(baseline_of(image=20000), entry_results(image=new))
    assert (change.verdict, check.code_of(changes), said(changes)) == (verdict, code_, [line])


def test_an_exact_metric_that_stays_has_no_line() -> None:
    assert said(baseline.compare(baseline_of(null=30), entry_results(null=30))) == []


def test_a_limit_that_is_passed_cannot_be_accepted(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="51201 is above its limit 51200") as stopped:
        accept.write(tmp_path / "new.jsonl", HEADER, None, entry_results(image=51201), TABLE)
    assert stopped.value.code is Exit.WORSE and not (tmp_path / "new.jsonl").exists()


def test_what_was_not_measured_cannot_be_accepted(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="hypercall.null: crash") as stopped:
        accept.write(tmp_path / "new.jsonl", HEADER, None, [NotMeasured("hypercall.null", "crash")], TABLE)
    assert stopped.value.code is Exit.NOT_MEASURED and not (tmp_path / "new.jsonl").exists()


def test_what_is_accepted_is_what_is_compared_with_next(tmp_path: Path) -> None:
    file = tmp_path / "baseline" / "new.jsonl"
    changes = accept.write(file, HEADER, baseline_of(null=30), entry_results(null=28, masked=90), TABLE)
    assert accept.message("shorter", changes) == "bench: shorter\n\n" \
        "new           evtchn.send.peer.masked.window 90\nbetter        hypercall.null 30 → 28 (-2)"
    assert baseline.load(file) == baseline_of(null=28, masked=90)


def test_a_baseline_and_the_table_of_metrics_speak_of_the_same() -> None:
    old = baseline_of(null=30, image=20000)
    assert baseline.disagreements(old, TABLE) == []
    raised = [replace(row_named("image.text_rodata"), limit=60000)]
    assert baseline.disagreements(old, raised) == [
        "hypercall.null: no row in bench/METRICS.md",
        "image.text_rodata: gate limit 60000 in bench/METRICS.md, limit 51200 in the baseline"]


def test_a_baseline_of_before_there_were_digests_can_be_read_and_not_compared_with(tmp_path: Path) -> None:
    head, *rest = baseline_of(null=30).text().splitlines()
    old = "\n".join([head.partition(', "digest"')[0].replace('"schema": 2', '"schema": 1') + "}", *rest]) + "\n"
    assert baseline.parse(old) == baseline_of(null=30)
    (tmp_path / "old.jsonl").write_text(old)
    with pytest.raises(baseline.BaselineError, match="no digest"):
        baseline.load(tmp_path / "old.jsonl")


@pytest.mark.parametrize("spoil, reason", [
    (lambda text: text + text.splitlines()[-1] + "\n", "twice"),
    (lambda text: "<<<<<<< HEAD\n" + text, "conflict"),
    (lambda text: text.replace('"value": 90', '"value": "90"'), "whole numbers"),
    (lambda text: text.replace('"schema": 2', '"schema": 9'), "schema"), (lambda text: text.replace("90", "91"), "not the lines of one"),
    (lambda text: text.replace("10.0.2", "10.0.3"), "not the lines of one"), (lambda text: text.replace('"digest"', '"d"'), "says None"),
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
