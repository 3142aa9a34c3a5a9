# SPDX-License-Identifier: Apache-2.0
"""Why metrics moved, from made-up profiles: the function and its class are named, and like reasons come once."""
from __future__ import annotations

from dataclasses import replace

from bench import baseline, check, image, sides, why
from bench.baseline import Change, Verdict
from bench.counts import Counts
from bench.measure import Exact, Measurement, NotMeasured
from bench.profile import Profile
from testsuite.made_up import HEADER, TABLE, of, row_named
from testsuite.test_check import baseline_of, entry_results
from tool.exitcodes import Exit

SEND, ENTRY = of(plain=20, load=9), of(plain=30, entry=1)
MASKED = [f"evtchn.send.peer.masked.{name}" for name in ("window", "switch", "mask")]


def measured(metric: str, outside: int = 0, **functions: Counts) -> Measurement:
    profile = Profile(metric, functions)
    return Measurement(metric, "window", Exact(profile.total.total + outside, "instructions"), None, profile=profile)


def change(before: Measurement, after: Measurement) -> Change:
    return Change(before.metric, Verdict.WORSE, before.value, after.value)


def reason(before: Measurement, after: Measurement) -> list[str]:
    return why.reason(change(before, after), why.Measured("abc", {before.metric: before}, {after.metric: after}))


def test_one_instruction_is_named_with_its_function_and_class() -> None:
    before, after = measured("m", evtchn_send=SEND, entry=ENTRY), measured("m", evtchn_send=SEND + of(plain=1), entry=ENTRY)
    assert reason(before, after) == ["+1  evtchn_send: +1 plain"]


def test_what_a_header_holds_for_every_strategy_is_one_reason() -> None:
    def sided(strategy: str, counts: Counts) -> Measurement:
        name = f"send_local_{strategy.partition('-')[0]}"
        profile = Profile("m." + strategy, {name: counts, "view_mask": SEND}, files={name: "evtchn_send.h", "view_mask": "mask.c"})
        return Measurement("m." + strategy, strategy, Exact(profile.total.total, "instructions"), None, profile=profile)
    pairs = [(sided(name, SEND), sided(name, SEND + of(plain=1))) for name in ("window", "switch-entry", "mask")]
    found = why.groups([change(*pair) for pair in pairs], why.Measured("abc", {a.metric: a for a, _ in pairs},
                                                                       {b.metric: b for _, b in pairs}))
    assert [group.lines for group in found] == [("+1  send_local_<s> (evtchn_send.h): +1 plain",)]


def test_a_strategy_s_own_function_keeps_its_name() -> None:
    pair = [Measurement("m", "mask", Exact(29 + more, "instructions"), None, profile=Profile(
        "m", {"view_mask": SEND + of(plain=more)}, files={"view_mask": "mask.c"})) for more in (0, 1)]
    assert reason(*pair) == ["+1  view_mask (mask.c): +1 plain"]


def test_what_moved_outside_the_hypervisor_is_said() -> None:
    assert reason(measured("m", 4, f=SEND), measured("m", 7, f=SEND)) == ["+3  outside the hypervisor"]


def test_metrics_that_moved_for_the_same_reason_are_told_together() -> None:
    longer = SEND + of(isb=1)
    pairs = [(measured(name, evtchn_send=SEND), measured(name, evtchn_send=longer)) for name in MASKED]
    pairs.insert(1, (measured("vcpu.switch", other=ENTRY), measured("vcpu.switch", other=ENTRY + of(load=2))))
    changes = [change(*pair) for pair in pairs]
    found = why.groups(changes, why.Measured("abc", {a.metric: a for a, _ in pairs}, {b.metric: b for _, b in pairs}))
    assert found == [why.Group(tuple(MASKED), ("+1  evtchn_send: +1 isb",)), why.Group(("vcpu.switch",), ("+2  other: +2 load",))]
    assert why.text(changes, found) == [
        *(f"worse         {name} 29 → 30 (+1)" for name in MASKED), "              +1  evtchn_send: +1 isb",
        "worse         vcpu.switch 31 → 33 (+2)", "              +2  other: +2 load"]


def test_changes_without_a_reason_keep_their_lines() -> None:
    new = Change("hypercall.null", Verdict.NEW, None, Exact(3, "instructions"))
    assert why.text([new], []) == ["new           hypercall.null 3"]


def test_a_rewrite_does_not_fill_the_screen() -> None:
    before = measured("m", **{f"old_{index}": SEND for index in range(30)})
    after = measured("m", **{f"new_{index}": SEND + of(plain=1) for index in range(30)})
    text = why.text([change(before, after)], why.groups([change(before, after)],
                                                       why.Measured("abc", {"m": before}, {"m": after})))
    assert len(text) == 14 and text[-1].strip() == "… and 48 functions more"


def test_a_baseline_that_is_not_its_commit_s_is_noticed() -> None:
    before, after = measured("m", f=SEND), measured("m", f=SEND + of(plain=2))
    wrong = replace(change(before, after), old=Exact(28, "instructions"))
    lines = why.reason(wrong, why.Measured("abc", {"m": before}, {"m": after}))
    assert lines == ["+2  f: +2 plain", "at abc it is 29, not 28: the baseline is not that commit's"]


def test_sources_that_change_meanwhile_are_noticed() -> None:
    before, after = measured("m", f=SEND), measured("m", f=SEND + of(plain=2))
    wrong = replace(change(before, after), new=Exact(30, "instructions"))
    assert why.reason(wrong, why.Measured("abc", {"m": before}, {"m": after}))[-1] == \
        "measured again it is 31, not 30: the sources changed meanwhile"


def test_a_side_that_was_not_measured_says_why() -> None:
    after = measured("m", f=SEND)
    moved = Change("m", Verdict.WORSE, Exact(1, "instructions"), after.value)
    assert why.reason(moved, why.Measured("abc", {"m": NotMeasured("m", "crash: d2")}, {"m": after})) == [
        "not known: at abc: crash: d2"]
    assert why.reason(moved, why.Measured("abc", {}, {"m": after})) == ["not known: at abc: it was not measured again"]


def test_a_maximum_names_the_run_it_comes_from() -> None:
    def longest(*parts: tuple[str, int]) -> Measurement:
        return Measurement("irqoff.longest", None, Exact(parts[0][1], "instructions"), None, parts=parts)

    before, after = longest(("calls in a[window]", 90), ("b", 3)), longest(("calls in a[window]", 95))
    assert reason(before, after) == ["+5  calls in a[window]"]
    assert reason(before, longest(("b", 95))) == ["+5  b; before it was calls in a[window]"]
    assert sides.runs([before, measured("m", f=SEND)]) == {"irqoff.longest": "a[window]", "m": ""}


def test_the_image_s_bytes_are_told_by_function(monkeypatch) -> None:
    sizes = {"before": {"f": 40, "gone": 8}, "after": {"f": 44, "new": 2}}
    monkeypatch.setattr(image, "sizes", sizes.__getitem__)
    old, new = (image.Hypervisor(name, 0, 0, (), {}, size) for name, size in (("before", 100), ("after", 101)))
    assert image.grown(old, new) == ["-8  gone", "+4  f", "+3  literals, strings and alignment", "+2  new"]
    moved = Change("image.text_rodata", Verdict.MOVED, Exact(100, "bytes"), Exact(101, "bytes"))
    results = [{"image.text_rodata": Measurement("image.text_rodata", None, value, None)} for value in (moved.old, moved.new)]
    assert why.reason(moved, why.Measured("abc", *results, image.grown(old, new)))[0] == "-8  gone"


# ---- two measured sides

def against(old: dict[str, int], new: dict[str, int], *missing: NotMeasured, earlier=TABLE) -> list[Change]:
    return sides.against(HEADER, [*entry_results(**old), *missing], entry_results(**new), TABLE, earlier)


def test_two_sides_are_compared_as_a_baseline_is() -> None:
    assert against({"null": 30, "image": 9}, {"null": 31, "image": 10}) == \
        baseline.compare(baseline_of(null=30, image=9), entry_results(null=31, image=10))


def test_what_was_not_measured_before_is_new_and_says_why() -> None:
    (change_, _) = against({"null": 30}, {"null": 30, "masked": 90}, NotMeasured("evtchn.send.peer.masked.window", "crash"))
    assert (change_.verdict, change_.reason) == (Verdict.NEW, "not measured before: crash")
    assert check.code_of([change_]) is Exit.METRICS_CHANGED


def test_a_metric_that_the_table_had_before_is_gone() -> None:
    removed = replace(row_named("hypercall.null"), name="hypercall.old")
    assert against({"null": 30}, {"null": 30}, earlier=[*TABLE, removed])[-1] == \
        Change("hypercall.old", Verdict.GONE, reason="not in bench/METRICS.md any more")


def test_the_json_has_all_of_it() -> None:
    changes = against({"null": 30}, {"null": 31})
    judged = check.Judged("abc", "the work tree", changes, Exit.WORSE, ("note",), [why.Group(("hypercall.null",), ("+1  f",))])
    table = judged.table("against", {"board": "b"})
    assert (table["mode"], table["exit"], table["notes"], table["before"]) == ("against", 3, ["note"], "abc")
    assert table["changes"] == [{"metric": "hypercall.null", "verdict": "worse", "old": 30, "new": 31, "max": None, "reason": ""}]
    assert table["reasons"] == [{"metrics": ["hypercall.null"], "lines": ["+1  f"]}]
