# SPDX-License-Identifier: Apache-2.0
"""
testsuite/divergences.toml: where real Xen answers otherwise than Fencepost, test by test and recorded call by
recorded call, each with both answers and the reason. What is listed must differ: an entry that does not is an error.
"""
from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tool import paths
from tool.exitcodes import UsageError

FILE = paths.TESTSUITE / "divergences.toml"
XEN = ("xen-4.17", "xen-4.20")


@dataclass(frozen=True)
class Divergence:
    """Of tests. `answers`: Xen's, by its name; where a name is missing the two agree."""
    id: str                       # of docs/divergences.md, or the page that has the reason
    tests: tuple[str, ...]        # SUITE.NAME
    call: str
    answers: Mapping[str, str]
    fencepost: str
    reason: str
    runs: bool                    # False: it would not come to an end there

    def on(self, hypervisor: str) -> bool:
        """A Xen that nobody listed is taken for the newest one."""
        return (hypervisor if hypervisor in XEN else XEN[-1]) in self.answers

    def text(self, hypervisor: str) -> str:
        answer = self.answers[hypervisor if hypervisor in XEN else XEN[-1]]
        return f"{self.id}: {self.call}: Xen {answer}, Fencepost {self.fencepost}"


@dataclass(frozen=True)
class Left:
    """Tests that stock Xen cannot be asked; a name may end in `.*`."""
    tests: tuple[str, ...]
    reason: str

    def holds(self, test: str) -> bool:
        return any(test == name or (name.endswith(".*") and test.startswith(name[:-1])) for name in self.tests)


@dataclass(frozen=True)
class Table:
    differs: tuple[Divergence, ...]
    left: tuple[Left, ...]
    vectors: tuple[Mapping[str, Any], ...] = ()

    def of(self, test: str, hypervisor: str) -> Divergence | None:
        return next((one for one in self.differs if test in one.tests and one.on(hypervisor)), None)

    def left_out(self, test: str) -> str:
        return next((one.reason for one in self.left if one.holds(test)), "")


def _differs(entry: Mapping[str, Any], place: str) -> Divergence:
    answers = {name: entry[name] for name in XEN if name in entry}
    known = {"id", "tests", "call", "fencepost", "reason", "runs", *XEN}
    if not answers or set(entry) - known:
        raise ValueError(f"{place}: an answer of {' or '.join(XEN)} is needed, and no other keys than {', '.join(sorted(known))}")
    return Divergence(entry["id"], tuple(entry["tests"]), entry["call"], answers, entry["fencepost"], entry["reason"],
                      bool(entry.get("runs", True)))


def parse(text: str, file: str) -> Table:
    """Raises UsageError with file, entry and rule."""
    place = file
    try:
        table = tomllib.loads(text)
        if strange := set(table) - {"differs", "left-out", "vector"}:
            raise ValueError(f"unknown table {', '.join(sorted(strange))}")
        differs, left = [], []
        for number, entry in enumerate(table.get("differs", []), 1):
            place = f"{file}: differs {number}"
            differs.append(_differs(entry, place))
        for number, entry in enumerate(table.get("left-out", []), 1):
            place = f"{file}: left-out {number}"
            left.append(Left(tuple(entry["tests"]), entry["reason"]))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{place}: {error}") from error
    tests = [(test, name) for one in differs for test in one.tests for name in one.answers]
    if doubled := sorted({test for test, name in tests if tests.count((test, name)) > 1}):
        raise UsageError(f"{file}: listed twice: {', '.join(doubled)}")
    return Table(tuple(differs), tuple(left), tuple(table.get("vector", [])))


@functools.cache
def load(file: Path = FILE) -> Table:
    return parse(file.read_text(encoding="utf-8"), paths.relative(file))


def check_names(table: Table, tests: Iterable[str]) -> None:
    """A name that no test has is an error: a typing error would otherwise explain nothing for ever."""
    tests = set(tests)
    suites = {test.partition(".")[0] for test in tests}
    named = {test for one in (*table.differs, *table.left) for test in one.tests}
    wrong = [name for name in named if (name[:-2] not in suites if name.endswith(".*") else name not in tests)]
    if wrong:
        raise UsageError(f"{paths.relative(FILE)}: no such tests: {', '.join(sorted(wrong))}")
