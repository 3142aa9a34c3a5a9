# SPDX-License-Identifier: Apache-2.0
"""
Reads the console of a run: one record a line, the speaker first. `(hv) TEXT` is the hypervisor, `(dN) TEXT`
a domain; a domain's words that begin with `fp1 ` are reports. Any byte string can be read.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tool.elfimage import Symbols

HYPERVISOR = 0
REPORT = "fp1 "
_LINE = re.compile(r"\((?:hv|d([1-9]\d?))\) (.*)")
_END = re.compile(r"END ([0-9a-f]{16})(?: (.*))?")
_STATE = re.compile(r"d([1-9]\d?)=([a-z]+)")
_START = re.compile(r"d([1-9]\d?) (\S+) start entry=0x([0-9a-f]+)")
_CRASH = re.compile(r"d([1-9]\d?) CRASH (.*)")
_METRIC = re.compile(r"(\S+) (-?\d+) (\S+)")
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A)}
_ADDRESS = re.compile(r"(?<![\w+])(?:0x[0-9a-f]{4,8}|[0-9a-f]{8})\b")


@dataclass(frozen=True)
class End:
    nonce: str
    states: dict[int, str]
    panic: bool


@dataclass(frozen=True)
class Metric:
    name: str
    value: int
    unit: str


@dataclass
class Report:
    """What one domain said about its test."""
    plans: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)


@dataclass
class Transcript:
    banners: list[str] = field(default_factory=list)
    panics: list[str] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    crashes: dict[int, str] = field(default_factory=dict)
    entries: dict[int, int] = field(default_factory=dict)      # load address of each domain's image
    reports: dict[int, Report] = field(default_factory=dict)
    after_end: int = 0                                          # complete lines after the first end line

    def report(self, domain: int) -> Report:
        return self.reports.get(domain, Report())

    def all_fails(self) -> list[str]:
        return [text for _, report in sorted(self.reports.items()) for text in report.fails]


def decode(console: bytes) -> str:
    """Printable ASCII and newlines; every other byte as its escape, so that results can hold any line."""
    return console.replace(b"\r", b"").decode("ascii", "backslashreplace").translate(_CONTROLS)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """(speaker, words) of every complete line that has a speaker; half a line at the end is not a line."""
    for line in text.split("\n")[:-1]:
        if match := _LINE.fullmatch(line):
            yield int(match[1] or HYPERVISOR), match[2]


def read(text: str) -> Transcript:
    seen = Transcript()
    for speaker, words in lines(text):
        if seen.ends:
            seen.after_end += 1
        if speaker == HYPERVISOR:
            _hypervisor(seen, words)
        elif words.startswith(REPORT):
            _domain(seen.reports.setdefault(speaker, Report()), words[len(REPORT):])
    return seen


def _hypervisor(seen: Transcript, words: str) -> None:
    if words.startswith("fencepost "):
        seen.banners.append(words)
    elif words.startswith("PANIC"):
        seen.panics.append(words[len("PANIC"):].strip() or "no reason")
    elif match := _END.fullmatch(words):
        states = {int(domain): state for domain, state in _STATE.findall(match[2] or "")}
        seen.ends.append(End(match[1], states, (match[2] or "").startswith("panic")))
    elif match := _START.match(words):
        seen.entries[int(match[1])] = int(match[3], 16)
    elif match := _CRASH.match(words):
        seen.crashes.setdefault(int(match[1]), match[2])


def _domain(report: Report, words: str) -> None:
    kind, _, rest = words.partition(" ")
    simple = {"plan": report.plans, "end": report.ends, "fail": report.fails, "skip": report.skips,
              "note": report.notes, "exception": report.exceptions}
    if kind in simple:
        simple[kind].append(rest.removeprefix("./"))
    elif kind == "metric" and (match := _METRIC.fullmatch(rest)):
        report.metrics.append(Metric(match[1], int(match[2]), match[3]))
    else:
        report.malformed.append(words)


def annotate(line: str, hypervisor: Symbols, guest: Symbols, entries: dict[int, int]) -> str:
    """The line with the function's name behind each address of code; guests are linked at 0."""
    def named(match: re.Match[str]) -> str:
        address = int(match[0], 16)
        name = hypervisor.name(address)
        for domain, base in entries.items():
            if name is None and (inside := guest.name(address - base)) is not None:
                name = f"d{domain} {inside}"
        return f"{match[0]} <{name}>" if name else match[0]
    return _ADDRESS.sub(named, line)
