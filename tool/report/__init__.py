# SPDX-License-Identifier: Apache-2.0
"""`./fencepost report KIND`: reads stored results, boots nothing and builds nothing. One module a kind."""
from __future__ import annotations

import argparse
from collections.abc import Iterable

from tool import needs
from tool.exitcodes import EnvironmentMissing, Exit
from tool.report import bundle, coverage, diff, history, html, trace

KINDS = {"html": html, "trace": trace, "coverage": coverage, "history": history, "diff": diff, "bundle": bundle}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    for name, module in KINDS.items():
        about = (module.__doc__ or "").partition(": ")[2]
        module.add_arguments(kinds.add_parser(name, help=module.HELP, description=about[:1].upper() + about[1:]))


def refuse_missing(packages: Iterable[str]) -> None:
    """A report needs less of a machine than the other verbs, and installs nothing."""
    missing = [need for need in needs.TOOLS if need.package in packages and not need.present()]
    if missing:
        rows = [f"MISSING: {need.package}: {need.why}" for need in missing]
        raise EnvironmentMissing("\n".join([*rows, "./fencepost setup installs it"]))


def main(args: argparse.Namespace) -> Exit:
    module = KINDS[args.kind]
    refuse_missing(getattr(module, "NEEDS", ()))
    return module.main(args)
