# SPDX-License-Identifier: Apache-2.0
"""
The verdict of a test that ran under real Xen. Xen knows no nonce and says nothing when a domain stops, so the last
word is domain 1's own end marker, behind the prefix that Xen puts before each line of a domain. A guest could
therefore claim a pass for itself, though not for another: a pass here shows that the test asks what Xen answers, and
it shows no requirement.
"""
from __future__ import annotations

import re

from tool import console
from tool.console import Transcript
from tool.verdict import Ended, Expectation, Facts, Kind, Verdict, last_line, no_end, timed_out

BANNER = re.compile(r"^\(XEN\) Xen version (\S+)", re.MULTILINE)
_PANIC = re.compile(r"^\(XEN\) Panic on CPU \d+:\n(?:\(XEN\) (.*)\n)?", re.MULTILINE)
_CRASHED = re.compile(r"^\(XEN\) Domain (\d+) \(vcpu#\d+\) crashed", re.MULTILINE)
LAST_LINES = (b"(d1) fp1 end ", *(b"(d%d) fp1 exception " % domain for domain in range(1, 9)),
              b"(XEN) Reboot in five seconds", b"(XEN) Manual reset required")


def judge(text: str, facts: Facts, expected: Expectation) -> Verdict:
    """A pure function; never raises."""
    seen = console.read(text)
    kind, reason = _decide(text, seen, facts, expected)
    report = seen.report(expected.domain)
    return Verdict(kind, reason, tuple(seen.all_fails()), tuple(report.notes), tuple(report.metrics))


def _decide(text: str, seen: Transcript, facts: Facts, expected: Expectation) -> tuple[Kind, str]:
    if facts.ended is Ended.START:
        return Kind.ERROR, f"the emulator did not start: {last_line(facts.stderr)}"
    if panic := _PANIC.search(text):
        return Kind.CRASH, f"Xen panic: {panic[1] or 'no reason'}"
    if len(BANNER.findall(text)) > 1:
        return Kind.CRASH, "silent reset: Xen started more than once"
    if (crashed := {int(domain) for domain in _CRASHED.findall(text)}) - expected.crashes:
        return Kind.CRASH, f"d{min(crashed - expected.crashes)} crashed"
    for domain, report in sorted(seen.reports.items()):
        if report.exceptions and domain not in expected.crashes:
            return Kind.CRASH, f"d{domain} took an unexpected exception: {report.exceptions[0]}"
    if timed_out(facts.ended):
        return no_end(seen, facts, expected)
    report = seen.report(expected.domain)
    if not report.ends:
        return Kind.CRASH, f"the machine ended by itself (status {facts.status}) before the end marker"
    if fails := seen.all_fails():
        return Kind.FAIL, fails[0]
    if not BANNER.search(text):
        return Kind.ERROR, "Xen's banner is missing"
    return _report(report, expected)


def _report(report: console.Report, expected: Expectation) -> tuple[Kind, str]:
    if report.plans != [expected.test]:
        return Kind.ERROR, f"expected one plan line for {expected.test}, got {', '.join(report.plans) or 'none'}"
    if report.malformed:
        return Kind.ERROR, f"malformed report: fp1 {report.malformed[0]}"
    if len(report.ends) != 1:
        return Kind.ERROR, f"expected one end marker of d{expected.domain}, got {len(report.ends)}"
    if report.ends[0] == "skip":
        return (Kind.SKIP, report.skips[0]) if report.skips and report.skips[0] else (Kind.ERROR, "skipped without a reason")
    if report.ends[0] == "fail":
        return Kind.FAIL, "the test says it failed and does not say why"
    if report.ends[0] != "pass" or report.skips:
        return Kind.ERROR, f"end marker {report.ends[0]!r}" + (" after a skip line" if report.skips else "")
    return Kind.PASS, ""
