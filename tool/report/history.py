# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost report history`: what became of metrics from commit to commit: the committed baseline as git's first-parent
commits left it, as a table and as a picture in report/. Values under different tools are not comparable, and are
shown so.
"""
from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence

from bench import check, history, history_git, history_text
from bench.history import Series
from tool import board as boards
from tool import jsontext, paths
from tool.exitcodes import Exit, UsageError

HELP = "metrics from commit to commit"
NEEDS = ("git", "python3-matplotlib")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("metrics", nargs="+", metavar="METRIC|GLOB", help="a name of bench/METRICS.md, or 'evtchn.send.*'")
    parser.add_argument("--since", metavar="REV", help="begin with the state at this commit")
    parser.add_argument("--board", default=boards.DEFAULT)
    jsontext.add_argument(parser)


def refuse_unmatched(every: Sequence[Series], patterns: Sequence[str]) -> None:
    names = sorted({name for one in every for name in one.names})
    for pattern in patterns:
        if not history.chosen(every, [pattern]):
            near = difflib.get_close_matches(pattern, names, 3)
            hint = f"did you mean {', '.join(near)}?" if near else "bench/METRICS.md lists them"
            raise UsageError(f"no commit has a metric {pattern!r}; {hint}")


def _file_name(patterns: Sequence[str]) -> str:
    """One file for each question, so that two of them do not overwrite each other."""
    words = re.sub(r"[^\w.-]+", "_", "+".join(patterns)).strip("_.")[:80] or "all"
    return f"history-{words}.svg"


def main(args: argparse.Namespace) -> Exit:
    boards.load(args.board)
    file = check.file_of(args.board)
    past = history_git.read(paths.ROOT, file, paths.cache(), args.since)
    every = history.build(past.states, past.from_the_start)
    refuse_unmatched(every, args.metrics)
    chosen = history.chosen(every, args.metrics)
    if args.json:
        jsontext.write(args.json, history_text.as_json(past, chosen, args.board))
    picture = paths.REPORT / _file_name(args.metrics)
    paths.REPORT.mkdir(exist_ok=True)
    picture.write_text(history_text.plot(past, chosen), encoding="utf-8")
    if args.json != "-":
        print(history_text.text(past, chosen, history_text.header(past, args.board, paths.relative(file))))
        left = len(history_text.groups(chosen)) - history_text.PLOTS
        print(f"\nwrote {paths.relative(picture)}" + (f", without the last {left} groups" if left > 0 else ""))
    return Exit.FINE
