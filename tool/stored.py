# SPDX-License-Identifier: Apache-2.0
"""
Stored runs of `./fencepost test`: what was collected, what came out. The last run of the whole suite is kept apart,
one for each board, so that a partial run never takes its place.
"""
from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tool import paths, results
from tool.exitcodes import UsageError
from tool.results import Row

COLLECTED = "collected.json"
SCHEMA = 1
_FILES = ("results.jsonl", "junit.xml", "run.json", COLLECTED)


@dataclass(frozen=True)
class Run:
    """What one run of the suite left behind."""
    folder: Path
    header: Mapping[str, Any]
    rows: tuple[Row, ...]
    collected: Mapping[str, tuple[str, ...]]   # every test before -k and -m chose, and its requirement ids
    whole: bool                                # the arguments named the whole suite
    finished: str

    @property
    def complete(self) -> bool:
        return self.whole and not set(self.collected) - {row.test for row in self.rows}

    @property
    def images(self) -> Mapping[str, str]:
        return self.header.get("images", {})


def write_collected(folder: Path, tests: Mapping[str, Iterable[str]], whole: bool) -> None:
    table = {"schema": SCHEMA, "whole": whole, "tests": {test: sorted(ids) for test, ids in sorted(tests.items())}}
    (folder / COLLECTED).write_text(json.dumps(table, indent=0) + "\n")


def _row(line: str) -> Row:
    table = json.loads(line)
    known = {field.name for field in fields(Row)}
    if set(table) != known:
        raise ValueError(f"fields {', '.join(sorted(set(table) ^ known))} are missing or unknown")
    return Row(**{**table, "ids": tuple(table["ids"]), "metrics": tuple(table["metrics"])})


def _rows(file: Path) -> tuple[Mapping[str, Any], tuple[Row, ...]]:
    head, *lines = file.read_text(encoding="utf-8").splitlines() or [""]
    header = json.loads(head)
    if (header.get("schema"), header.get("version")) != (results.SCHEMA, results.VERSION):
        raise ValueError(f"not {results.SCHEMA} version {results.VERSION}")
    rows = tuple(map(_row, lines))
    tests = [row.test for row in rows]
    if len(set(tests)) != len(tests):
        raise ValueError("two rows for " + ", ".join(sorted({test for test in tests if tests.count(test) > 1})))
    return header, rows


def read(folder: Path) -> Run:
    """Raises UsageError for a folder that no run left behind."""
    try:
        header, rows = _rows(folder / "results.jsonl")
        run = json.loads((folder / "run.json").read_text())
        collected = json.loads((folder / COLLECTED).read_text())
        tests = {test: tuple(ids) for test, ids in collected["tests"].items()}
        return Run(folder, header, rows, tests, bool(collected["whole"]), run["finished"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{paths.relative(folder)}: not the results of a run: {error}; ./fencepost test makes them") from error


def keep(folder: Path, board: str) -> None:
    """A complete run becomes the board's last whole run; a reader sees the old one or the new one."""
    target = paths.last_whole(board)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for name in _FILES:
        shutil.copy2(folder / name, draft)
    shutil.rmtree(target, ignore_errors=True)
    try:
        draft.rename(target)
    except OSError:                        # another whole run ended at the same moment: its results are as good
        shutil.rmtree(draft, ignore_errors=True)


def board_of(folder: Path) -> str:
    """The board a run was asked for; empty if nothing says so."""
    try:
        return str(json.loads((folder / "run.json").read_text())["settings"]["board"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def partial(board: str) -> list[Path]:
    """Runs of a board whose folders are still there, latest first, with the last whole one among them or not."""
    return [folder for folder in sorted(paths.RUNS.glob("*Z-test*"), reverse=True)
            if (folder / COLLECTED).is_file() and board_of(folder) == board]


def last(board: str) -> Run:
    """The last whole run, or without one the latest of the others. Raises UsageError."""
    if paths.last_whole(board).is_dir():
        return read(paths.last_whole(board))
    for folder in partial(board):
        return read(folder)
    raise UsageError(f"no results for {board}: run ./fencepost test first")


def newer(run: Run, board: str) -> list[Run]:
    """Runs that finished after this one: they are told, not counted."""
    found = []
    for folder in partial(board)[:20]:
        try:
            other = read(folder)
        except UsageError:
            continue
        if other.finished > run.finished:
            found.append(other)
    return found
