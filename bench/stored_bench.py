# SPDX-License-Identifier: Apache-2.0
"""bench.json, which `bench` and `check` leave in their run folders, read back."""
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.counts import CLASSES, Counts
from bench.measure import Exact
from tool import paths
from tool.exitcodes import UsageError

NAME = "bench.json"
VERBS = ("bench", "check")
TOOLS = ("toolchain", "emulator", "cpu", "preset")   # where one differs, numbers are not comparable


@dataclass(frozen=True)
class Stored:
    file: Path
    identity: Mapping[str, str]
    values: Mapping[str, Exact]
    missing: Mapping[str, str]                                     # metric -> why it was not measured
    functions: Mapping[str, tuple[tuple[str, Counts], ...]]        # metric -> the largest first; only with --profile


def counts_of(row: Mapping[str, Any]) -> Counts:
    return Counts(tuple(int(row[name]) for name in CLASSES), int(row["load_words"]), int(row["store_words"]))


def _functions(rows: list[Mapping[str, Any]]) -> tuple[tuple[str, Counts], ...]:
    return tuple((str(row["function"]), counts_of(row)) for row in rows)


def read(file: Path) -> Stored:
    """Raises UsageError for a file that no run left behind."""
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        results = table["results"]
        identity = {key: value for key, value in table.items() if isinstance(value, str)}
        values = {row["metric"]: Exact(int(row["value"]), row["unit"]) for row in results if "not_measured" not in row}
        missing = {row["metric"]: str(row["not_measured"]) for row in results if "not_measured" in row}
        functions = {row["metric"]: _functions(row["functions"]) for row in results if row.get("functions")}
        return Stored(file, identity, values, missing, functions)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{paths.relative(file)}: not what a measurement stores: {type(error).__name__}: {error}; "
                         "./fencepost bench writes it") from error


def latest(board: str, wanted: Callable[[Stored], bool]) -> Stored | None:
    """The last measurement of the board that has what is wanted; runs sort by time."""
    folders = [folder for verb in VERBS for folder in paths.RUNS.glob(f"*Z-{verb}*")]
    for folder in sorted(folders, key=lambda folder: folder.name, reverse=True):
        try:
            found = read(folder / NAME)
        except UsageError:
            continue
        if found.identity.get("board") == board and wanted(found):
            return found
    return None
