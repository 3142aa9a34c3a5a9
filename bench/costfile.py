# SPDX-License-Identifier: Apache-2.0
"""
Reads a cost model and refuses everything wrong in it at once: each line of the error names the file, the key,
its value and the rule. Pure but for reading the file.
"""
from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.costmodel import ENDS, PRICED, Anchor, Model, Price, Use
from tool.exitcodes import UsageError

DEFAULT = Path(__file__).resolve().parent / "cost" / "cortex-r52.toml"
_TOP = ("name", "prices", "anchors", "tolerance_percent")
_PRICE = (*ENDS, "measured_on_silicon", "source")
_ANCHOR = ("name", "published", "mix", "use", "source")
_DEFAULT_TOLERANCE = 2.0


@dataclass
class _Reader:
    """What is wrong, gathered while the file is read."""
    file: str
    problems: list[str] = field(default_factory=list)

    def refuse(self, key: str, rule: str) -> None:
        self.problems.append(f"{self.file}: {key}: {rule}")

    def table(self, key: str, value: Any) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self.refuse(f"{key} = {_shown(value)}", "must be a table")
        return {}

    def known(self, key: str, table: Mapping[str, Any], names: Sequence[str]) -> None:
        prefix = f"{key}." if key else ""
        for name in table:
            if name not in names:
                self.refuse(f"{prefix}{name}", f"unknown key; accepted here: {', '.join(names)}")

    def number(self, key: str, value: Any) -> float | None:
        """A price, a count, an amount: 0 or more, and finite."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
            self.refuse(f"{key} = {_shown(value)}", "must be a number, 0 or more")
            return None
        return float(value)

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"{key} = {_shown(value)}", "must be a text that is not empty")
            return ""
        return value

    def required(self, key: str, table: Mapping[str, Any], names: Sequence[str]) -> bool:
        missing = [name for name in names if name not in table]
        for name in missing:
            self.refuse(f"{key}.{name}" if key else name, "is missing")
        return not missing


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    return repr(value)


def _price(reader: _Reader, key: str, value: Any) -> Price | None:
    row = reader.table(key, value)
    reader.known(key, row, _PRICE)
    if not reader.required(key, row, _PRICE):
        return None
    ends = [reader.number(f"{key}.{end}", row[end]) for end in ENDS]
    silicon = row["measured_on_silicon"]
    if not isinstance(silicon, bool):
        reader.refuse(f"{key}.measured_on_silicon = {_shown(silicon)}", "must be true or false")
    source = reader.text(f"{key}.source", row["source"])
    low, typical, high = ends
    if low is None or typical is None or high is None:
        return None
    if not low <= typical <= high:
        reader.refuse(f"{key} = {low:g}, {typical:g}, {high:g}", "low ≤ typical ≤ high must hold")
    return Price(low, typical, high, silicon is True, source)


def _prices(reader: _Reader, value: Any) -> dict[str, Price]:
    table = reader.table("prices", value)
    reader.known("prices", table, PRICED)
    reader.required("prices", table, PRICED)
    found = {name: _price(reader, f"prices.{name}", table[name]) for name in PRICED if name in table}
    return {name: price for name, price in found.items() if price is not None}


def _published(reader: _Reader, key: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        reader.refuse(f"{key} = {_shown(value)}", "must be two numbers, [low, high]")
        return 0.0, 0.0
    low, high = (reader.number(f"{key}[{index}]", number) for index, number in enumerate(value))
    if low is None or high is None:
        return 0.0, 0.0
    if not 0 < low <= high:
        reader.refuse(f"{key} = [{low:g}, {high:g}]", "0 < low ≤ high must hold")
    return low, high


def _mix(reader: _Reader, key: str, value: Any) -> dict[str, float]:
    table = reader.table(key, value)
    reader.known(key, table, PRICED)
    if isinstance(value, dict) and not table:
        reader.refuse(key, "must name at least one class")
    amounts = {name: reader.number(f"{key}.{name}", table[name]) for name in PRICED if name in table}
    return {name: amount for name, amount in amounts.items() if amount is not None}


def _anchor(reader: _Reader, key: str, value: Any) -> Anchor | None:
    row = reader.table(key, value)
    reader.known(key, row, _ANCHOR)
    if not reader.required(key, row, _ANCHOR):
        return None
    uses = [use.value for use in Use]
    if row["use"] not in uses:
        reader.refuse(f"{key}.use = {_shown(row['use'])}", f"must be one of: {', '.join(uses)}")
        return None
    low, high = _published(reader, f"{key}.published", row["published"])
    return Anchor(reader.text(f"{key}.name", row["name"]), low, high, _mix(reader, f"{key}.mix", row["mix"]),
                  Use(row["use"]), reader.text(f"{key}.source", row["source"]))


def _anchors(reader: _Reader, value: Any) -> tuple[Anchor, ...]:
    if not isinstance(value, list):
        reader.refuse(f"anchors = {_shown(value)}", "must be tables, [[anchors]]")
        return ()
    found = [_anchor(reader, f"anchors[{index}]", row) for index, row in enumerate(value)]
    anchors = tuple(anchor for anchor in found if anchor is not None)
    names = [anchor.name for anchor in anchors]
    for name in sorted({name for name in names if names.count(name) > 1}):
        reader.refuse(f"anchors.name = {name!r}", "is there twice")
    return anchors


def parse(text: str, name: str) -> Model:
    """Raises UsageError with a line for each thing that is wrong."""
    reader = _Reader(name)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: not TOML: {error}") from error
    reader.known("", table, _TOP)
    reader.required("", table, ("name", "prices"))
    title = reader.text("name", table["name"]) if "name" in table else ""
    prices = _prices(reader, table["prices"]) if "prices" in table else {}
    tolerance = reader.number("tolerance_percent", table.get("tolerance_percent", _DEFAULT_TOLERANCE))
    anchors = _anchors(reader, table.get("anchors", []))
    if not reader.problems:
        model = Model(title, prices, anchors, tolerance or 0.0)
        for fault in model.faults():
            reader.refuse(*fault)
    if reader.problems:
        raise UsageError("\n".join([*reader.problems, "bench/cost/cortex-r52.toml shows the form, docs/cost-model.md "
                                    "what the entries mean"]))
    return model


def load(file: Path | None) -> Model:
    chosen = file or DEFAULT
    if not chosen.is_file():
        raise UsageError(f"{chosen}: {'is no file' if chosen.exists() else 'there is no such file'}; "
                         "--cost takes a TOML file of prices")
    try:
        return parse(chosen.read_text(encoding="utf-8"), str(chosen))
    except UnicodeDecodeError as error:
        raise UsageError(f"{chosen}: byte {error.start} is not UTF-8; a cost model is a text") from error
    except PermissionError as error:
        raise UsageError(f"{chosen}: may not be read") from error
