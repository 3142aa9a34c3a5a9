# SPDX-License-Identifier: Apache-2.0
"""What the benches must know of the hypervisor's ELF file: its text, its probes, its size."""
from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from tool import elfimage
from tool.exitcodes import UsageError

_SHF_WRITE, _SHF_ALLOC = 1, 2


@dataclass(frozen=True)
class Probe:
    address: int
    name: str


@dataclass(frozen=True)
class Hypervisor:
    file: Path
    text_start: int
    text_end: int
    probes: tuple[Probe, ...]      # in the order of the section
    text_rodata_bytes: int

    def probe_table(self) -> str:
        """What the plugin reads."""
        return "".join(f"{probe.address:x} {probe.name}\n" for probe in self.probes)


def parse_probes(data: bytes) -> list[Probe]:
    """Records {u32 address, NUL-terminated name, padding to 4}; address 0 is code the linker dropped."""
    found, at = [], 0
    while at + 4 < len(data):
        (address,) = struct.unpack_from("<I", data, at)
        end = data.find(b"\0", at + 4)
        if end < 0:
            raise UsageError(".probes: a name without an end")
        if address:
            found.append(Probe(address, data[at + 4:end].decode("ascii", "backslashreplace")))
        at = (end + 4) & ~3
    return found


def _text_rodata_bytes(file: Path) -> int:
    from elftools.elf.elffile import ELFFile

    with file.open("rb") as stream:
        return sum(section["sh_size"] for section in ELFFile(stream).iter_sections()
                   if section["sh_flags"] & _SHF_ALLOC and not section["sh_flags"] & _SHF_WRITE)


def read(file: Path) -> Hypervisor:
    with elfimage.Image(file) as image:
        probes = parse_probes(image.section(".probes") or b"")
        return Hypervisor(file, image.symbol("__text_start"), image.symbol("__text_end"), tuple(probes),
                          _text_rodata_bytes(file))
