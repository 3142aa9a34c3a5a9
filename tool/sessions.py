# SPDX-License-Identifier: Apache-2.0
"""
What `./fencepost test` without a choice runs: every board, and on a board that has one the real Xen. Each target but the
last is a session of its own with the tests that depend on it; the last is the default board's, with the tests of the tools.
"""
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from tool import board as boards
from tool import paths, xen
from tool.exitcodes import EnvironmentMissing, Exit
from tool.targets import TARGETS, Target

_NO_CHOICE = ("-n", "--numprocesses", "-q", "--quiet", "-v", "--verbose", "--require-board")   # everything still runs
_WITH_VALUE = ("-n", "--numprocesses", "--require-board")


def missing(target: Target) -> str:
    """Why it cannot run here; empty: it can. Fetches a Xen into the cache."""
    presence = boards.presence(target.board)
    if not presence.present:
        return presence.reason
    try:
        if target.reference:
            xen.image(target.reference)
    except EnvironmentMissing as stop:
        return str(stop).splitlines()[0]
    return ""


def others() -> list[Target]:
    """Every target but the default board with our own hypervisor."""
    return [target for target in TARGETS if (target.board, target.reference) != (boards.DEFAULT, "")]


def chosen(arguments: Sequence[str]) -> bool:
    """Whether the arguments choose among tests or machines, or want something of one session, such as --junitxml."""
    words = iter(arguments)
    for word in words:
        name = word.partition("=")[0]
        if name not in _NO_CHOICE and not (word.startswith("-n") and word[2:].isdigit()):
            return True
        if name in _WITH_VALUE and "=" not in word:
            next(words, "")
    return False


def _passed_on(arguments: Sequence[str]) -> Iterator[str]:
    """A board that is required is demanded once, by the caller."""
    words = iter(arguments)
    for word in words:
        if word == "--require-board":
            next(words, "")
        elif not word.startswith("--require-board="):
            yield word


def run(target: Target, arguments: Sequence[str]) -> Exit:
    command = [sys.executable, str(paths.ROOT / "fencepost"), "test", *target.arguments, *_passed_on(arguments)]
    return Exit(subprocess.run(command, stdin=subprocess.DEVNULL).returncode)


def run_others(arguments: Sequence[str], tell: Callable[[str], None],
               one: Callable[[Target, Sequence[str]], Exit] = run) -> list[Exit]:
    """Their codes; what is missing here is told, and ends nothing. An interrupted session is the last."""
    codes: list[Exit] = []
    for target in others():
        reason = missing(target)
        tell(f"target {target.name}: " + (f"MISSING ({reason})" if reason else "what depends on it"))
        if reason:
            continue
        codes.append(one(target, arguments))
        if codes[-1] is Exit.INTERRUPTED:
            break
    return codes
