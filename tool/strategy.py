# SPDX-License-Identifier: Apache-2.0
"""Access strategies by name: the six, and the variants that a parameter makes of them."""
from __future__ import annotations

from collections.abc import Collection

from tool.exitcodes import UsageError
from tool.system import Choices

VARIANTS = {
    "window": Choices(access="window"),
    "window-domain": Choices(access="window", window_granule="domain"),
    "switch": Choices(access="switch"),
    "switch-entry": Choices(access="switch", switch_when="entry"),
    "auto": Choices(access="auto"),
    "mask": Choices(access="mask"),
    "background": Choices(access="background"),
    "background-always": Choices(access="background", background_when="always"),
    "shared": Choices(access="shared"),
    "resident": Choices(access="resident"),     # boards with translation have nothing else
}


def of_board(accesses: Collection[str]) -> list[str]:
    """The variants of what a board offers."""
    return [name for name, choice in VARIANTS.items() if choice.access in accesses]


def choices(name: str) -> Choices:
    if name not in VARIANTS:
        raise UsageError(f"unknown strategy {name!r}; there are: {', '.join(VARIANTS)}")
    return VARIANTS[name]
