# SPDX-License-Identifier: Apache-2.0
"""
One of six verdicts for any console and any end of a machine. Pass needs the plan line, the end marker, this
run's end line and no failure line; everything that is not provably fine is something else.
"""
from __future__ import annotations

import enum
from dataclasses import dataclass

from tool import console
from tool.console import Metric, Transcript
from tool.watch import Ended


class Kind(enum.Enum):
    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    ERROR = "error"        # the test or its environment is wrong
    CRASH = "crash"        # panic, unexpected guest exception, silent reset, machine gone
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Facts:
    """How the process ended; `status` only if it ended by itself."""
    ended: Ended
    status: int | None = None
    stderr: str = ""


@dataclass(frozen=True)
class Expectation:
    test: str                                   # SUITE.NAME
    nonce: str
    crashes: frozenset[int] = frozenset()       # domains that must crash
    guest_ms: int = 2000
    domain: int = 1                             # the one that runs the test


@dataclass(frozen=True)
class Verdict:
    kind: Kind
    reason: str = ""
    fails: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    metrics: tuple[Metric, ...] = ()


_TIMEOUTS = {
    Ended.GUEST_TIME: "no end within {ms} ms of guest time",
    Ended.IDLE: "idle for ever: virtual time stands still",
    Ended.WALL_TIME: "no end within ten times its time on the host ({ms} ms of guest time allowed)",
    Ended.BOARD_TIME: "no end within the time that the board has for {ms} ms of guest time",
    Ended.FLOOD: "the console was flooded and no end came",
}


def timed_out(ended: Ended) -> bool:
    return ended in _TIMEOUTS


def judge(text: str, facts: Facts, expected: Expectation) -> Verdict:
    """A pure function; never raises."""
    seen = console.read(text)
    kind, reason = _decide(seen, facts, expected)
    report = seen.report(expected.domain)
    return Verdict(kind, reason, tuple(seen.all_fails()), tuple(report.notes), tuple(report.metrics))


def _decide(seen: Transcript, facts: Facts, expected: Expectation) -> tuple[Kind, str]:
    if facts.ended is Ended.START:
        return Kind.ERROR, f"the machine did not start: {last_line(facts.stderr)}"
    if facts.ended is Ended.DIFFERS:
        return Kind.ERROR, f"two runs of the same bytes differ: {last_line(facts.stderr)}"
    if reason := _crash(seen, expected):
        return Kind.CRASH, reason
    if any(end.nonce != expected.nonce for end in seen.ends):
        return Kind.ERROR, "an end line carries another run's nonce"
    if not seen.ends:
        return no_end(seen, facts, expected)
    if len(seen.ends) > 1:
        return Kind.ERROR, f"{len(seen.ends)} end lines"
    if facts.ended is not Ended.END_LINE:
        return Kind.ERROR, f"an end line in a run that was ended by {facts.ended.value}"
    if fails := seen.all_fails():
        return Kind.FAIL, fails[0]
    return _report(seen, expected)


def _crash(seen: Transcript, expected: Expectation) -> str:
    if seen.panics:
        return f"hypervisor panic: {seen.panics[0]}"
    if any(end.panic for end in seen.ends):
        return "hypervisor panic"
    if len(seen.banners) > 1:
        return "silent reset: the hypervisor started more than once"
    for domain, why in sorted(seen.crashes.items()):
        if domain not in expected.crashes:
            return f"d{domain} crashed: {why}"
    for end in seen.ends:
        for domain, state in sorted(end.states.items()):
            if state == "crash" and domain not in expected.crashes:
                return f"d{domain} crashed" + _exception(seen, domain)
    for domain, report in sorted(seen.reports.items()):
        if report.exceptions and domain not in expected.crashes:
            return f"d{domain} took an unexpected exception: {report.exceptions[0]}"
    return ""


def _exception(seen: Transcript, domain: int) -> str:
    exceptions = seen.report(domain).exceptions
    return f": exception {exceptions[0]}" if exceptions else ""


def no_end(seen: Transcript, facts: Facts, expected: Expectation) -> tuple[Kind, str]:
    if facts.ended in _TIMEOUTS:
        reason = _TIMEOUTS[facts.ended].format(ms=expected.guest_ms)
        fails = seen.all_fails()
        return Kind.TIMEOUT, reason + (f"; before that: {fails[0]}" if fails else "")
    if facts.ended is Ended.EXIT:
        if not seen.banners and facts.status and facts.status > 0:
            return Kind.ERROR, f"the emulator refused to run (status {facts.status}): {last_line(facts.stderr)}"
        if facts.status is None:
            return Kind.CRASH, "the console closed before the end line: the board is gone"
        how = f"signal {-facts.status}" if facts.status < 0 else f"status {facts.status}"
        return Kind.CRASH, f"the machine ended by itself ({how}) before the end line"
    return Kind.ERROR, "the end line was announced and is not there"


def _report(seen: Transcript, expected: Expectation) -> tuple[Kind, str]:
    """The hypervisor ended in order and nobody failed: did the test do what it promised?"""
    report = seen.report(expected.domain)
    if len(seen.banners) != 1:
        return Kind.ERROR, "the hypervisor's banner is missing"
    if report.plans != [expected.test]:
        return Kind.ERROR, f"expected one plan line for {expected.test}, got {', '.join(report.plans) or 'none'}"
    crashed = {domain for domain, state in seen.ends[0].states.items() if state == "crash"} | set(seen.crashes)
    if missing := expected.crashes - crashed:
        return Kind.FAIL, f"d{min(missing)} was expected to crash and did not"
    if report.malformed:
        return Kind.ERROR, f"malformed report: fp1 {report.malformed[0]}"
    if expected.domain in expected.crashes and not report.ends:
        return Kind.PASS, ""
    return _marker(report.ends, report.skips, seen.ends[0].states.get(expected.domain, "missing"), expected)


def _marker(ends: list[str], skips: list[str], state: str, expected: Expectation) -> tuple[Kind, str]:
    if len(ends) != 1:
        return Kind.ERROR, f"expected one end marker of d{expected.domain}, got {len(ends)} (d{expected.domain}={state})"
    if ends[0] == "fail":
        return Kind.FAIL, "the test says it failed and does not say why"
    if ends[0] == "skip":
        return (Kind.SKIP, skips[0]) if skips and skips[0] else (Kind.ERROR, "skipped without a reason")
    if ends[0] != "pass" or skips:
        return Kind.ERROR, f"end marker {ends[0]!r}" + (" after a skip line" if skips else "")
    if state != "poweroff" and expected.domain not in expected.crashes:
        return Kind.ERROR, f"passed, but d{expected.domain}={state} instead of poweroff"
    return Kind.PASS, ""


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
