# SPDX-License-Identifier: Apache-2.0
"""
Stored runs of `./fencepost test`: what was collected, what came out. The last run of the whole suite is kept apart,
one for each board, so that a partial run never takes its place.
"""
from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tool import paths, results
from tool.exitcodes import UsageError
from tool.results import Row

COLLECTED = "collected.json"
FAILURES = "failures.json"     # what pytest said of each test that did not pass: place, console, lines to paste
SCHEMA = 1
OURS = "fencepost"            # of a board's last runs of all guests: the hypervisor
_FILES = ("results.jsonl", "junit.xml", "run.json", COLLECTED, FAILURES)


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
    def ran_all(self) -> bool:
        """What was collected."""
        return not set(self.collected) - {row.test for row in self.rows}

    @property
    def complete(self) -> bool:
        return self.whole and self.ran_all

    @property
    def images(self) -> Mapping[str, str]:
        return self.header.get("images", {})


def write_collected(folder: Path, tests: Mapping[str, Iterable[str]], whole: bool) -> None:
    table = {"schema": SCHEMA, "whole": whole, "tests": {test: sorted(ids) for test, ids in sorted(tests.items())}}
    (folder / COLLECTED).write_text(json.dumps(table, indent=0) + "\n")


def write_failures(folder: Path, said: Mapping[str, str]) -> None:
    (folder / FAILURES).write_text(json.dumps({"schema": SCHEMA, "failures": dict(sorted(said.items()))}, indent=0) + "\n")


def test_folder(run_folder: Path, suite: str, name: str) -> Path:
    """Where the machine of a test leaves its console and its inputs."""
    return run_folder / suite / re.sub(r"[^\w.-]+", "-", name).strip("-")


def folder_of(run: Run, row: Row) -> Path | None:
    """The folder of a guest's test, as long as the run's own folder is there; what is kept of a whole run has none."""
    try:
        own = Path(json.loads((run.folder / "run.json").read_text())["settings"]["run_folder"])
    except (OSError, ValueError, KeyError, TypeError):
        own = run.folder
    found = [test_folder(folder, row.suite, row.test.rpartition("::")[2]) for folder in (run.folder, own)]
    return next((folder for folder in found if row.suite and folder.is_dir()), None)


def failures(folder: Path) -> dict[str, str]:
    """Test -> text; empty where none are stored, for they only explain what the results say."""
    try:
        table = json.loads((folder / FAILURES).read_text(encoding="utf-8"))["failures"]
        return {str(test): str(text) for test, text in table.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


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


def keep(folder: Path, board: str, hypervisor: str = "") -> None:
    """
    A complete run becomes the board's last whole run; with the name of a hypervisor, the last one of all guests under it. A
    reader sees the old one or the new one.
    """
    target = paths.last_whole(board, hypervisor)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for name in _FILES:
        if (folder / name).is_file():
            shutil.copy2(folder / name, draft)
    shutil.rmtree(target, ignore_errors=True)
    try:
        draft.rename(target)
    except OSError:                        # another whole run ended at the same moment: its results are as good
        shutil.rmtree(draft, ignore_errors=True)


def asked_for(folder: Path) -> tuple[str, str]:
    """The board of a run and the name of the real Xen on it, empty with a hypervisor of ours; both empty if nothing says so."""
    try:
        settings = json.loads((folder / "run.json").read_text())["settings"]
        return str(settings["board"]), str(settings.get("reference", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def partial(board: str) -> list[Path]:
    """Runs of a board, not of a real Xen, whose folders are still there, latest first, with the last whole one among them or not."""
    return [folder for folder in sorted(paths.RUNS.glob("*Z-test*"), reverse=True)
            if (folder / COLLECTED).is_file() and asked_for(folder) == (board, "")]


def last(board: str) -> Run:
    """The last whole run, or without one the latest of the others. Raises UsageError."""
    if paths.last_whole(board).is_dir():
        return read(paths.last_whole(board))
    for folder in partial(board):
        return read(folder)
    raise UsageError(f"no results for {board}: run ./fencepost test first")


def last_guests(board: str, hypervisor: str) -> Run | None:
    """The last run of all tests in guests under a hypervisor of that name; None: there was none."""
    folder = paths.last_whole(board, hypervisor)
    return read(folder) if folder.is_dir() else None


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
