# SPDX-License-Identifier: Apache-2.0
"""The text of a failing test: what was expected, the last words on the console, and three lines to paste."""
from __future__ import annotations

from tool import console, elfimage, paths
from tool.elfimage import Symbols
from tool.exitcodes import Stop
from tool.trial import Outcome, Trial

CONSOLE_LINES = 20
_NO_SYMBOLS = Symbols((), ())


def _symbols(trial: Trial) -> tuple[Symbols, Symbols]:
    found = []
    for file in (trial.hypervisor, trial.guest):
        try:
            with elfimage.Image(file) as image:
                found.append(image.symbols())
        except Stop:
            found.append(_NO_SYMBOLS)
    return found[0], found[1]


def last_lines(outcome: Outcome, count: int = CONSOLE_LINES) -> list[str]:
    entries = console.read(outcome.console).entries
    hypervisor, guest = _symbols(outcome.trial)
    return [console.annotate(line, hypervisor, guest, entries) for line in outcome.console.splitlines()[-count:]]


def text(outcome: Outcome, nodeid: str, options: str = "") -> str:
    """`options` are those of this session without which the same test would be another one."""
    trial, verdict = outcome.trial, outcome.verdict
    record = trial.record
    folder = paths.relative(outcome.folder)
    lines = [f"  {fail}" for fail in verdict.fails if fail != verdict.reason]
    lines += [f"test:   {record.file}:{record.line} {record.test} ({' '.join(record.ids) or 'no ids'})",
              f"why:    {record.why}", "console, last lines:"]
    lines += [f"  {line}" for line in last_lines(outcome)] or ["  (nothing)"]
    lines += [f"repro:  ./fencepost test {options}'{nodeid}'",
              f"debug:  {trial.debug_command()}",
              f"replay: sh {folder}/replay.sh",
              f"folder: {folder}"]
    return "\n".join(lines)
