# SPDX-License-Identifier: Apache-2.0
"""`./fencepost report KIND`: reads stored results, boots nothing and builds nothing. One module a kind."""
from __future__ import annotations

import argparse

from tool.exitcodes import Exit
from tool.report import bundle, coverage, diff, history, html, trace

KINDS = {"html": html, "trace": trace, "coverage": coverage, "history": history, "diff": diff, "bundle": bundle}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    for name, module in KINDS.items():
        about = (module.__doc__ or "").partition(": ")[2]
        module.add_arguments(kinds.add_parser(name, help=module.HELP, description=about[:1].upper() + about[1:]))


def main(args: argparse.Namespace) -> Exit:
    return KINDS[args.kind].main(args)
