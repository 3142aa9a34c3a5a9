# SPDX-License-Identifier: Apache-2.0
"""`--json FILE|-`: the same as a table on stdout says, for a program."""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tool.exitcodes import UsageError


def add_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE|-", help="the same as JSON; - is stdout, instead of the table")


def text(table: Mapping[str, Any]) -> str:
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def write(target: str, table: Mapping[str, Any]) -> None:
    """Raises UsageError for a file that cannot be written."""
    if target == "-":
        sys.stdout.write(text(table))
        return
    try:
        Path(target).write_text(text(table), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--json {target}: {error.strerror}") from error
