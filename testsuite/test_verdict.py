# SPDX-License-Identifier: Apache-2.0
"""The verdict is a pure function: recorded consoles, and any bytes at all."""
import pytest
from hypothesis import given, settings, strategies as some

from tool import console
from tool.elfimage import Symbols
from tool.machine import Ended
from tool.verdict import Expectation, Facts, Kind, judge

NONCE = "0123456789abcdef"
BANNER = "(hv) fencepost abc board=mps3-an536 access=window slots=16 cpus=1\n"
PLAN = "(d1) fp1 plan a.test\n"
PASS = "(d1) fp1 end pass\n"
END = f"(hv) END {NONCE} d1=poweroff d2=running\n"
EXPECTED = Expectation("a.test", NONCE)
AT_END = Facts(Ended.END_LINE)


def verdict(text: str, facts: Facts = AT_END, expected: Expectation = EXPECTED):
    return judge(text, facts, expected)


def test_pass_needs_all_of_it():
    whole = [BANNER, PLAN, PASS, END]
    assert verdict("".join(whole)).kind is Kind.PASS
    for missing in whole:
        assert verdict("".join(line for line in whole if line != missing)).kind is not Kind.PASS


@pytest.mark.parametrize("text, kind, reason", [
    (BANNER + PLAN + "(d1) fp1 fail a.c:7: got 1, expected 2\n(d1) fp1 end fail\n" + END, Kind.FAIL, "a.c:7"),
    (BANNER + PLAN + "(d2) fp1 fail b.c:9: no event\n" + PASS + END, Kind.FAIL, "b.c:9"),
    (BANNER + PLAN + "(d1) fp1 end fail\n" + END, Kind.FAIL, "does not say why"),
    (BANNER + PLAN + "(d1) fp1 skip one CPU only\n(d1) fp1 end skip\n" + END, Kind.SKIP, "one CPU only"),
    (BANNER + PLAN + "(d1) fp1 end skip\n" + END, Kind.ERROR, "without a reason"),
    (BANNER + PLAN + "(d1) fp1 skip no\n" + PASS + END, Kind.ERROR, "after a skip line"),
    (BANNER + PLAN + END, Kind.ERROR, "one end marker"),
    (BANNER + PLAN + PASS + PASS + END, Kind.ERROR, "got 2"),
    (BANNER + "(d1) fp1 plan a.other\n" + PASS + END, Kind.ERROR, "a.other"),
    (BANNER + PLAN + PLAN + PASS + END, Kind.ERROR, "one plan line"),
    (BANNER + PLAN + "(d1) fp1 what is this\n" + PASS + END, Kind.ERROR, "malformed"),
    (BANNER + PLAN + PASS + END.replace("d1=poweroff", "d1=running"), Kind.ERROR, "instead of poweroff"),
    (BANNER + PLAN + PASS + END.replace("d2=running", "d2=crash"), Kind.CRASH, "d2 crashed"),
    (BANNER + PLAN + "(hv) d2 CRASH stray pc=0x10\n" + PASS + END, Kind.CRASH, "stray pc=0x10"),
    (BANNER + PLAN + "(d1) fp1 exception data pc=0x8 lr=0x4\n(hv) d1 CRASH told to\n" + END, Kind.CRASH, "d1"),
    (BANNER + "(hv) PANIC lost a slot\n(hv) END " + NONCE + " panic\n", Kind.CRASH, "lost a slot"),
    (BANNER + PLAN + BANNER + PLAN + PASS + END, Kind.CRASH, "silent reset"),
    (BANNER + PLAN + PASS + END.replace(NONCE, "f" * 16), Kind.ERROR, "another run"),
    (BANNER + PLAN + PASS + END + END, Kind.ERROR, "2 end lines"),
    (BANNER + PLAN + PASS + f"(d1) {END}", Kind.ERROR, "not there"),
])
def test_recorded_consoles(text, kind, reason):
    found = verdict(text)
    assert (found.kind, reason in found.reason) == (kind, True), found


def test_expected_crash_must_happen():
    expected = Expectation("a.test", NONCE, crashes=frozenset({2}))
    crashed = BANNER + PLAN + "(hv) d2 CRASH wanted\n" + PASS + END.replace("d2=running", "d2=crash")
    assert verdict(crashed, expected=expected).kind is Kind.PASS
    assert verdict(BANNER + PLAN + PASS + END, expected=expected).kind is Kind.FAIL


def test_test_domain_that_must_crash_needs_no_end_marker():
    expected = Expectation("a.test", NONCE, crashes=frozenset({1}))
    text = BANNER + PLAN + "(hv) d1 CRASH wanted\n" + END.replace("d1=poweroff", "d1=crash")
    assert verdict(text, expected=expected).kind is Kind.PASS
    assert verdict(text.replace(PLAN, ""), expected=expected).kind is Kind.ERROR


@pytest.mark.parametrize("ended", [Ended.GUEST_TIME, Ended.IDLE, Ended.WALL_TIME, Ended.FLOOD])
def test_timeouts_keep_the_first_failure(ended):
    found = verdict(BANNER + PLAN + "(d1) fp1 fail a.c:1: early\n", Facts(ended))
    assert found.kind is Kind.TIMEOUT and "a.c:1: early" in found.reason


def test_metrics_and_notes_are_kept():
    found = verdict(BANNER + PLAN + "(d1) fp1 metric a.b 12 ticks\n(d1) fp1 note hello\n" + PASS + END)
    assert found.metrics == (console.Metric("a.b", 12, "ticks"),) and found.notes == ("hello",)


FACTS = some.builds(Facts, some.sampled_from(Ended), some.none() | some.integers(-64, 255), some.text(max_size=20))
WORDS = some.sampled_from(["(hv) ", "(d1) ", "(d2) ", "END ", NONCE, "fp1 ", "plan a.test", "end pass", "fail x", "skip",
                           "metric a 1 b", "PANIC", "CRASH", " d1=poweroff", "fencepost ", "\n", "\r", "d1 ", "\0"])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(some.binary(max_size=300), FACTS)
def test_any_bytes_yield_a_verdict_and_never_a_pass(data, facts):
    found = verdict(console.decode(data), facts)
    assert isinstance(found.kind, Kind) and found.kind is not Kind.PASS


@settings(max_examples=300, deadline=None, derandomize=True)
@given(some.lists(WORDS, max_size=40), FACTS)
def test_no_sequence_of_words_passes_without_the_whole_protocol(words, facts):
    text = "".join(words)
    found = verdict(console.decode(text.encode()), facts)
    if found.kind is Kind.PASS:
        assert facts.ended is Ended.END_LINE and f"\n(hv) END {NONCE} d1=poweroff" in "\n" + text
        assert "(d1) fp1 plan a.test" in text and "(d1) fp1 end pass" in text and "fp1 fail" not in text


@settings(max_examples=150, deadline=None, derandomize=True)
@given(some.binary(max_size=200).filter(lambda data: b"\n" not in data))
def test_a_guest_cannot_forge_the_end(data):
    """Whatever a domain writes in a line of its own, a run without the hypervisor's end line does not pass."""
    forged = f"(d1) {console.decode(data)}\n"
    text = BANNER + PLAN + PASS + forged + f"(d1) {END}"
    assert verdict(text).kind is not Kind.PASS


def test_addresses_are_named():
    hypervisor = Symbols((0x10000000,), ((0x10000000, 0x40, "trap"),))
    guest = Symbols((0x100,), ((0x100, 0x20, "body"),))
    line = console.annotate("pc=10000004 lr=0x20000108 far=0x7777", hypervisor, guest, {2: 0x20000000})
    assert line == "pc=10000004 <trap+0x4> lr=0x20000108 <d2 body+0x8> far=0x7777"
