# SPDX-License-Identifier: Apache-2.0
"""Takes this machine out of a text: absolute paths and the user's name, which are nobody else's business."""
from __future__ import annotations

import getpass
import re
import tempfile
from pathlib import Path

from tool import paths


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):          # a user without a name
        return ""


def _folders() -> list[tuple[str, str]]:
    """(absolute folder, what stands for it), the longest first."""
    pairs = [(str(paths.ROOT), "."), (str(Path.home()), "~"), (tempfile.gettempdir(), "TMP")]
    return sorted((pair for pair in pairs if len(pair[0]) > 1), key=lambda pair: -len(pair[0]))


def _pattern(folder: str) -> str:
    """The folder as a path's beginning, not as the end or the middle of another one."""
    return rf"(?<![\w.~-]){re.escape(folder)}(?![\w.-])"


def plain(text: str) -> str:
    for folder, word in _folders():
        text = re.sub(_pattern(folder), lambda _, word=word: word, text)
    text = re.sub(r"(?<=pytest-of-)[^/\s]+", "user", text)
    user = _user()
    return re.sub(rf"(?<=/home/){re.escape(user)}(?![\w.-])", "user", text) if user else text


def leaks(text: str) -> list[str]:
    """What `plain` should have taken out."""
    return [folder for folder, _ in _folders() if re.search(_pattern(folder), text)]
