# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost report html`: one HTML file from stored results, with nothing beside it: verdicts, failures, the comparison,
classes, hot functions, history, coverage, requirements. What is not stored is named with the command that makes it.
"""
from __future__ import annotations

import argparse
from pathlib import Path

from tool import board as boards
from tool import jsontext, paths
from tool.exitcodes import Exit, UsageError
from tool.report import render, sources

HELP = "one page of everything stored"
NEEDS = ("python3-matplotlib", "python3-jinja2", "python3-pyelftools")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE", type=Path, help="default: report/report.html")
    parser.add_argument("--run", metavar="FOLDER", type=Path, help="the verdicts of this run, instead of the last whole one")
    parser.add_argument("--board", default=boards.DEFAULT)
    jsontext.add_argument(parser)


def write(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise UsageError(f"--out {file}: {error.strerror}") from error


def main(args: argparse.Namespace) -> Exit:
    boards.load(args.board)
    found = sources.gather(args.board, args.run)
    if isinstance(found.run, sources.Missing) and args.run:
        raise UsageError(found.run.reason)
    file = args.out or paths.REPORT / "report.html"
    data = render.html(found).encode("utf-8", errors="replace")
    write(file, data)
    if args.json:
        jsontext.write(args.json, render.as_json(found))
    if args.json != "-":
        print(f"wrote {paths.relative(file)}, {len(data) // 1024} KiB")
        for line in render.warnings(found):
            print(line)
        for one in found.missing:
            print(f"not in it: {one.what}: {one.reason}; run {one.command}")
    return Exit.FINE
