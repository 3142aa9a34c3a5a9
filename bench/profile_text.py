# SPDX-License-Identifier: Apache-2.0
"""A stored profile as rows of a page. Pure."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.counts import Counts
from bench.profile import class_mix

_ROWS = 20


def table(metric: str, functions: Sequence[tuple[str, Counts]]) -> dict[str, Any]:
    """The largest functions, what is left of them in one row."""
    ordered = sorted(functions, key=lambda item: (-item[1].total, item[0]))
    total = sum((counts.total for _, counts in ordered), 0)
    shown = ordered[:_ROWS]
    if rest := ordered[_ROWS:]:
        shown = [*shown, (f"{len(rest)} more", sum((counts for _, counts in rest), Counts()))]
    return {"metric": metric, "total": total,
            "rows": [{"name": name, "total": counts.total, "share": round(100 * counts.total / total) if total else 0,
                      "classes": class_mix(counts)} for name, counts in shown]}
