# SPDX-License-Identifier: Apache-2.0
"""
Stored results. results.jsonl and junit.xml depend on what was tested alone, so that two runs give the same
bytes; times, host and paths live in run.json. The rows are described by testsuite/results.schema.json.
"""
from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SCHEMA = "fencepost-results"
VERSION = 1
_EXPECTED = "fail as expected"
_KINDS = ("pass", "fail", _EXPECTED, "crash", "timeout", "error", "skip")


@dataclass(frozen=True)
class Row:
    """One test; `board` is "host" where no machine was booted."""
    test: str
    verdict: str
    reason: str = ""
    hypervisor: str = ""
    board: str = "host"
    cpu: str = ""
    image: str = ""
    suite: str = ""
    strategy: str = ""
    expected_failure: bool = False
    ids: tuple[str, ...] = ()
    metrics: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)

    @property
    def name(self) -> str:
        """SUITE.NAME of a test in a guest: neither the board nor the strategy."""
        return f"{self.suite}.{self.test.rpartition('::')[2].partition('[')[0]}"


def _line(table: Mapping[str, Any]) -> str:
    return json.dumps(table, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def header(environment: Mapping[str, Any]) -> dict[str, Any]:
    """What the rows depend on and a reader must know; no time, host or path."""
    return {"schema": SCHEMA, "version": VERSION, **environment}


def to_jsonl(rows: Iterable[Row], environment: Mapping[str, Any]) -> str:
    ordered = sorted(rows, key=lambda row: row.test)
    return "".join(_line(table) + "\n" for table in [header(environment), *map(asdict, ordered)])


def to_junit(rows: Iterable[Row]) -> str:
    """JUnit without times and hosts."""
    ordered = sorted(rows, key=lambda row: row.test)
    counts = Counter(row.verdict for row in ordered)
    surprises = sum(row.expected_failure and row.verdict == "pass" for row in ordered)
    red = counts["fail"] + counts["crash"] + counts["timeout"] + surprises - sum(map(failed_as_expected, ordered))
    suite = ElementTree.Element("testsuite", name="fencepost", tests=str(len(ordered)), failures=str(red),
                                errors=str(counts["error"]), skipped=str(counts["skip"] + sum(map(failed_as_expected, ordered))))
    for row in ordered:
        path, _, name = row.test.rpartition("::")
        case = ElementTree.SubElement(suite, "testcase", classname=path.replace("/", ".").replace("::", "."), name=name)
        if row.verdict == "skip" or failed_as_expected(row):
            ElementTree.SubElement(case, "skipped", message=row.reason)
        elif row.verdict == "error":
            ElementTree.SubElement(case, "error", message=row.reason)
        elif row.verdict != "pass" or row.expected_failure:
            ElementTree.SubElement(case, "failure", message=row.reason, type=row.verdict)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def failed_as_expected(row: Row) -> bool:
    return row.expected_failure and row.verdict == "fail"


def shown(rows: Iterable[Row]) -> set[str]:
    """Requirements shown: only a pass on our own release image, or of a test of the host tools, shows one."""
    return {name for row in rows if row.verdict == "pass" and row.image in ("", "release") and
            row.hypervisor in ("", "fencepost") for name in row.ids}


def summary(rows: Iterable[Row]) -> str:
    rows = list(rows)
    counts = Counter(_EXPECTED if failed_as_expected(row) else row.verdict for row in rows)
    verdicts = ", ".join(f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind])
    return f"{verdicts or 'nothing ran'}; requirements shown on release: {len(shown(rows))}"


def skips(rows: Iterable[Row], most: int = 8) -> list[str]:
    """Why tests were skipped, the most frequent reasons first; without a reason it is said, too."""
    counts = Counter(row.reason or "no reason was given" for row in rows if row.verdict == "skip")
    told = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"skipped {count}: {reason}" for reason, count in told[:most]]
    rest = told[most:]
    return lines + ([f"skipped {sum(count for _, count in rest)}: for {len(rest)} more reasons"] if rest else [])


def write(folder: Path, rows: Iterable[Row], environment: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    rows = list(rows)
    (folder / "results.jsonl").write_text(to_jsonl(rows, environment))
    (folder / "junit.xml").write_text(to_junit(rows))
    (folder / "run.json").write_text(json.dumps(run, indent=2, sort_keys=True) + "\n")
