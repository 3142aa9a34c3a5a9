# SPDX-License-Identifier: Apache-2.0
"""What somebody asked for and can do without: installed on request, and no error where that is not possible."""
from __future__ import annotations

import os
from collections.abc import Callable

from tool import needs, setup
from tool.exitcodes import EnvironmentMissing


def offer(need: needs.Need, board: str, progress: Callable[[str], None]) -> None:
    if need.present() or os.environ.get("FENCEPOST_NO_INSTALL") == "1":
        return
    try:
        setup.install([need], board)
    except EnvironmentMissing as stop:
        progress(str(stop))
