# SPDX-License-Identifier: Apache-2.0
"""
Which function an address of an ELF file belongs to, as the compiler's debug information tells: a clone (.constprop,
.part, .isra, .cold) is its function, an inlined callee is the callee. Assembly has symbols only.
"""
from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CLONE = re.compile(r"(?:\.(?:constprop|part|isra|cold|lto_priv|llvm)(?:\.\d+)*)+$")
_STEP = 2                        # no instruction is shorter
UNKNOWN = "?"

Chain = tuple[str, ...]          # outermost function first


def without_clone(symbol: str) -> str:
    return _CLONE.sub("", symbol)


@dataclass(frozen=True)
class Functions:
    places: Mapping[int, Chain]                # every _STEP bytes of compiled code
    symbols: tuple[tuple[int, str], ...]       # ascending
    files: Mapping[str, str] = field(default_factory=dict)   # where a function of the one name is declared

    def chain(self, address: int) -> Chain:
        """The function, and what is inlined there, innermost last."""
        if found := self.places.get(address & -_STEP):
            return found
        at = bisect_right(self.symbols, (address, "\U0010ffff")) - 1
        return (without_clone(self.symbols[at][1]) if at >= 0 else UNKNOWN,)


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    chain: tuple[tuple[str, str], ...]         # (name, where it is declared)


def declarations(spans: Iterable[Span]) -> dict[str, set[str]]:
    declared: dict[str, set[str]] = defaultdict(set)
    for span in spans:
        for name, where in span.chain:
            declared[name].add(where)
    return declared


def paint(spans: Iterable[Span]) -> dict[int, Chain]:
    """Deeper spans over shallower ones. Two functions of one name are told apart by the file."""
    ordered = sorted(spans, key=lambda span: len(span.chain))
    declared = declarations(ordered)
    places: dict[int, Chain] = {}
    for span in ordered:
        chain = tuple(name if len(declared[name]) == 1 else f"{name} ({where})" for name, where in span.chain)
        places.update(dict.fromkeys(range(span.start & -_STEP, span.end, _STEP), chain))
    return places


def _origin(die: Any) -> Any:
    for link in ("DW_AT_abstract_origin", "DW_AT_specification"):
        while link in die.attributes:
            die = die.get_DIE_from_attribute(link)
    return die


class _Unit:
    """One compilation unit: its range lists and its file names."""

    def __init__(self, dwarf: Any, unit: Any) -> None:
        self._ranges, self._unit, self._dwarf = dwarf.range_lists(), unit, dwarf
        self._base = unit.get_top_DIE().attributes.get("DW_AT_low_pc")
        self._files: list[str] | None = None

    def spans_of(self, die: Any) -> Iterator[tuple[int, int]]:
        attributes = die.attributes
        if "DW_AT_ranges" in attributes:
            yield from self._listed(attributes["DW_AT_ranges"])
        elif "DW_AT_low_pc" in attributes and "DW_AT_high_pc" in attributes:
            low, high = attributes["DW_AT_low_pc"].value, attributes["DW_AT_high_pc"]
            yield low, high.value if high.form == "DW_FORM_addr" else low + high.value

    def _listed(self, attribute: Any) -> Iterator[tuple[int, int]]:
        base = self._base.value if self._base else 0
        for entry in self._ranges.get_range_list_at_offset(attribute.value, cu=self._unit):
            if hasattr(entry, "base_address"):
                base = entry.base_address
            else:
                more = 0 if getattr(entry, "is_absolute", False) else base
                yield entry.begin_offset + more, entry.end_offset + more

    def file(self, index: int) -> str:
        if self._files is None:
            program = self._dwarf.line_program_for_CU(self._unit)
            first = 0 if program and program["version"] >= 5 else 1
            self._files = [""] * first + [entry.name.decode(errors="replace") for entry in program["file_entry"]] if program else []
        return self._files[index].rpartition("/")[2] if index < len(self._files) else ""

    def named(self, die: Any) -> tuple[str, str]:
        origin = _origin(die)
        name, file = origin.attributes.get("DW_AT_name"), origin.attributes.get("DW_AT_decl_file")
        return (name.value.decode(errors="replace") if name else UNKNOWN, self.file(file.value) if file else "")


def _walk(unit: _Unit, die: Any, chain: tuple[tuple[str, str], ...]) -> Iterator[Span]:
    if die.tag in ("DW_TAG_subprogram", "DW_TAG_inlined_subroutine"):
        spans = [(start, end) for start, end in unit.spans_of(die) if start < end]
        if spans:
            chain = (*chain, unit.named(die))
            yield from (Span(start, end, chain) for start, end in spans)
        elif die.tag == "DW_TAG_subprogram":
            return                       # abstract: its copies are elsewhere
    if die.has_children:
        for child in die.iter_children():
            yield from _walk(unit, child, chain)


def _symbols(elf: Any) -> tuple[tuple[int, str], ...]:
    """Every name in an executable section; of several at one address the last in the alphabet."""
    code = {number for number, section in enumerate(elf.iter_sections()) if section["sh_flags"] & 4}
    table = elf.get_section_by_name(".symtab")
    found = {(symbol["st_value"] & ~1 if symbol["st_info"]["type"] == "STT_FUNC" else symbol["st_value"], symbol.name)
             for symbol in (table.iter_symbols() if table else ())
             if symbol["st_shndx"] in code and symbol.name and not symbol.name.startswith("$")}
    return tuple(sorted(found))


def read(file: Path) -> Functions:
    from elftools.elf.elffile import ELFFile

    with file.open("rb") as stream:
        elf = ELFFile(stream)
        symbols = _symbols(elf)
        if not elf.has_dwarf_info():
            return Functions({}, symbols)
        dwarf = elf.get_dwarf_info()
        spans: list[Span] = []
        for unit in dwarf.iter_CUs():
            spans += _walk(_Unit(dwarf, unit), unit.get_top_DIE(), ())
        files = {name: next(iter(found)) for name, found in declarations(spans).items() if len(found) == 1}
        return Functions(paint(spans), symbols, files)
