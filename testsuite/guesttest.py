# SPDX-License-Identifier: Apache-2.0
"""One test of a guest as a session would run it, for tests of the tools that look at its whole transcript."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from tool import board as boards
from tool import kept, paths, records, trial


def of(board: str, suite: str, name: str, strategy: str, kind: str = "release") -> trial.Trial:
    """Skips the calling test where the board's emulator is missing or nothing is built."""
    hypervisor, guest = paths.hypervisor(board, kind), paths.guest_folder(board, kind) / f"{suite}.elf"
    if not boards.presence(board).present or not hypervisor.is_file() or not guest.is_file():
        pytest.skip(f"MISSING: {board}: no emulator, or nothing built (./fencepost test builds it)")
    (record,) = [record for record in records.tests(guest) if record.name == name]
    return trial.Trial(board, kind, hypervisor, guest, record, strategy)


def forget(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Nothing is known, what is said is kept in `folder`, and no option of the session that runs this has a say in it."""
    monkeypatch.setattr(paths, "KEPT", folder)
    monkeypatch.delenv(kept.AGAIN, raising=False)
    monkeypatch.setattr(kept.coverage, "plugins_for", lambda hypervisor: ())


def without_nonce(console: str) -> str:
    return re.sub(r"^\(hv\) END [0-9a-f]{16}", "(hv) END", console, flags=re.MULTILINE)
