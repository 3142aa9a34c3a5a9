# SPDX-License-Identifier: Apache-2.0
"""
What coverage must know of an ELF file: every instruction with its function and its line in the sources. An
instruction is what lies between a mapping symbol of code and the next, and belongs to a line table's sequence or to
a function: literal pools, jump tables and padding are none.
"""
from __future__ import annotations

import bisect
import functools
import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tool.coverage import code
from tool.coverage.code import Instruction
from tool.exitcodes import UsageError

_SHF_EXECINSTR = 4
_CLONE = re.compile(r"\.(?:constprop|part|isra|cold|lto_priv)\.?\d*")
NO_FILE = "(no line information)"


@dataclass(frozen=True, order=True)
class Place:
    """Where an instruction comes from; an inlined one names the line it was written on."""
    file: str
    line: int


@dataclass(frozen=True)
class Site:
    instruction: Instruction
    place: Place
    function: str      # the symbol it lies in; clones carry their origin's name

    @property
    def address(self) -> int:
        return self.instruction.address


@dataclass(frozen=True)
class Code:
    """Everything executable in an image, by ascending address."""
    file: Path
    sha256: str
    start: int
    end: int
    sites: tuple[Site, ...]

    def branches(self) -> list[Site]:
        return [site for site in self.sites if site.instruction.branch is not None]


@dataclass(frozen=True)
class _Sequence:
    """One run of a line table: rows by address, ends exclusive."""
    starts: Sequence[int]
    places: Sequence[Place]
    end: int

    def place(self, address: int) -> Place:
        return self.places[bisect.bisect_right(self.starts, address) - 1]


def _path(program: Any, index: int, version: int) -> str:
    """As a reader at the root of the checkout would type it."""
    entry = program["file_entry"][index if version >= 5 else index - 1]
    directory = program["include_directory"][entry.dir_index if version >= 5 else entry.dir_index - 1] \
        if entry.dir_index or version >= 5 else b""
    name = posixpath.join(directory.decode(), entry.name.decode())
    return posixpath.normpath(name)


def _sequences(dwarf: Any) -> Iterator[_Sequence]:
    for unit in dwarf.iter_CUs():
        program = dwarf.line_program_for_CU(unit)
        if program is None:
            continue
        version = program["version"]
        names: dict[int, str] = {}
        rows: dict[int, Place] = {}
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            if state.end_sequence:
                if rows and state.address:
                    starts = sorted(rows)
                    yield _Sequence(starts, [rows[start] for start in starts], state.address)
                rows = {}
                continue
            if state.file not in names:
                names[state.file] = _path(program, state.file, version)
            if state.line or state.address not in rows:
                rows[state.address] = Place(names[state.file], state.line)


class _Functions:
    """Symbols of code: sized ones own their range, the others (assembly) reach to the next symbol."""

    def __init__(self, symbols: Iterable[tuple[str, int, int]]) -> None:
        found = sorted({(address & ~1, -size, _CLONE.sub("", name)) for name, address, size in symbols})
        self._starts = [address for address, _, _ in found]
        self._found = [(address, -size, name) for address, size, name in found]

    def name(self, address: int) -> str:
        index = bisect.bisect_right(self._starts, address) - 1
        while index > 0 and self._starts[index - 1] == self._starts[index]:
            index -= 1                                   # the sized one of several names
        return self._found[index][2] if index >= 0 else ""

    def owns(self, address: int) -> bool:
        index = bisect.bisect_right(self._starts, address) - 1
        return index >= 0 and any(start <= address < start + size for start, size, _ in self._found[max(0, index - 3):index + 1])


def _symbols(elf: Any) -> list[tuple[str, int, int, str]]:
    table = elf.get_section_by_name(".symtab")
    return [(symbol.name, symbol["st_value"], symbol["st_size"], symbol["st_info"]["type"])
            for symbol in (table.iter_symbols() if table else ()) if symbol["st_shndx"] != "SHN_UNDEF"]


def read(file: Path) -> Code:
    """Raises UsageError for what is no ELF file or has no code. An image is taken apart once as long as its file is the same."""
    try:
        found = file.stat()
    except OSError as error:
        raise UsageError(f"{file}: not a readable ELF file: {error}") from error
    return _read(file, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _read(file: Path, size: int, changed: int) -> Code:
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        with file.open("rb") as stream:
            elf = ELFFile(stream)
            sections = [(s["sh_addr"], s.data()) for s in elf.iter_sections() if s["sh_flags"] & _SHF_EXECINSTR]
            symbols = _symbols(elf)
            sequences = sorted(_sequences(elf.get_dwarf_info()), key=lambda s: s.starts[0]) if elf.has_dwarf_info() else []
    except (OSError, ELFError) as error:
        raise UsageError(f"{file}: not a readable ELF file: {error}") from error
    if not sections:
        raise UsageError(f"{file}: no executable section")
    start, end = min(at for at, _ in sections), max(at + len(data) for at, data in sections)
    functions = _Functions((name, address, size) for name, address, size, kind in symbols
                           if start <= address < end and name and not name.startswith("$")
                           and kind in ("STT_FUNC", "STT_NOTYPE"))
    sites = list(_sites(sections, [(name, address) for name, address, _, _ in symbols], sequences, functions))
    return Code(file, hashlib.sha256(file.read_bytes()).hexdigest(), start, end, tuple(sites))


def _sites(sections: Iterable[tuple[int, bytes]], mapping: Sequence[tuple[str, int]], sequences: Sequence[_Sequence],
           functions: _Functions) -> Iterator[Site]:
    starts = [sequence.starts[0] for sequence in sequences]
    for base, data in sorted(sections):
        for here, there, isa in code.spans(mapping, base, base + len(data)):
            stretch = data[here - base:there - base]
            for instruction in code.walk(here, stretch, isa):
                if code.is_padding(here, stretch, instruction.address - here, isa):
                    continue
                index = bisect.bisect_right(starts, instruction.address) - 1
                inside = index >= 0 and instruction.address < sequences[index].end
                if inside:
                    place = sequences[index].place(instruction.address)
                elif functions.owns(instruction.address):
                    place = Place(NO_FILE, 0)
                else:
                    continue
                yield Site(instruction, place, functions.name(instruction.address))
