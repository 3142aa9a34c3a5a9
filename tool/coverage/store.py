# SPDX-License-Identifier: Apache-2.0
"""
The coverage map: a file that every machine of a run maps into its memory and marks bytes of, so that nothing needs
merging within a run. Layout and rules: bench/plugin/cover_map.h. Maps of other runs of the same image are merged
byte by byte.
"""
from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tool.coverage.image import Code
from tool.exitcodes import UsageError

_MAGIC = b"FPCOVER1"
_HEADER = struct.Struct("=8s32sQQII")
_BRANCH = struct.Struct("=QBBBBI")


@dataclass(frozen=True)
class Directions:
    """What a conditional branch did."""
    passed: bool = False
    taken: bool = False


@dataclass(frozen=True)
class Marks:
    """What was executed of one image."""
    sha256: str
    executed: frozenset[int]
    directions: Mapping[int, Directions]


def empty(code: Code) -> bytes:
    """A map of an image of which nothing was executed."""
    branches = code.branches()
    header = _HEADER.pack(_MAGIC, bytes.fromhex(code.sha256), code.start, code.end, len(branches), 0)
    records = b""
    for site in branches:
        branch = site.instruction.branch
        assert branch is not None
        records += _BRANCH.pack(site.address, branch.test, branch.code, branch.bit, branch.narrow, 0)
    return header + records + bytes((code.end - code.start) // 2 + 2 * len(branches))


def parse(data: bytes) -> Marks:
    """Raises ValueError for what is no map."""
    if len(data) < _HEADER.size or not data.startswith(_MAGIC):
        raise ValueError("not a coverage map")
    _, digest, start, end, count, _ = _HEADER.unpack_from(data)
    executed_at = _HEADER.size + count * _BRANCH.size
    directions_at = executed_at + (end - start) // 2
    if end < start or len(data) != directions_at + 2 * count:
        raise ValueError("the size does not match the header")
    executed = frozenset(start + 2 * i for i, mark in enumerate(data[executed_at:directions_at]) if mark)
    directions = {}
    for i in range(count):
        (address, *_) = _BRANCH.unpack_from(data, _HEADER.size + i * _BRANCH.size)
        passed, taken = data[directions_at + 2 * i:directions_at + 2 * i + 2]
        directions[address] = Directions(bool(passed), bool(taken))
    return Marks(digest.hex(), executed, directions)


def read(file: Path) -> Marks:
    try:
        return parse(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: {error}") from error


def merge(maps: Iterable[Marks]) -> Marks:
    """Marked in any is marked. Raises UsageError for maps of different images: their addresses mean different code."""
    first, *others = maps
    executed, directions = set(first.executed), dict(first.directions)
    for other in others:
        if other.sha256 != first.sha256:
            raise UsageError(f"coverage of image {other.sha256[:16]} cannot be merged with that of {first.sha256[:16]}")
        executed |= other.executed
        for address, seen in other.directions.items():
            mine = directions[address]
            directions[address] = Directions(mine.passed or seen.passed, mine.taken or seen.taken)
    return Marks(first.sha256, frozenset(executed), directions)


def contradictions(code: Code, marks: Marks) -> list[str]:
    """What cannot be if the map and our reading of the code agree."""
    if marks.sha256 != code.sha256:
        return [f"the map is of image {marks.sha256[:16]}, not of {code.sha256[:16]}"]
    known = {site.address for site in code.sites}
    wrong = [f"{address:#x} was executed and is no instruction" for address in sorted(marks.executed - known)]
    for site in code.branches():
        seen = marks.directions[site.address]
        if (seen.passed or seen.taken) != (site.address in marks.executed):
            wrong.append(f"{site.address:#x}: marks of the branch and of its execution differ")
    return wrong
