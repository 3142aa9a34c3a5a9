# SPDX-License-Identifier: Apache-2.0
"""
What an emulator says of itself. Starting one costs more than most commands do, so its words are kept by the file that it is:
another file, or the same one changed, is asked again. A script is asked each time, for it may call another emulator.
"""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from tool import paths

_SECONDS = 30


@dataclass(frozen=True)
class Said:
    version: str                  # the first line of it
    machines: tuple[str, ...]


def ask(program: str) -> Said:
    """Raises OSError or subprocess.TimeoutExpired if it does not run."""
    file = _kept(program)
    if file is not None and (known := _read(file)):
        return known
    listed, version = (subprocess.run([program, *words], capture_output=True, text=True, timeout=_SECONDS)
                       for words in (("-M", "help"), ("--version",)))
    machines = tuple(row.split()[0] for row in listed.stdout.splitlines() if row.strip())
    said = Said((version.stdout.splitlines() or [""])[0], machines)
    if file is not None and listed.returncode == version.returncode == 0 and said.version and machines:
        _write(file, said)
    return said


def _kept(program: str) -> Path | None:
    """Where its words are, by what changes with the file; None: they are not kept."""
    found = Path(shutil.which(program) or program).resolve()
    with found.open("rb") as binary:
        if binary.read(4) != b"\x7fELF":
            return None
        stat = os.fstat(binary.fileno())
    identity = f"{found} {stat.st_dev} {stat.st_ino} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"
    return paths.EMULATORS / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.json"


def _read(file: Path) -> Said | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Said(str(found["version"]), tuple(map(str, found["machines"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: Path, said: Said) -> None:
    """Another process sees the whole of it or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(said)), encoding="utf-8")
    draft.replace(file)
