# SPDX-License-Identifier: Apache-2.0
"""
What no test can reach, and why (testsuite/coverage.toml). An entry names code by its function, its file, or the text
of its line, so that it survives edits elsewhere; it must match something that is not covered, or it is stale.
"""
from __future__ import annotations

import enum
import fnmatch
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tool.exitcodes import UsageError


class Direction(enum.Enum):
    PASSED = "passed"     # never passed by: always taken
    TAKEN = "taken"       # never taken


@dataclass(frozen=True)
class Rule:
    """Every word that is there must match."""
    number: int
    reason: str
    function: str = ""              # symbol, with * and ?
    file: str = ""
    source: str = ""                # part of the line, as it stands in the file
    direction: Direction | None = None   # only this direction of branches; None: instructions and both directions
    images: tuple[str, ...] = ()    # kinds of image; none: every one

    def describe(self) -> str:
        words = [self.file, self.function and f"{self.function}()", self.source and f"`{self.source}`",
                 self.direction and f"never {self.direction.value}"]
        return " ".join(word for word in words if word)

    def matches_place(self, function: str, file: str, text: str) -> bool:
        return ((not self.function or fnmatch.fnmatchcase(function, self.function)) and
                (not self.file or self.file == file) and (not self.source or self.source in text))

    def is_for(self, kind: str) -> bool:
        return not self.images or kind in self.images


_WORDS = {"function": str, "file": str, "source": str, "direction": str, "images": list, "reason": str}


def _rule(number: int, entry: Any, where: str) -> Rule:
    if not isinstance(entry, dict):
        raise UsageError(f"{where}: not a table")
    for name, value in entry.items():
        if name not in _WORDS:
            raise UsageError(f"{where}: unknown word {name!r}; known: {', '.join(_WORDS)}")
        if not isinstance(value, _WORDS[name]) or not value:
            raise UsageError(f"{where}: {name} = {value!r} is not a {_WORDS[name].__name__} with something in it")
    if "reason" not in entry:
        raise UsageError(f"{where}: without a reason")
    if not entry.get("function") and not entry.get("file"):
        raise UsageError(f"{where}: names neither a function nor a file")
    try:
        direction = Direction(entry["direction"]) if "direction" in entry else None
    except ValueError:
        raise UsageError(f"{where}: direction = {entry['direction']!r} is neither \"taken\" nor \"passed\"") from None
    return Rule(number, entry["reason"], entry.get("function", ""), entry.get("file", ""), entry.get("source", ""), direction,
                tuple(entry.get("images", ())))


def parse(text: str, name: str) -> tuple[Rule, ...]:
    """Raises UsageError with the entry and what is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: {error}") from error
    if unknown := set(table) - {"exclude"}:
        raise UsageError(f"{name}: unknown table {', '.join(sorted(unknown))}; there is only [[exclude]]")
    entries = table.get("exclude", [])
    if not isinstance(entries, list):
        raise UsageError(f"{name}: exclude is not a list of tables: write [[exclude]]")
    return tuple(_rule(number, entry, f"{name}: exclude {number}") for number, entry in enumerate(entries, 1))


def read(file: Path) -> tuple[Rule, ...]:
    return parse(file.read_text(encoding="utf-8"), file.name) if file.is_file() else ()
