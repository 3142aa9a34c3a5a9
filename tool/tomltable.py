# SPDX-License-Identifier: Apache-2.0
"""
A TOML file read key by key, with every mistake in one run: each error names the file, the key, the value and the
rule. A key that nobody asked for is a mistake, too.
"""
from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tool import paths
from tool.exitcodes import UsageError

REQUIRED = object()


class Table:
    """One table of the file; tables inside it share its list of errors."""

    def __init__(self, file: Path, values: Mapping[str, Any], name: str = "", errors: list[str] | None = None) -> None:
        self.errors: list[str] = [] if errors is None else errors
        self._file, self._values, self._name = file, dict(values), name
        self._parts: list[Table] = []
        self._asked: set[str] = set()

    def wrong(self, key: str, rule: str) -> None:
        said = f" = {self._values[key]!r}" if key in self._values else ""
        self.errors.append(f"{paths.relative(self._file)}: {self._place(key)}{said}: {rule}")

    def _place(self, key: str) -> str:
        return f"[{self._name}] {key}" if self._name else key

    def _get(self, key: str, default: Any, fits: Callable[[Any], bool], rule: str, fallback: Any) -> Any:
        self._asked.add(key)
        if key not in self._values:
            if default is not REQUIRED:
                return default
            self.wrong(key, f"is missing: {rule}")
        elif fits(self._values[key]):
            return self._values[key]
        else:
            self.wrong(key, f"must be {rule}")
        return fallback

    def text(self, key: str, default: Any = REQUIRED, rule: str = "text") -> str:
        return self._get(key, default, lambda value: isinstance(value, str) and value != "", rule, "")

    def number(self, key: str, low: int, high: int, default: Any = REQUIRED) -> int:
        return self._get(key, default, lambda value: type(value) is int and low <= value <= high,
                         f"a whole number from {low:#x} to {high:#x}" if high > 0xFFFF else
                         f"a whole number from {low} to {high}", low)

    def choice(self, key: str, allowed: tuple[str, ...], default: Any = REQUIRED) -> str:
        return self._get(key, default, lambda value: value in allowed, "one of " + ", ".join(allowed), allowed[0])

    def words(self, key: str, allowed: tuple[str, ...] | None = None, default: Any = REQUIRED) -> tuple[str, ...]:
        def fits(value: Any) -> bool:
            return isinstance(value, list) and value != [] and all(
                isinstance(word, str) and (allowed is None or word in allowed) for word in value)
        rule = "a list of words" + (f" out of {', '.join(allowed)}" if allowed else "")
        return tuple(self._get(key, default, fits, rule, ()))

    def table(self, key: str, default: Any = REQUIRED) -> Table | None:
        """A table that is missing is one mistake: the keys in it are not."""
        values = self._get(key, default, lambda value: isinstance(value, dict), "a table", None)
        if values is None:
            return None if default is None else Table(self._file, {}, key)
        part = Table(self._file, values, f"{self._name}.{key}" if self._name else key, self.errors)
        self._parts.append(part)
        return part

    def tables(self) -> dict[str, Table]:
        """The same where each key is a table; what is none has been said, and is left out."""
        found = {key: self.table(key) for key in self._values}
        return {key: part for key, part in found.items() if isinstance(self._values[key], dict)}

    def texts(self) -> dict[str, str]:
        """Every key of a table whose keys are the file's own choice."""
        return {key: self.text(key) for key in self._values}

    def unknown(self) -> None:
        """To be called when everything was asked for."""
        for part in self._parts:
            part.unknown()
        for key in self._values:
            if key not in self._asked:
                self.wrong(key, "is no key; there are: " + ", ".join(sorted(self._asked)))


def read(file: Path) -> Table:
    """Raises UsageError when it is no TOML file."""
    try:
        return Table(file, tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"{paths.relative(file)}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{paths.relative(file)}: not a TOML file: {error}") from error


def demand(*tables: Table) -> None:
    """Raises UsageError with every error of the tables, one a line."""
    for table in tables:
        table.unknown()
    if errors := [error for table in tables for error in table.errors]:
        raise UsageError("\n".join(errors))
