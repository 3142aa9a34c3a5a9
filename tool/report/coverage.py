# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost report coverage`: which code of the hypervisor the last whole run of `test --coverage` executed, or without
one the latest; or the runs named, added up. Exit 1 when the whole suite ran and left a finding.
"""
from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tool import board as boards
from tool import jsontext, paths
from tool.coverage import run, text
from tool.exitcodes import Exit

HELP = "instructions and branch directions of the hypervisor that the suite executed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", default=boards.DEFAULT)
    parser.add_argument("--run", metavar="FOLDER", type=Path, action="append", default=[],
                        help="of this run; given several times, what any of them executed in the images of build/")
    parser.add_argument("--image", choices=paths.KINDS, action="append", help="only this image")
    parser.add_argument("--brief", action="store_true", help="the tables alone, without what is missing")
    jsontext.add_argument(parser)


def _document(args: argparse.Namespace) -> tuple[Mapping[str, Any], str]:
    """And where it comes from."""
    files = [folder / run.FOLDER / run.DOCUMENT for folder in args.run] or [run.last(args.board)]
    found = [run.read(file) for file in files]
    where = ", ".join(paths.relative(file) for file in files)
    if len(files) == 1:
        return found[0], where
    images = {kind: str(paths.hypervisor(args.board, kind)) for kind in paths.KINDS}
    return run.fold_maps(args.run, images, args.board, any(one["complete"] for one in found)), where


def main(args: argparse.Namespace) -> Exit:
    boards.load(args.board)
    document, where = _document(args)
    if args.json:
        jsontext.write(args.json, document)
    if args.json != "-":
        print("\n".join(text.stored(document, where, args.image or paths.KINDS, args.brief)))
    return Exit.FINDING if document["complete"] and document["findings"] else Exit.FINE
