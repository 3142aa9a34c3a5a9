# SPDX-License-Identifier: Apache-2.0
"""`./fencepost test`: pytest with the machine's CPUs, and its status in the common table of exit codes."""
from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tool import board as boards
from tool import elfimage, paths, sessions, setup, stored, xen
from tool.exitcodes import Exit, from_pytest, worst
from tool.progress import Progress

_FILE_OPTIONS = ("--guest", "--hypervisor", "--runner", "--junitxml", "--junit-xml")
_ENDING = re.compile(r"\.[A-Za-z]\w*$")
_OUR_OPTIONS = (*_FILE_OPTIONS, "--board", "--serial", "--strategy", "--require-board")


class _Watch:
    """Tells apart the reasons for which pytest says `interrupted`: Ctrl-C, -x under xdist, nothing to collect."""
    interrupted = False
    failed = False

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.failed = self.failed or report.failed

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        self.interrupted = isinstance(excinfo.value, KeyboardInterrupt)


def option(arguments: Sequence[str], name: str) -> str | None:
    """The last value of `name VALUE` or `name=VALUE`."""
    found = None
    for index, word in enumerate(arguments):
        if word == name and index + 1 < len(arguments):
            found = arguments[index + 1]
        elif word.startswith(name + "="):
            found = word.partition("=")[2]
    return found


def _absolute(value: str, folder: Path) -> str:
    """A file as seen from the caller's folder. The name of a hypervisor stays, whatever file is called like it."""
    if value in (stored.OURS, *xen.NAMES):
        return value
    file = folder / value
    return str(file) if file.exists() or "/" in value or _ENDING.search(value) else value


def _joined(arguments: Sequence[str]) -> list[str]:
    """Our own options as NAME=VALUE: before it knows them, pytest takes a bare value for a path of tests."""
    words = iter(arguments)
    return [f"{word}={next(words, '')}" if word in _OUR_OPTIONS else word for word in words]


def pytest_arguments(arguments: Sequence[str], cpus: int, folder: Path) -> list[str]:
    """`::evtchn` is short for the suite's node id; -n is added unless xdist is off or told."""
    board = option(arguments, "--board") or boards.DEFAULT
    words: list[str] = []
    for word in _joined(arguments):
        name, equals, value = word.partition("=")
        if word.startswith("::"):
            word = f"testsuite/guests.py{word}" if word[2:].startswith(board) else f"testsuite/guests.py::{board}{word}"
        elif equals and name in _FILE_OPTIONS:
            word = f"{name}={_absolute(value, folder)}"
        words.append(word)
    told = any(word.startswith(("-n", "--numprocesses", "--pdb")) or word in ("--collect-only", "--co") for word in arguments)
    off = "no:xdist" in arguments or "-pno:xdist" in arguments
    return ([] if told or off else ["-n", str(cpus)]) + words


def main(arguments: Sequence[str]) -> Exit:
    """One session; without a choice one for every target, the default board's last."""
    if sessions.chosen(arguments):
        return session(arguments)
    for board in boards.names():
        setup.ensure(board, Progress(), optional_board=True)
    if required := option(arguments, "--require-board"):
        boards.demand(required)
    codes = sessions.run_others(arguments, lambda line: print(line, flush=True))
    return worst(codes if Exit.INTERRUPTED in codes else [*codes, session(arguments)])


def session(arguments: Sequence[str]) -> Exit:
    board = option(arguments, "--board") or boards.DEFAULT
    folder = Path.cwd()
    runner = option(arguments, "--runner")
    attached = boards.Attached(str(folder / runner) if runner else "", option(arguments, "--serial") or "")
    real = boards.load(board, attached).real
    setup.ensure(board, Progress(), optional_board=True)
    guest = option(arguments, "--guest")
    if guest is not None:
        elfimage.Image(folder / guest).close()   # before anything is built
    os.chdir(paths.ROOT)
    import pytest

    if not sys.stdout.isatty():
        os.environ.setdefault("COLUMNS", "200")   # pytest cuts its summary lines, and with them the reasons
    watch = _Watch()
    words = pytest_arguments(arguments, 0 if real else len(os.sched_getaffinity(0)), folder)
    status = int(pytest.main(words, plugins=[watch]))
    if watch.interrupted:
        return Exit.INTERRUPTED
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        print("fencepost: nothing was tested: no test is what the arguments say", file=sys.stderr)
    return Exit.FINDING if watch.failed and status == pytest.ExitCode.INTERRUPTED else from_pytest(status)
