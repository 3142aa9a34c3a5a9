# SPDX-License-Identifier: Apache-2.0
"""The fake board (fake_board.py) running beside a test, and the file that describes it."""
from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tool.board import Attached

FAKE = Path(__file__).parent / "fake_board.py"


def runner_file(folder: Path, extra: str = "", **changes: str) -> Path:
    """A [runner] whose probe is the fake's; a change of None leaves the key out."""
    keys = {"kind": "command", "title": "a fake", "load": f"cp {{image}} {folder}/flash.elf",
            "reset": f"{FAKE} reset {folder} {{cpus}}", **changes}
    lines = [f"{key} = {value!r}" for key, value in keys.items() if value is not None]
    file = folder / "fake.toml"
    file.write_text("\n".join(["[runner]", *lines, extra, ""]))
    return file


@contextlib.contextmanager
def board(folder: Path, behaviour: str, extra: str = "", **changes: str) -> Iterator[Attached]:
    file = runner_file(folder, extra, **changes)
    with subprocess.Popen([str(FAKE), "serve", str(folder), behaviour], stdout=subprocess.PIPE, text=True) as fake:
        try:
            yield Attached(str(file), fake.stdout.readline().strip())
        finally:
            fake.terminate()
