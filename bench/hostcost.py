# SPDX-License-Identifier: Apache-2.0
"""
What the emulator itself costs on this machine, through `perf stat`. A host number belongs to this host alone: it stands
in a section of its own and in no baseline. Where perf or a counter is not there, it says so and nothing else changes.
"""
from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

UNSUPPORTED = "not supported on this host"
EVENTS = {"task-clock": "task_clock_ms", "instructions": "instructions", "cycles": "cycles"}
FILE = "host.csv"


@dataclass(frozen=True)
class Perf:
    """`words` go before a command; empty when nothing can be measured, and `reason` says why."""
    program: str
    reason: str = ""

    def words(self, folder: Path) -> tuple[str, ...]:
        if self.reason:
            return ()
        return (self.program, "stat", "-x", ",", "-o", str(folder.resolve() / FILE), "-e", ",".join(EVENTS), "--")


def parse(text: str) -> dict[str, float | None]:
    """The lines of `perf stat -x,`: value, unit, event. None: this processor, or this kernel, does not offer it."""
    found: dict[str, float | None] = dict.fromkeys(EVENTS.values())
    for line in text.splitlines():
        fields = line.split(",")
        name = fields[2].partition(":")[0] if len(fields) > 2 else ""
        if name in EVENTS:
            try:
                found[EVENTS[name]] = float(fields[0])
            except ValueError:      # <not supported>, <not counted>
                pass
    return found


def find() -> Perf:
    """perf as it works here; asked with a command that does nothing."""
    program = shutil.which("perf")
    if program is None:
        return Perf("", f"{UNSUPPORTED}: perf is not installed (Debian's linux-perf)")
    words = [program, "stat", "-x", ",", "-e", ",".join(EVENTS), "--", "true"]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Perf(program, f"{UNSUPPORTED}: perf: {error}")
    if done.returncode != 0:
        first = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[0]
        return Perf(program, f"{UNSUPPORTED}: perf: {first}")
    if parse(done.stderr)["task_clock_ms"] is None:
        return Perf(program, f"{UNSUPPORTED}: perf counts no task-clock")
    return Perf(program)


def section(perf: Perf, runs: Mapping[str, Path]) -> dict[str, object]:
    """`runs`: folder by label of the boot."""
    if perf.reason:
        return {"status": perf.reason}
    rows = []
    for label, folder in runs.items():
        file = folder / FILE
        measured = parse(file.read_text(errors="replace")) if file.is_file() else dict.fromkeys(EVENTS.values())
        rows.append({"run": label, **{name: UNSUPPORTED if value is None else value for name, value in measured.items()}})
    return {"status": "measured", "runs": rows}


def report(table: Mapping[str, object]) -> str:
    rows = table.get("runs")
    if not isinstance(rows, list):
        return f"host cost: {table['status']}"
    lines = ["host cost of the emulator (this machine's, not the board's; compare with nothing):"]
    for row in rows:
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items() if name != "run")
        lines.append(f"  {row['run']}: {said}")
    return "\n".join(lines)
