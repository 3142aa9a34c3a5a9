# SPDX-License-Identifier: Apache-2.0
"""The templates of a folder. What a page is filled with is text; a name that it does not know is an error."""
from __future__ import annotations

import functools
from pathlib import Path
from typing import Any


@functools.cache
def environment(folder: Path) -> Any:
    """One a folder: it compiles a template once, however many pages are made of it."""
    import jinja2

    return jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=jinja2.StrictUndefined)
