# SPDX-License-Identifier: Apache-2.0
"""
Recorded answers of real Xen (testsuite/data/xen-vectors.json) against what a replay told. Pure. The guest suite
`vectors` makes the calls and notes `vector GROUP SEQ KEY=VALUE ...`; each recorded call is the same, or differs as
testsuite/divergences.toml says, or has a note that says why it cannot be compared.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tool import paths
from tool.exitcodes import UsageError

FILE = paths.TESTSUITE / "data" / "xen-vectors.json"
_MARK = "vector"
_NEVER = "access-width"                                       # a note: it says nothing about the hypervisor
_UNSPECIFIED = "content-unspecified"                          # a note: the value says nothing
_DERIVED = frozenset({"hex", "esr", "daif"})                  # said by another field, or of another register width


@dataclass(frozen=True)
class Vector:
    group: str
    seq: int
    name: str
    call: str
    result: Mapping[str, str]
    notes: frozenset[str]

    @property
    def fields(self) -> dict[str, str]:
        """What of the result is compared."""
        dropped = set(_DERIVED)
        if _UNSPECIFIED in self.notes:
            dropped.add("value")
        if "address-varies" in self.notes:
            dropped.add("far")
        return {key: value for key, value in self.result.items() if key not in dropped}


def _words(result: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value).replace(" ", "-") for key, value in result.items()}


def load(xen: str, memory: str, file: Path = FILE) -> list[Vector]:
    """The vectors of one configuration in their order."""
    table = json.loads(file.read_text(encoding="utf-8"))
    wanted = {"xen": xen, "memory": memory}
    found = [Vector(one["group"], one["seq"], one["name"], one["call"], _words(one["result"]), frozenset(one.get("note", ())))
             for one in table["vectors"] if one["configuration"] == wanted]
    if not found:
        raise UsageError(f"{paths.relative(file)}: nothing was recorded with {xen} and {memory} memory")
    return found


def told(notes: Iterable[str]) -> dict[int, dict[str, str]]:
    """Step -> fields, from a replay's notes."""
    found: dict[int, dict[str, str]] = {}
    for note in notes:
        mark, *rest = note.split()
        if mark == _MARK and len(rest) >= 2:
            found[int(rest[1])] = dict(word.split("=", 1) for word in rest[2:])
    return found


def _same(vector: Vector, answer: Mapping[str, str]) -> bool:
    """Where a fault was recorded, the replay cannot look at the register."""
    needed = set() if "faults" in vector.fields else {"return"}
    return all(answer.get(key) == value for key, value in vector.fields.items() if key in answer or key in needed)


def differences(vectors: Iterable[Vector], answers: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    """Step -> both answers, where they differ; a step without an answer differs, too."""
    found = {}
    for vector in vectors:
        answer = answers.get(vector.seq)
        if answer is None or (_NEVER not in vector.notes and not _same(vector, answer)):
            said = " ".join(f"{key}={value}" for key, value in vector.fields.items())
            ours = "nothing" if answer is None else " ".join(f"{key}={value}" for key, value in answer.items())
            found[vector.seq] = f"{vector.group} {vector.seq} {vector.name}: recorded {said}, now {ours}"
    return found


def expected(entries: Iterable[Mapping[str, Any]], group: str) -> set[int]:
    """Steps of a group that the list of divergences names."""
    return {int(seq) for entry in entries if entry["group"] == group for seq in entry["seq"]}
