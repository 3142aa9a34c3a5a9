# SPDX-License-Identifier: Apache-2.0
"""ELF files in and out: flat images, symbols, test records' bytes, and one ELF out of many blobs."""
from __future__ import annotations

import bisect
import functools
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tool.exitcodes import UsageError

MAGIC = b"\x7fELF"
_EM_ARM = 40


@dataclass(frozen=True)
class Segment:
    """Bytes at an address; what a loader has to place."""
    address: int
    data: bytes


@dataclass(frozen=True)
class Symbols:
    """Functions by address, for reading a console."""
    starts: tuple[int, ...]
    entries: tuple[tuple[int, int, str], ...]   # start, size, name

    def name(self, address: int) -> str | None:
        """`function+0x10`, or None outside every function."""
        index = bisect.bisect_right(self.starts, address) - 1
        if index < 0:
            return None
        start, size, name = self.entries[index]
        if address >= start + max(size, 4):
            return None
        return name if address == start else f"{name}+{address - start:#x}"


class Image:
    """An ELF file, read once."""

    def __init__(self, path: Path) -> None:
        from elftools.common.exceptions import ELFError
        from elftools.elf.elffile import ELFFile

        self.path = path
        try:
            self._stream = path.open("rb")
            self._elf = ELFFile(self._stream)
        except (OSError, ELFError) as error:
            raise UsageError(f"{path}: not a readable ELF file: {error}") from error

    def __enter__(self) -> Image:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stream.close()

    @property
    def word_bytes(self) -> int:
        return self._elf.elfclass // 8

    @property
    def entry(self) -> int:
        return int(self._elf["e_entry"])

    def segments(self) -> list[Segment]:
        """The bytes of every PT_LOAD, by load address; zero-filled tails are the program's own business."""
        found = [Segment(s["p_paddr"], s.data()) for s in self._elf.iter_segments("PT_LOAD") if s["p_filesz"]]
        return sorted(found, key=lambda segment: segment.address)

    def section(self, name: str) -> bytes | None:
        section = self._elf.get_section_by_name(name)
        return None if section is None else bytes(section.data())

    def string(self, address: int) -> str:
        """The NUL-terminated string at a link-time address."""
        for segment in self._virtual():
            offset = address - segment.address
            if 0 <= offset < len(segment.data):
                end = segment.data.find(b"\0", offset)
                if end >= 0:
                    return segment.data[offset:end].decode("ascii", "backslashreplace")
        raise UsageError(f"{self.path}: no string at {address:#x}")

    @functools.cache
    def _virtual(self) -> list[Segment]:
        return [Segment(s["p_vaddr"], s.data()) for s in self._elf.iter_segments("PT_LOAD")]

    def symbols(self) -> Symbols:
        table = self._elf.get_section_by_name(".symtab")
        found = set()
        for symbol in table.iter_symbols() if table else ():
            kind = symbol["st_info"]["type"]
            if kind == "STT_FUNC" or (kind == "STT_NOTYPE" and not symbol.name.startswith("$") and symbol.name):
                if symbol["st_shndx"] not in ("SHN_UNDEF", "SHN_ABS"):
                    found.add((symbol["st_value"] & ~1, symbol["st_size"], symbol.name))
        entries = tuple(sorted(found))
        return Symbols(tuple(entry[0] for entry in entries), entries)

    def symbol(self, name: str) -> int:
        table = self._elf.get_section_by_name(".symtab")
        matches = table.get_symbol_by_name(name) if table else None
        if not matches:
            raise UsageError(f"{self.path}: no symbol {name}")
        return int(matches[0]["st_value"])


def is_elf(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == MAGIC


def flatten(path: Path) -> bytes:
    """What objcopy -O binary would write: from the lowest load address to the end of the last byte."""
    with Image(path) as image:
        segments = image.segments()
    if not segments:
        raise UsageError(f"{path}: nothing to load")
    base = segments[0].address
    flat = bytearray(max(s.address + len(s.data) for s in segments) - base)
    for segment in segments:
        flat[segment.address - base:segment.address - base + len(segment.data)] = segment.data
    return bytes(flat)


def write(path: Path, entry: int, segments: Iterable[Segment]) -> None:
    """One Arm executable with a program header for each blob, for a debugger or a flash tool."""
    blobs = list(segments)
    header_bytes, program_bytes = 52, 32
    offset = header_bytes + program_bytes * len(blobs)
    header = struct.pack("<4s5B7xHHIIIIIHHHHHH", MAGIC, 1, 1, 1, 0, 0, 2, _EM_ARM, 1, entry, header_bytes, 0,
                         0x05000000, header_bytes, program_bytes, len(blobs), 40, 0, 0)
    programs, data = bytearray(), bytearray()
    for blob in blobs:
        size = len(blob.data)
        programs += struct.pack("<8I", 1, offset + len(data), blob.address, blob.address, size, size, 7, 4)
        data += blob.data + bytes(-size % 4)
    path.write_bytes(header + programs + data)
