# SPDX-License-Identifier: Apache-2.0
"""Chapters of the project's own Markdown documents: which exist, under the anchors that a reader's link uses."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_HEADING = re.compile(r"#{1,6} +(.+?)\s*$")
_FENCE = re.compile(r"(```|~~~)")


def prose(text: str) -> Iterator[str]:
    """The lines outside of fenced code."""
    inside = False
    for line in text.splitlines():
        if _FENCE.match(line.lstrip()):
            inside = not inside
        elif not inside:
            yield line


def anchor(heading: str) -> str:
    """As the usual viewers make it: lower case, no punctuation, a dash for each space."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")


def anchors(text: str) -> tuple[str, ...]:
    return tuple(anchor(found[1]) for line in prose(text) if (found := _HEADING.match(line)))


def missing(chapter: str, root: Path) -> str:
    """Why FILE#heading cannot be read under `root`; empty if it can."""
    name, _, heading = chapter.partition("#")
    file = root / name
    if not file.is_file():
        return f"{name}: no such document"
    if heading not in anchors(file.read_text(encoding="utf-8")):
        return f"{name}: no heading #{heading}"
    return ""
