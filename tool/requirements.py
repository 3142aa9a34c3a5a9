# SPDX-License-Identifier: Apache-2.0
"""
What the project promises: the rows of testsuite/requirements.toml, and the rows of docs/divergences.md, which is
read as it is: the document is the table.
"""
from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tool import paths
from tool.exitcodes import UsageError

REQUIREMENTS = paths.TESTSUITE / "requirements.toml"
DIVERGENCES = paths.ROOT / "docs" / "divergences.md"
ID = re.compile(r"S[0-9]-[0-9]{2}|X-[0-9]{2}")
HOST = "host"
GUEST, BENCH, DOCUMENT = "guest", "bench", "document"
WAYS = (GUEST, HOST, BENCH, DOCUMENT)
_KINDS = ("R52", "A64", "REJECT", "MEASURE", "DOC")
_KEYS = {"document", "text", "decision", "kinds", "shown", "boards", "by"}
_COLUMNS = 6     # id | Xen | relation | Fencepost | why | by
_RELATIONS = ("=", "≠", "–")


@dataclass(frozen=True)
class Requirement:
    id: str
    origin: str               # the founding document, or the relation to Xen: = ≠ –
    text: str                 # what is asked, or what Xen does
    decision: str             # what Fencepost does
    boards: tuple[str, ...]   # HOST: of the tools and documents, whatever the board
    by: tuple[str, ...]       # of WAYS: each of them must show it
    chapter: str = ""         # FILE#heading
    how: str = ""             # a test shows it

    @property
    def divergence(self) -> bool:
        return self.id.startswith("X-")

    def on(self, board: str) -> bool:
        return HOST in self.boards or board in self.boards


def _check(name: str, row: dict[str, Any]) -> None:
    """Raises ValueError for a row that nobody could show."""
    if missing := _KEYS - set(row):
        raise ValueError(f"no {', '.join(sorted(missing))}")
    if unknown := set(row) - _KEYS - {"chapter"}:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    if not ID.fullmatch(name):
        raise ValueError("not an id, those look like S0-01")
    for key, allowed in (("by", WAYS), ("kinds", _KINDS), ("boards", None)):
        given = row[key]
        if not isinstance(given, list) or not given or len(set(given)) != len(given):
            raise ValueError(f"{key}: a list of different words is wanted")
        if allowed and (wrong := [word for word in given if word not in allowed]):
            raise ValueError(f"{key}: {', '.join(wrong)}: one of {', '.join(allowed)} is wanted")
    if (DOCUMENT in row["by"]) != ("chapter" in row):
        raise ValueError("`chapter` and \"document\" in `by` go together")


def parse_requirements(text: str, name: str = REQUIREMENTS.name) -> tuple[Requirement, ...]:
    """Raises UsageError that names file and row."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: {error}") from error
    found = []
    for key, row in table.items():
        try:
            _check(key, row)
        except (ValueError, TypeError) as error:
            raise UsageError(f"{name}: [{key}]: {error}") from error
        found.append(Requirement(key, row["document"], row["text"], row["decision"], tuple(row["boards"]),
                                 tuple(row["by"]), row.get("chapter", ""), row["shown"]))
    return tuple(found)


def _divergence(cells: list[str]) -> Requirement:
    if len(cells) != _COLUMNS:
        raise ValueError(f"{len(cells)} cells instead of {_COLUMNS}")
    name, upstream, relation, own, why, by = cells
    ways = tuple(by.split())
    if not ID.fullmatch(name) or relation not in _RELATIONS:
        raise ValueError(f"{name}: {relation!r} is none of {' '.join(_RELATIONS)}")
    if not upstream or not own or not why:
        raise ValueError(f"{name}: an empty cell: each divergence has its reason")
    if not ways or set(ways) - {GUEST, HOST, BENCH}:
        raise ValueError(f"{name}: shown by {by!r}: {GUEST}, {HOST} or {BENCH} is wanted")
    return Requirement(name, relation, upstream, own, (HOST,), ways)


def parse_divergences(text: str, name: str = DIVERGENCES.name) -> tuple[Requirement, ...]:
    """Every row whose first cell is an id. They hold on every board. Raises UsageError with the line number."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("| X-"):
            continue
        try:
            found.append(_divergence([cell.strip() for cell in line.strip()[1:-1].split("|")]))
        except ValueError as error:
            raise UsageError(f"{name}:{number}: {error}") from error
    return tuple(found)


def by_id(rows: Iterable[Requirement]) -> dict[str, Requirement]:
    found: dict[str, Requirement] = {}
    for row in rows:
        if row.id in found:
            raise UsageError(f"{row.id} is defined twice")
        found[row.id] = row
    return found


def load(requirements: Path = REQUIREMENTS, divergences: Path = DIVERGENCES) -> dict[str, Requirement]:
    """Both tables, in their order."""
    return by_id(parse_requirements(requirements.read_text(encoding="utf-8"), paths.relative(requirements)) +
                 parse_divergences(divergences.read_text(encoding="utf-8"), paths.relative(divergences)))
