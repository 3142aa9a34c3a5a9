# SPDX-License-Identifier: Apache-2.0
"""Coverage as a stored document: JSON with everything a reader needs, so that a report needs no image. Pure."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tool.coverage.fold import Coverage, Gap, SourceLine, Tally, Undecided, Use
from tool.coverage.image import Place

SCHEMA = "fencepost-coverage"
VERSION = 1
JUDGED = "release"           # the image that is shipped; the checked one carries the invariants, and a part of the suite
DIRECTIONS_WANTED = 95.0     # percent, covered or excluded with a reason; of instructions it is all


def percent(part: int, total: int) -> float:
    """Rounded down: 100 means all."""
    return 100.0 if total == 0 else int(1000 * part / total) / 10


def _tally(tally: Tally) -> dict[str, int]:
    return {"total": tally.total, "covered": tally.covered, "excluded": tally.excluded, "missing": tally.missing}


def _reason(one: Gap | Undecided) -> dict[str, str]:
    return {"reason": one.rule.reason} if one.rule else {}


def _gap(gap: Gap, line: SourceLine) -> dict[str, Any]:
    return {"file": gap.file, "lines": list(gap.lines), "function": gap.function, "address": gap.address,
            "instructions": gap.instructions, "source": [line(Place(gap.file, number)) for number in gap.lines], **_reason(gap)}


def _undecided(one: Undecided, line: SourceLine) -> dict[str, Any]:
    return {"file": one.place.file, "line": one.place.line, "function": one.function, "address": one.address,
            "never": one.direction.value, "source": line(one.place), **_reason(one)}


def _use(use: Use) -> dict[str, Any]:
    return {"exclude": use.rule.number, "what": use.rule.describe(), "reason": use.rule.reason,
            "instructions": use.instructions, "directions": use.directions, "covered": use.covered}


def _image(coverage: Coverage, line: SourceLine) -> dict[str, Any]:
    return {"kind": coverage.kind, "sha256": coverage.sha256,
            "instructions": _tally(coverage.instructions), "directions": _tally(coverage.directions),
            "files": [{"file": one.file, "instructions": _tally(one.instructions), "directions": _tally(one.directions)}
                      for one in coverage.files],
            "gaps": [_gap(gap, line) for gap in coverage.gaps],
            "branches": [_undecided(one, line) for one in coverage.undecided],
            "exclusions": [_use(use) for use in coverage.uses]}


def stale(coverages: Iterable[Coverage]) -> list[str]:
    """Exclusions that exclude nothing in any image they are for."""
    uses: dict[int, list[Use]] = {}
    for coverage in coverages:
        for use in coverage.uses:
            uses.setdefault(use.rule.number, []).append(use)
    return [f"exclude {number} ({found[0].rule.describe()}) " +
            ("names only what is covered" if any(use.covered for use in found) else "names no code") + ": take it out"
            for number, found in sorted(uses.items()) if all(use.stale for use in found)]


def findings(coverages: Sequence[Coverage]) -> list[str]:
    """What is wrong if the whole suite ran."""
    found = []
    for one in coverages:
        if one.kind != JUDGED:
            continue
        if one.instructions.missing:
            found.append(f"{one.kind}: {one.instructions.missing} instructions are neither covered nor excluded")
        explained = one.directions.total - one.directions.missing
        if percent(explained, one.directions.total) < DIRECTIONS_WANTED:
            found.append(f"{one.kind}: of the branch directions {percent(explained, one.directions.total)} % are covered or "
                         f"excluded, {DIRECTIONS_WANTED:.0f} % are wanted")
    return found + stale(coverages)


def make(board: str, complete: bool, commit: str, coverages: Sequence[Coverage], line: SourceLine,
         wrong: Sequence[str] = ()) -> dict[str, Any]:
    """`wrong`: what makes the numbers doubtful, whatever ran."""
    return {"schema": SCHEMA, "version": VERSION, "board": board, "complete": complete, "commit": commit,
            "images": [_image(coverage, line) for coverage in coverages],
            "findings": [*wrong, *(findings(coverages) if complete else ())]}


def checked(table: Any) -> Mapping[str, Any]:
    """Raises ValueError for what this version did not write."""
    if not isinstance(table, dict) or (table.get("schema"), table.get("version")) != (SCHEMA, VERSION):
        raise ValueError(f"not {SCHEMA} version {VERSION}")
    return table
