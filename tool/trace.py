# SPDX-License-Identifier: Apache-2.0
"""
Requirement -> tests -> verdict. Pure: rows of a stored run, records, benches and chapters in, one line a requirement
out. A row is shown when each way its requirement names has a pass and no test that names it went wrong. A skip, a
missing board, an expected failure, a test that never ran, a pass on the checked image: none of them shows.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tool.exitcodes import UsageError
from tool.requirements import DOCUMENT, GUEST, HOST, Requirement
from tool.results import Row

PASS, NEVER, EXPECTED, CHECKED = "pass", "never run", "expected failure", "pass on checked"
_PARAMETERS = re.compile(r"\[(.*)\]$", re.S)
RED = frozenset({"fail", "crash", "timeout", "error", "missing", "not measured"})
_ORDER = ("crash", "timeout", "error", "fail", "missing", "not measured", PASS, CHECKED, EXPECTED, "skip", NEVER)


@dataclass(frozen=True)
class Proof:
    """A test, bench or chapter and one id that it names; its variants (strategies, images, parameters) together."""
    id: str                                    # empty: it names none
    name: str
    way: str
    verdict: str
    counts: tuple[tuple[str, int], ...] = ()
    reason: str = ""                           # of the first variant that is not a pass
    variants: tuple[str, ...] = ()             # of a test of the tools: its parameters

    @property
    def passed(self) -> bool:
        return self.verdict == PASS

    @property
    def red(self) -> bool:
        return self.verdict in RED


@dataclass(frozen=True)
class Line:
    requirement: Requirement
    here: bool                                 # it applies to the board of the trace
    proofs: tuple[Proof, ...]
    lacks: tuple[str, ...]                     # what keeps it from being shown

    @property
    def shown(self) -> bool:
        return self.here and not self.lacks


@dataclass(frozen=True)
class Trace:
    board: str
    lines: tuple[Line, ...]
    without: tuple[Proof, ...]                 # tests that name no requirement

    @property
    def not_shown(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.here and not line.shown)


def plain_name(test: str) -> str:
    """A node id without its parameters, a guest test as SUITE::NAME."""
    name = _PARAMETERS.sub("", test)
    return "::".join(name.split("::")[-2:]) if name.startswith("testsuite/guests.py::") else name


def way_of(test: str) -> str:
    return GUEST if test.startswith("testsuite/guests.py::") else HOST


def _verdict(row: Row) -> str:
    if row.expected_failure and row.verdict == "fail":
        return EXPECTED
    if row.expected_failure and row.verdict == PASS:
        return "fail"                          # a strict expectation that was not met
    if row.verdict == PASS and row.image not in ("", "release"):
        return CHECKED
    return row.verdict


def _proof(name: str, way: str, verdicts: Mapping[str, tuple[str, str]], named: str) -> Proof:
    """`verdicts`: verdict and reason of each variant."""
    counts = Counter(verdict for verdict, _ in verdicts.values())
    worst = next(kind for kind in _ORDER if counts[kind])
    reason = next((reason for verdict, reason in verdicts.values() if verdict == worst and worst != PASS), "")
    ordered = sorted(counts.items(), key=lambda item: _ORDER.index(item[0]))
    variants = [found[1] for test in verdicts if (found := _PARAMETERS.search(test))] if way == HOST else []
    return Proof(named, name, way, worst, tuple(ordered), reason, tuple(sorted(variants)))


def proofs_of_tests(rows: Iterable[Row], known: Mapping[str, Iterable[str]], board: str) -> list[Proof]:
    """`known`: node id -> ids of every test that should have a row. Rows of other boards show nothing here."""
    verdicts: dict[tuple[str, str, str], dict[str, tuple[str, str]]] = {}

    def add(test: str, ids: Iterable[str], verdict: str, reason: str) -> None:
        for named in sorted(ids) or [""]:
            verdicts.setdefault((plain_name(test), way_of(test), named), {})[test] = (verdict, reason)

    seen = set()
    for row in rows:
        seen.add(row.test)
        if row.board in (HOST, board):
            add(row.test, row.ids, _verdict(row), row.reason)
    for test, ids in known.items():
        if test not in seen:
            add(test, ids, NEVER, "")
    return [_proof(name, way, found, named) for (name, way, named), found in sorted(verdicts.items())]


def chapter_proof(requirement: Requirement, missing: str) -> Proof:
    return Proof(requirement.id, requirement.chapter, DOCUMENT, "missing" if missing else PASS, reason=missing)


def refuse_unknown(proofs: Iterable[Proof], known: Mapping[str, Requirement]) -> None:
    """A typing error in an id would otherwise be a requirement without a test, and a test without one."""
    wrong = sorted({f"{proof.name}: {proof.id} is in no table" for proof in proofs
                    if proof.id and proof.id not in known})
    if wrong:
        raise UsageError("\n".join(wrong))


def _lacks(requirement: Requirement, proofs: Sequence[Proof]) -> tuple[str, ...]:
    found = [f"{proof.way}: {proof.name}: {proof.verdict}" for proof in proofs if proof.red]
    for way in requirement.by:
        mine = [proof for proof in proofs if proof.way == way]
        if any(proof.passed or proof.red for proof in mine):
            continue
        kinds = sorted({proof.verdict for proof in mine}, key=_ORDER.index)
        found.append(f"{way}: {', '.join(kinds)}" if kinds else f"no {way}")
    return tuple(found)


def join(board: str, requirements: Mapping[str, Requirement], proofs: Sequence[Proof],
         wanted: Iterable[str] = ()) -> Trace:
    """Raises UsageError for ids that no table holds."""
    wanted = set(wanted)
    refuse_unknown(proofs, requirements)
    if strange := sorted(wanted - set(requirements)):
        raise UsageError(f"no such id: {', '.join(strange)}")
    lines = []
    for requirement in requirements.values():
        if not wanted or requirement.id in wanted:
            mine = tuple(proof for proof in proofs if proof.id == requirement.id)
            here = requirement.on(board)
            lines.append(Line(requirement, here, mine, _lacks(requirement, mine) if here else ()))
    quoting = {proof.name for proof in proofs if proof.id}
    without = () if wanted else tuple(proof for proof in proofs if not proof.id and proof.name not in quoting)
    return Trace(board, tuple(lines), without)
