# SPDX-License-Identifier: Apache-2.0
"""From counts by address to functions, and from two profiles to what moved. No machine."""
from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bench import bench, counts, functions, measure, profile
from bench.counts import Counts
from bench.functions import Functions, Span
from bench.measure import Measurement, NotMeasured
from bench.profile import Profile
from testsuite.made_up import SEND, line, of, row, row_named, series

FUNCTIONS = Functions({0x10: ("outer", "inner"), 0x12: ("outer", "inner"), 0x14: ("outer",)}, ((0x20, "asm.part.0"), (0x30, "other")))


def made(**moved: Counts) -> Profile:
    return Profile("m", moved)


# ---- what moved

def test_one_instruction_more_is_one_line() -> None:
    before = made(evtchn_send=of(plain=4, load=2), trap=of(entry=1))
    after = made(evtchn_send=of(plain=5, load=2), trap=of(entry=1))
    assert profile.explain(before, after) == ["+1  evtchn_send: +1 plain"]
    assert profile.explain(after, before) == ["-1  evtchn_send: -1 plain"]


def test_the_largest_movement_comes_first_and_what_did_not_move_not_at_all() -> None:
    before = made(a=of(plain=1), b=of(plain=9, load=1), same=of(isb=1))
    after = made(a=of(plain=2), b=of(plain=4, load=2), same=of(isb=1))
    assert profile.explain(before, after) == ["-4  b: -5 plain, +1 load", "+1  a: +1 plain"]


def test_a_class_that_becomes_another_is_told_though_the_sum_is_the_same() -> None:
    assert profile.explain(made(a=of(plain=2)), made(a=of(plain=1, load=1))) == ["+0  a: -1 plain, +1 load"]


def test_functions_that_came_and_went_are_named_so() -> None:
    assert profile.explain(made(old=of(store=2)), made(new=of(load=1, mpu=1, isb=1))) == [
        "+3  new (new): +1 load, +1 mpu, +1 isb", "-2  old (gone): -2 store"]


# ---- addresses and functions

def test_an_inlined_callee_is_the_innermost_and_its_callers_are_kept() -> None:
    lines = {0x10: of(plain=2), 0x14: of(load=1), 0x22: of(eret=1)}
    found = profile.fold("m", lines, FUNCTIONS)
    assert found.functions == {"inner": of(plain=2), "outer": of(load=1), "asm": of(eret=1)}
    assert found.chains == {("outer", "inner"): of(plain=2), ("outer",): of(load=1), ("asm",): of(eret=1)}
    assert found.total == of(plain=2, load=1, eret=1)


@pytest.mark.parametrize("symbol, name", [("f.constprop.0", "f"), ("f.part.0.isra.1", "f"), ("f.cold", "f"),
                                          ("f.isra.0.cold", "f"), ("f_part", "f_part"), ("f.L1", "f.L1")])
def test_clones_are_their_function(symbol: str, name: str) -> None:
    assert functions.without_clone(symbol) == name


def test_two_functions_of_one_name_are_told_apart_by_their_files() -> None:
    places = functions.paint([Span(0, 2, (("reach", "window.c"),)), Span(2, 4, (("reach", "switch.c"),)),
                              Span(4, 8, (("end", "window.c"),)), Span(6, 8, (("end", "window.c"), ("off", "mpu.h")))])
    assert places == {0: ("reach (window.c)",), 2: ("reach (switch.c)",), 4: ("end",), 6: ("end", "off")}


def test_an_address_before_every_symbol_is_unknown() -> None:
    assert FUNCTIONS.chain(0x1c) == (functions.UNKNOWN,)


SOURCE = """
static inline __attribute__((always_inline)) int inner(int x) { __asm__ volatile("nop" : "+r"(x)); return x; }
__attribute__((noinline)) static int deep(int x, int unused) { return inner(x) + inner(x + 1); }
int outer(int x) { return deep(inner(x), 3) + 1; }
__asm__(".text\\n.global by_hand\\nby_hand:\\n nop\\n nop\\n");
"""


@pytest.mark.parametrize("compiler", ["arm-none-eabi-gcc", "aarch64-linux-gnu-gcc"])
def test_debug_information_of_a_compiler_is_read(compiler: str, tmp_path: Path) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    (tmp_path / "a.c").write_text(SOURCE)
    arch = ["-mcpu=cortex-r52", "-marm", "-mfloat-abi=soft"] if compiler.startswith("arm") else []
    subprocess.run([compiler, "-O2", "-g", *arch, "-nostdlib", "-static", "-Wl,-e,outer", "-o", "a.elf", "a.c"],
                   cwd=tmp_path, check=True)
    found = functions.read(tmp_path / "a.elf")
    at = {name: address for address, name in found.symbols}
    assert found.chain(at["by_hand"] + 4) == ("by_hand",)
    chains = set(found.places.values())
    assert {("outer",), ("outer", "inner"), ("deep",), ("deep", "inner")} <= chains


# ---- which addresses a metric is made of

BINS = {"hyp": {0x10: of(plain=20), 0x14: of(load=9, load_words=14), 0x20: SEND - of(plain=20, load=9, load_words=14)},
        "remote": {0x10: of(plain=3)}, "irq": {0x14: of(load=9, load_words=14)},
        "cpu0": {0x10: of(plain=99)}, "window region.add": {0x10: of(mpu=2)}, "window region.remove": {0x10: of(mpu=1), 0x14: of(isb=1)}}


def lines(name: str, **changes: object) -> Counts:
    return sum(profile.lines_of(replace(row_named(name), **changes), BINS).values(), Counts())


def test_every_kind_of_metric_has_its_addresses() -> None:
    assert lines("hypercall.null") == SEND
    assert lines("hypercall.null", windows=("region.add",)) == SEND - of(mpu=2)
    assert lines("evtchn.send.remote.window") == SEND + of(plain=3)
    assert lines("irq.to_guest") == of(load=9, load_words=14)
    assert lines("region.add_remove") == of(mpu=3, isb=1)
    assert lines("evtchn.pingpong.window") == SEND
    assert lines("boot.total") == SEND


# ---- a measurement's profile

def recording(bins: counts.Bins) -> counts.Recording:
    return counts.Recording(None, (series(row(SEND)),), None, {}, {(0, counts.WARM): bins, (0, counts.COLD): bins})


def test_a_measurement_has_its_profile_when_it_was_asked_for() -> None:
    wanted = [row_named("hypercall.null")]
    plain, profiled = (measure.of_recording(wanted, ["hypercall.null"], "window", recording(BINS), found)[0]
                       for found in (None, FUNCTIONS))
    assert isinstance(plain, Measurement) and plain.profile is None
    assert isinstance(profiled, Measurement) and profiled.profile is not None
    assert profiled.profile.total == SEND == profiled.counts and profiled.value == plain.value


@pytest.mark.parametrize("wrong", [{}, {0x10: SEND + of(plain=1)}, {0x10: SEND - of(plain=1) + of(load=1)}])
def test_a_profile_that_does_not_sum_to_the_round_is_not_measured(wrong: counts.Lines) -> None:
    for result in measure.of_recording([row_named("hypercall.null")], ["hypercall.null"], "window", recording({"hyp": wrong}), FUNCTIONS):
        assert isinstance(result, NotMeasured) and "the profile has" in result.reason


def test_a_profile_is_printed_and_in_the_json() -> None:
    (warm, cold) = measure.of_recording([row_named("hypercall.null")], ["hypercall.null"], "window", recording(BINS), FUNCTIONS)
    text = bench.report([warm, cold], [row_named("hypercall.null")], {})
    assert "hypercall.null, by function:\n       21  asm: 5 store" in text.replace("\n\n", "\n")
    (entry, _) = bench.as_json([warm, cold], {})["results"]
    assert {one["function"]: one["total"] for one in entry["functions"]} == {"inner": 20, "outer": 9, "asm": 21}


# ---- the plugin's records

def test_profile_records_are_read() -> None:
    text = ('{"record":"profile","index":2,"round":"warm","bins":{"hyp":[[16,"load",2,3,0,0],[16,"entry",1,0,0,0]],'
            '"window a":[[20,"sysreg",1,0,0,1]]}}\n') + line(series(row(SEND)))
    found = counts.parse(text)
    assert found.bins(2, counts.WARM) == {"hyp": {16: of(load=2, entry=1, load_words=3)}, "window a": {20: of(sysreg=1, el1_mpu=1)}}
    assert found.bins(2, counts.COLD) is None


@pytest.mark.parametrize("bins", ['{"hyp":[[16,"jump",1,0,0,0]]}', '{"hyp":[[16,"load"]]}', '{"hyp":[3]}', "3"])
def test_a_malformed_profile_is_a_record_error(bins: str) -> None:
    with pytest.raises(counts.RecordError, match="line 1"):
        counts.parse(f'{{"record":"profile","index":0,"round":"warm","bins":{bins}}}\n')
