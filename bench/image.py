# SPDX-License-Identifier: Apache-2.0
"""What the benches must know of the hypervisor's ELF file: its text, its probes, its size."""
from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tool import elfimage
from tool.exitcodes import UsageError
from tool.system import Load

_STACKS = ("image_cpu_start", "image_cpu_size")
_SHF_WRITE, _SHF_ALLOC, _SHF_EXECINSTR = 1, 2, 4


@dataclass(frozen=True)
class Probe:
    address: int
    name: str


@dataclass(frozen=True)
class Hypervisor:
    file: Path
    text_start: int
    text_end: int
    probes: tuple[Probe, ...]               # in the order of the section
    instruction_sets: Mapping[int, str]     # from this address on: "a" (A32), "t" (T32) or "x" (A64)
    text_rodata_bytes: int
    a64: bool = False
    stacks: tuple[int, int] | None = None   # where the blocks of the CPUs begin, and the size of one: its stack first

    def probe_table(self) -> str:
        """What the plugin reads (bench/plugin/probes.h)."""
        return "".join(f"{probe.address:x} {probe.name}\n" for probe in self.probes)

    def instruction_set_table(self) -> str:
        """What the plugin reads (bench/plugin/isa_map.h)."""
        return "".join(f"{address:x} {name}\n" for address, name in sorted(self.instruction_sets.items()))


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


def mapping_symbols(symbols: Iterable[tuple[str, int]]) -> dict[int, str]:
    """$a, $t and $x where the kind changes, with or without a suffix; $d is no code."""
    kinds = {"$a": "a", "$t": "t", "$x": "x"}
    found: dict[int, str] = {}
    last = ""
    for address, name in sorted((address, name) for name, address in symbols):
        if name[:2] in kinds and name[2:3] in ("", ".") and kinds[name[:2]] != last:
            found[address] = last = kinds[name[:2]]
    return found


def read(file: Path) -> Hypervisor:
    from elftools.elf.elffile import ELFFile

    with elfimage.Image(file) as image:
        probes = parse_probes(image.section(".probes") or b"")
    with file.open("rb") as stream:
        elf = ELFFile(stream)
        constant = [section for section in elf.iter_sections()
                    if section["sh_flags"] & _SHF_ALLOC and not section["sh_flags"] & _SHF_WRITE]
        table = elf.get_section_by_name(".symtab")
        symbols = [(symbol.name, symbol["st_value"]) for symbol in (table.iter_symbols() if table else ())]
    sets, named = mapping_symbols(symbols), dict(symbols)
    code = [section for section in constant if section["sh_flags"] & _SHF_EXECINSTR]
    if not code:
        raise UsageError(f"{file}: no executable section")
    return Hypervisor(file, min(section["sh_addr"] for section in code),
                      max(section["sh_addr"] + section["sh_size"] for section in code), tuple(probes), sets,
                      sum(section["sh_size"] for section in constant), elf["e_machine"] == "EM_AARCH64",
                      (named[_STACKS[0]], named[_STACKS[1]]) if named.keys() >= set(_STACKS) else None)


def loaded(hypervisor: Hypervisor, loads: Iterable[Load], *settings: object) -> str:
    """Of all that a machine starts from: where it is the same, so is every instruction of the run."""
    tables = hypervisor.probe_table() + hypervisor.instruction_set_table()
    found = hashlib.sha256(f"{settings}\n{tables}".encode() + elfimage.flatten(hypervisor.file))
    for load in loads:
        data = load.file.read_bytes()
        found.update(f"{load.address:#x} {len(data)}\n".encode() + data)
    return found.hexdigest()


def sizes(file: Path) -> dict[str, int]:
    """Bytes of each function, and of constants with a name, that `text_rodata_bytes` counts."""
    from elftools.elf.elffile import ELFFile

    with file.open("rb") as stream:
        elf = ELFFile(stream)
        constant = {index for index, section in enumerate(elf.iter_sections())
                    if section["sh_flags"] & _SHF_ALLOC and not section["sh_flags"] & _SHF_WRITE}
        table = elf.get_section_by_name(".symtab")
        found: dict[str, int] = {}
        for symbol in table.iter_symbols() if table else ():
            if symbol["st_size"] and symbol["st_shndx"] in constant:
                found[symbol.name] = found.get(symbol.name, 0) + symbol["st_size"]
    return found


def grown(before: Hypervisor, after: Hypervisor) -> list[str]:
    """Where the bytes of the second image are more, or fewer, than those of the first; the greatest movement first."""
    old, new = sizes(before.file), sizes(after.file)
    moved = {name: new.get(name, 0) - old.get(name, 0) for name in old.keys() | new.keys()}
    rest = after.text_rodata_bytes - before.text_rodata_bytes - sum(moved.values())
    moved |= {"literals, strings and alignment": rest}
    return [f"{delta:+}  {name}" for name, delta in sorted(moved.items(), key=lambda item: (-abs(item[1]), item[0])) if delta]
