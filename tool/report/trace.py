# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost report trace`: joins every requirement and every divergence from Xen with the tests, benches and
chapters that name it. Exit 1 when one is not shown.
"""
from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import evidence
from tool import board as boards
from tool import documents, environment, jsontext, paths, records, requirements, stored, trace, trace_text
from tool.exitcodes import Exit
from tool.requirements import Requirement
from tool.stored import Run


HELP = "requirement -> tests -> verdict of the last whole run"
NEEDS = ("python3-pyelftools",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these, for instance S4-04 X-14")
    parser.add_argument("--board", default=boards.DEFAULT)
    parser.add_argument("--run", metavar="FOLDER", type=Path, help="the results of this run, instead of the last whole one")
    parser.add_argument("--brief", action="store_true", help="one line a requirement, tests left out")
    jsontext.add_argument(parser)


@dataclass(frozen=True)
class Sources:
    """Where the trace's verdicts come from, and what a reader must know about them."""
    run: Run
    built: Mapping[str, str]        # images in build/ and their hashes
    benches: str
    newer: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        return {"results": paths.relative(self.run.folder), "finished": self.run.finished,
                "commit": self.run.header.get("commit", ""), "images": dict(self.run.images),
                "images_built": dict(self.built), "collected": len(self.run.collected), "run": len(self.run.rows),
                "complete": self.run.complete, "benches": self.benches, "newer": list(self.newer)}


def _extent(run: Run) -> str:
    said = f"{len(run.rows)} of {len(run.collected)} tests were run"
    if run.complete:
        return said
    return f"PARTIAL: {said}" + ("" if run.whole else ", and only a part of the suite was asked for")


def header(sources: Sources, board: str) -> list[str]:
    run = sources.run
    lines = [f"board {board}; commit {run.header.get('commit', 'unknown')}",
             f"results: {paths.relative(run.folder)}, finished {run.finished}: {_extent(run)}"]
    for name, digest in run.images.items():
        now = sources.built.get(name, "not built")
        same = "" if now == digest else f"; NOT the image in build/ ({now[:16]}): run ./fencepost test"
        lines.append(f"image {name}: sha256 {digest[:16]}{same}")
    return [*lines, f"benches: {sources.benches}", *sources.newer]


def _newer(run: Run, board: str) -> tuple[str, ...]:
    """Runs after this one; what they found is told, so that nobody takes the trace for the latest news."""
    return tuple(f"newer, not counted: {paths.relative(other.folder)}: {_extent(other)}, "
                 f"{sum(row.verdict not in ('pass', 'skip') and not row.expected_failure for row in other.rows)} not passed"
                 for other in stored.newer(run, board) if other.rows)


def _benches(measured: evidence.Measured, board: str, built: Mapping[str, str]) -> str:
    release = built.get(str(paths.hypervisor(board, "release").relative_to(paths.BUILD)), "")
    if not measured.image:
        return f"{measured.source}; run ./fencepost check to measure this image"
    same = "" if release.startswith(measured.image) else "; NOT the image in build/: run ./fencepost check"
    return f"{measured.source}, image sha256 {measured.image}{same}"


def known_tests(run: Run, board: str) -> dict[str, tuple[str, ...]]:
    """Every test that should have a row: what was collected, and the records of the guests as they are built now."""
    found = dict(run.collected)
    named = {trace.plain_name(test) for test in found}
    for suite in paths.suites(board, "release"):
        for record in records.tests(suite):
            node = f"testsuite/guests.py::{board}::{record.suite}::{record.name}"
            if trace.plain_name(node) not in named:
                found[node] = record.ids
    return found


def make(board: str, run: Run, table: Mapping[str, Requirement], ids: list[str]) -> tuple[trace.Trace, Sources]:
    built = environment.images(board)
    measured, proofs = evidence.of_board(board)
    proofs += trace.proofs_of_tests(run.rows, known_tests(run, board), board)
    proofs += [trace.chapter_proof(row, documents.missing(row.chapter, paths.ROOT)) for row in table.values() if row.chapter]
    sources = Sources(run, built, _benches(measured, board, built), _newer(run, board))
    return trace.join(board, table, proofs, ids), sources


def main(args: argparse.Namespace) -> Exit:
    boards.load(args.board)
    run = stored.read(args.run) if args.run else stored.last(args.board)
    made, sources = make(args.board, run, requirements.load(), args.ids)
    if args.json:
        jsontext.write(args.json, trace_text.table(made, sources.facts()))
    if args.json != "-":
        print(trace_text.text(made, header(sources, args.board), args.brief))
    return Exit.FINDING if made.not_shown else Exit.FINE
