# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost report diff`: what differs between stored runs: verdicts of tests, values of metrics. A run is a folder of
build/runs, or a bench.json or results.jsonl. Exit 0: nothing differs; 1: something does; 6: the values come from different
tools and have no difference. Without runs: test × {Fencepost on each board, each real Xen}, from the last whole runs; exit 1
if a row is not explained, 6 if a column has nothing stored.
"""
from __future__ import annotations

import argparse
from pathlib import Path

from bench import stored_bench
from tool import difference, difference_text, jsontext, paths, stored
from tool.difference import Side
from tool.exitcodes import Exit, UsageError, worst
from tool.report import targets, targets_text

HELP = "runs beside one another; without any, all boards and hypervisors"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", metavar="RUN", type=Path, nargs="*", help="folders of build/runs, or files of them: none, or two and more")
    parser.add_argument("--all", action="store_true", dest="everything", help="also what is alike, or left out somewhere")
    jsontext.add_argument(parser)


def _of_tests(folder: Path, name: str) -> Side:
    run = stored.read(folder)
    facts = {"commit": str(run.header.get("commit", "unknown")),
             **{key: str(value) for key, value in run.header.get("compilers", {}).items()},
             **{f"image {key}": digest[:16] for key, digest in run.images.items()}}
    for fact in ("board", "hypervisor", "cpu"):
        found = sorted({value for row in run.rows if (value := getattr(row, fact)) and value != "host"})
        facts[fact] = ", ".join(found)
    return Side(name, facts, difference.verdicts(run.rows), difference.told_values(run.rows), {})


def _of_bench(file: Path, name: str) -> Side:
    found = stored_bench.read(file)
    return Side(name, found.identity, {}, found.values, found.missing)


def side(given: Path) -> Side:
    """Raises UsageError for what no run left behind."""
    folder = given if given.is_dir() else given.parent
    name = paths.relative(given)
    if given.name.endswith(".json") or (folder / stored_bench.NAME).is_file():
        return _of_bench(given if given.is_file() else folder / stored_bench.NAME, name)
    if (folder / "results.jsonl").is_file():
        return _of_tests(folder, name)
    raise UsageError(f"{given}: no run: neither results.jsonl nor {stored_bench.NAME} is there")


def _targets(args: argparse.Namespace) -> Exit:
    found = targets.table(targets.stored_runs())
    if args.json:
        jsontext.write(args.json, targets_text.as_json(found))
    if args.json != "-":
        print(targets_text.text(found, args.everything))
    missing = any(column.run is None for column in found.columns)
    return worst([Exit.FINDING if found.unexplained else Exit.FINE, Exit.NOT_MEASURED if missing else Exit.FINE])


def main(args: argparse.Namespace) -> Exit:
    if not args.runs:
        return _targets(args)
    if len(args.runs) == 1:
        raise UsageError(f"{args.runs[0]}: a second run is needed; without any, all boards and hypervisors are compared")
    sides = [side(given) for given in args.runs]
    if len({bool(one.verdicts) for one in sides}) > 1:
        raise UsageError(f"{' and '.join(map(str, args.runs))}: one has verdicts of tests, the other measurements")
    found = difference.beside(sides, ("arm-none-eabi-gcc", *stored_bench.TOOLS))
    if args.json:
        jsontext.write(args.json, difference_text.as_json(found, args.everything))
    if args.json != "-":
        print(difference_text.text(found))
    return worst([Exit.FINDING if found.differs else Exit.FINE, Exit.NOT_MEASURED if found.incomparable else Exit.FINE])
