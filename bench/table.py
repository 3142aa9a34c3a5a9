# SPDX-License-Identifier: Apache-2.0
"""Plain text tables and number words. Pure."""
from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"[-+≤~]?\s?[\d,.]+(?: ?%)?|–|")


def layout(header: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "") -> str:
    """Columns as wide as their widest cell; a column of numbers is set to the right."""
    columns = list(zip(header, *rows)) if rows else [(cell,) for cell in header]
    widths = [max(len(cell) for cell in column) for column in columns]
    right = [all(_NUMBER.fullmatch(cell) for cell in column[1:]) for column in columns]

    def line(cells: Sequence[str]) -> str:
        set_ = [cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(cells, widths, right)]
        return (indent + "  ".join(set_)).rstrip()

    rule = indent + "  ".join("-" * width for width in widths)
    return "\n".join([line(header), rule, *(line(row) for row in rows)])


def number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def signed(value: int) -> str:
    return f"{value:+,}"
