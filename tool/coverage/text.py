# SPDX-License-Identifier: Apache-2.0
"""Stored coverage for people. Pure."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tool.coverage.document import JUDGED, percent

_COLUMNS = ("instructions", "%", "excluded", "missing", "directions", "%", "excluded", "missing")


def _cells(tally: Mapping[str, int]) -> list[str]:
    return [f"{tally['covered']}/{tally['total']}", f"{percent(tally['covered'], tally['total']):.1f}",
            str(tally["excluded"] or "–"), str(tally["missing"] or "–")] if tally["total"] else ["–"] * 4


def table(image: Mapping[str, Any]) -> list[str]:
    """One row a source file, and the sum."""
    files = [*image["files"], {"file": "all", "instructions": image["instructions"], "directions": image["directions"]}]
    rows = [["file", *_COLUMNS], *([one["file"], *_cells(one["instructions"]), *_cells(one["directions"])] for one in files)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])
            for row in rows]


def summary(image: Mapping[str, Any]) -> str:
    def part(name: str) -> str:
        tally = image[name]
        return (f"{name} {tally['covered']} of {tally['total']} ({percent(tally['covered'], tally['total']):.1f} %), "
                f"excluded {tally['excluded']}, missing {tally['missing']}")
    return f"coverage of {image['kind']} (sha256 {image['sha256'][:16]}): {part('instructions')}; {part('directions')}"


def _lines(numbers: Sequence[int]) -> str:
    known = [number for number in numbers if number]
    return "" if not known else f":{known[0]}" if len(known) == 1 else f":{known[0]}-{known[-1]}"


def _counted(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def missing(image: Mapping[str, Any], with_source: bool, excluded: bool = False) -> list[str]:
    """Every range that was never executed and every direction never gone, in the order of the files."""
    found: list[tuple[str, int, str]] = []
    for gap in image["gaps"]:
        if ("reason" in gap) is excluded:
            head = (f"{gap['file']}{_lines(gap['lines'])}: {gap['function']}: {_counted(gap['instructions'], 'instruction')} "
                    f"from {gap['address']:#x}")
            source = [f"    {number:5} {text}" for number, text in zip(gap["lines"], gap["source"]) if text]
            found.append((gap["file"], gap["lines"][0], "\n".join([head, *(source if with_source else ())])))
    for branch in image["branches"]:
        if ("reason" in branch) is excluded:
            head = f"{branch['file']}:{branch['line']}: {branch['function']}: branch at {branch['address']:#x} never {branch['never']}"
            source = [f"    {branch['line']:5} {branch['source']}"] if branch["source"] and with_source else []
            found.append((branch["file"], branch["line"], "\n".join([head, *source])))
    return [text for _, _, text in sorted(found, key=lambda one: one[:2])]


def exclusions(image: Mapping[str, Any]) -> list[str]:
    lines = []
    for use in image["exclusions"]:
        covered = f"; {use['covered']} covered after all" if use["covered"] else ""
        if use["instructions"] or use["directions"]:
            lines.append(f"excluded {_counted(use['instructions'], 'instruction')}, {_counted(use['directions'], 'direction')}: "
                         f"{use['what']}: {use['reason']}{covered}")
    return lines


def of_run(document: Mapping[str, Any], where: str) -> list[str]:
    """What stands at the end of `./fencepost test --coverage`."""
    lines: list[str] = []
    for image in document["images"]:
        if image["instructions"]["covered"] == 0:
            lines += ["", f"coverage of {image['kind']}: nothing of it ran"]
            continue
        lines += ["", *table(image), *exclusions(image), summary(image)]
        if document["complete"] and image["kind"] == JUDGED:
            lines += missing(image, with_source=False)
    if not document["complete"]:
        lines.append("only a part of the suite ran: nothing is judged; `./fencepost report coverage` lists what is missing")
    return [*lines, *(f"coverage: {finding}" for finding in document["findings"]), f"coverage: {where}"]


def stored(document: Mapping[str, Any], where: str, chosen: Iterable[str], brief: bool) -> list[str]:
    """What `report coverage` prints of the chosen kinds of image."""
    extent = "the whole suite" if document["complete"] else "PARTIAL: a part of the suite"
    lines = [f"board {document['board']}; commit {document['commit']}; {extent}; {where}"]
    for image in document["images"]:
        if image["kind"] in chosen:
            lines += ["", *table(image), *exclusions(image), summary(image)]
            lines += [] if brief else missing(image, with_source=True)
    return [*lines, *(f"finding: {finding}" for finding in document["findings"])]
