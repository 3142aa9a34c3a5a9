# SPDX-License-Identifier: Apache-2.0
"""Everything stored that a report shows. What is not there, or cannot be read, is named with the command that makes it."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bench import against, check, history, history_git, stored_bench, stored_comparison
from bench.history import Series
from bench.history_git import Past
from tool import board as boards
from tool import paths, requirements, stored
from tool.coverage import run as coverage
from tool.exitcodes import Stop, UsageError
from tool.report import targets, trace as trace_kind
from tool.stored import Run
from tool.trace import Trace

Found = TypeVar("Found")
KEY_METRICS = ("hypercall.null", "evtchn.send.peer.one_page.window", "evtchn.send.peer.one_page.switch",
               "region.add_remove", "view.switch.8", "vcpu.switch", "irq.to_guest", "irqoff.longest",
               "boot.first_guest_insn", "restart.fixed", "image.text_rodata")
COMPARISON = "compare.json"


@dataclass(frozen=True)
class Missing:
    """Not recorded; or recorded and not readable, then the reason says so."""
    what: str
    command: str
    reason: str = "not recorded"


@dataclass(frozen=True)
class Sources:
    board: str
    run: Run | Missing
    failures: Mapping[str, str]                     # test -> what pytest said
    trace: Trace | Missing
    comparison: stored_comparison.Stored | Missing
    profile: stored_bench.Stored | Missing
    past: tuple[Past, Sequence[Series]] | Missing
    coverage: Mapping[str, Any] | Missing
    targets: targets.Table | Missing                # boards and hypervisors side by side
    against: Mapping[str, Any] | Missing            # real Xen's costs beside ours

    @property
    def missing(self) -> list[Missing]:
        return [one for one in vars(self).values() if isinstance(one, Missing)]


def _attempt(what: str, command: str, find: Callable[[], Found | None]) -> Found | Missing:
    try:
        found = find()
    except Stop as stop:
        return Missing(what, command, str(stop))
    return Missing(what, command) if found is None else found


def _trace(board: str, run: Run | Missing) -> Trace | None:
    if isinstance(run, Missing):
        return None
    return trace_kind.make(board, run, requirements.load(), [])[0]


def _past(board: str) -> tuple[Past, Sequence[Series]]:
    past = history_git.read(paths.ROOT, check.file_of(board), paths.cache())
    return past, history.build(past.states, past.from_the_start)


def _coverage(board: str) -> Mapping[str, Any]:
    found = coverage.read(coverage.last(board))
    if found["board"] != board:
        raise UsageError(f"the latest is of {found['board']}, not of {board}")
    return found


def _targets() -> targets.Table | None:
    """Of one column alone there is nothing to compare."""
    found = targets.table(targets.stored_runs())
    return found if sum(column.run is not None for column in found.columns) > 1 else None


def comparison_file() -> Path:
    return paths.REPORT / COMPARISON


def _comparison(board: str) -> stored_comparison.Stored | None:
    found = stored_comparison.load(comparison_file(), paths.relative(comparison_file()))
    if found is not None and found.identity.get("board") != board:
        raise UsageError(f"{paths.relative(comparison_file())} is of {found.identity.get('board')}, not of {board}")
    return found


def gather(board: str, folder: Path | None = None) -> Sources:
    """`folder`: the run whose verdicts are shown, instead of the last whole one."""
    option = "" if board == boards.DEFAULT else f" --board {board}"
    run = _attempt("verdicts", f"./fencepost test{option}", lambda: stored.read(folder) if folder else stored.last(board))
    failures = {} if isinstance(run, Missing) else stored.failures(run.folder)
    return Sources(
        board, run, failures,
        _attempt("requirement trace", f"./fencepost test{option}", lambda: _trace(board, run)),
        _attempt("comparison", f"./fencepost compare{option}", lambda: _comparison(board)),
        _attempt("hot functions", f"./fencepost bench --profile{option}",
                 lambda: stored_bench.latest(board, lambda one: bool(one.functions))),
        _attempt("history", f"./fencepost check --accept -m WHY{option}", lambda: _past(board)),
        _attempt("coverage", f"./fencepost test --coverage{option}", lambda: _coverage(board)),
        _attempt("boards and hypervisors", targets.TARGETS[-1].command, _targets),
        _attempt("costs of real Xen", f"./fencepost bench --board virt-a64 --against {targets.TARGETS[-1].reference}", against.latest))
