# SPDX-License-Identifier: Apache-2.0
"""Hypervisor, configuration, guests and nonce as one ELF file, for a debugger, a flash tool or a board's loader."""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tool import elfimage
from tool.system import Load

NO_NONCE = "0" * 16


def write(out: Path, hypervisor: Path, loads: Iterable[Load], nonce_address: int, nonce: str = NO_NONCE) -> None:
    """The nonce lies where no guest reaches, in the boot block of the hypervisor's own memory."""
    with elfimage.Image(hypervisor) as image:
        entry, segments = image.entry, image.segments()
    segments += [elfimage.Segment(load.address, load.file.read_bytes()) for load in loads]
    segments.append(elfimage.Segment(nonce_address, int(nonce, 16).to_bytes(8, "little")))
    elfimage.write(out, entry, segments)
