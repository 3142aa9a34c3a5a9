# SPDX-License-Identifier: Apache-2.0
"""What the last measurement of every metric shows: BENCH records and their ids, joined with stored results."""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import baseline, metrics
from bench.check import file_of
from bench.metrics import Metric
from tool import paths, records
from tool.exitcodes import UsageError
from tool.requirements import BENCH
from tool.trace import NEVER, PASS, Proof

BASELINE = "the committed baseline"


@dataclass(frozen=True)
class Measured:
    """Metric -> why it has no value, empty if it has one; and where that stands."""
    source: str
    image: str                       # first digits of the measured image's hash; empty: not known
    metrics: Mapping[str, str]


def stored(board: str) -> Measured:
    """The last `./fencepost check`, which measures every metric; without one the baseline. Raises UsageError."""
    for folder in sorted(paths.RUNS.glob("*Z-check*"), reverse=True):
        file = folder / "bench.json"
        if file.is_file() and (found := _read(file)) and found[0] == board:
            return found[1]
    try:
        committed = baseline.load(file_of(board))
    except baseline.BaselineError as error:
        raise UsageError(str(error)) from error
    return Measured(BASELINE if committed else "nothing", "", {name: "" for name in committed.entries} if committed else {})


def _read(file: Path) -> tuple[str, Measured] | None:
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        values = {entry["metric"]: entry.get("not_measured", "") for entry in table["results"]}
        return table["board"], Measured(paths.relative(file), table["image"], values)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def proof(record: records.Record, named: str, table: Iterable[Metric], measured: Measured) -> Proof:
    """A bench shows what it is for when each of its metrics has a value."""
    mine = [row for row in table if row.bench == record.test]
    reasons = [reason for name, reason in measured.metrics.items()
               if any(row.matches(name.replace("<k>", "1").replace("<N>", "1")) for row in mine)]
    wrong = [reason for reason in reasons if reason]
    if wrong:
        return Proof(named, record.test, BENCH, "not measured", (("not measured", len(wrong)),), wrong[0])
    if not reasons:
        return Proof(named, record.test, BENCH, NEVER, reason="no metric of it in " + measured.source)
    return Proof(named, record.test, BENCH, PASS, ((PASS, len(reasons)),))


def proofs(found: Sequence[records.Record], table: Sequence[Metric], measured: Measured) -> list[Proof]:
    return [proof(record, named, table, measured) for record in found for named in sorted(set(record.ids)) or [""]]


def built(board: str) -> tuple[records.Record, ...]:
    """The benches of the last build, none if nothing is built."""
    image = paths.here().benches(board, "release")
    return records.benches(image) if image.is_file() else ()


def of_board(board: str) -> tuple[Measured, list[Proof]]:
    measured = stored(board)
    return measured, proofs(built(board), metrics.load(board=board), measured)
