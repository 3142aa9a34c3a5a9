# SPDX-License-Identifier: Apache-2.0
"""One picture as inline SVG, the same bytes each time. What is drawn is told apart without colour."""
from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MARKERS = "osD^vPX*h"
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1)), (0, (6, 2, 2, 2)), (0, (8, 2)))
HATCHES = ("", "//", "\\\\", "xx", "..", "oo", "++", "--", "**", "||")
WIDTH = 7.6                     # inches


@contextmanager
def figure(name: str, height: float = 4.2, rows: int = 1) -> Iterator[tuple[Any, Any, Callable[[], str]]]:
    """(figure, axes, its SVG); `axes` is a list where there is more than one row. `name` keeps its ids apart."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with plt.rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.size": 10, "axes.grid": True,
                         "grid.alpha": 0.3, "font.family": "sans-serif", "text.parse_math": False}):
        made, axes = plt.subplots(rows, figsize=(WIDTH, height), layout="constrained")

        def svg() -> str:
            out = io.StringIO()
            made.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
            return inline(out.getvalue(), name)

        try:
            yield made, axes, svg
        finally:
            plt.close(made)


def inline(text: str, name: str) -> str:
    """Without XML prologue and metadata, with ids of its own, as wide as the page allows."""
    body = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg"):], flags=re.S)
    body = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", body)
    return re.sub(r'<svg ([^>]*?)width="[^"]*" height="[^"]*"|<svg height="[^"]*" ([^>]*?)width="[^"]*"',
                  lambda match: f"<svg {match[1] or match[2] or ''}", body, count=1)
