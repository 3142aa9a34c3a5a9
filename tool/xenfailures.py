# SPDX-License-Identifier: Apache-2.0
"""
testsuite/data/xen-failures.json: with which words each listed test fails on each real Xen. That a test fails there is
expected; that it fails with another value, or at another place, is a finding. Written by `test --record-failures`.
"""
from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tool import paths
from tool.divergences import XEN
from tool.exitcodes import UsageError

FILE = paths.TESTSUITE / "data" / "xen-failures.json"
Recorded = Mapping[str, Mapping[str, str]]      # hypervisor -> SUITE.TEST -> words


def words(reason: str) -> str:
    """A reason without what another build moves: lines, addresses, and numbers as large as they are; hexadecimal doubles."""
    reason = re.sub(r"^(\S+\.[ch]):\d+:", r"\1:", reason)
    reason = re.sub(r" \(0x[0-9a-f]+\)", "", reason)
    reason = re.sub(r"\b0x[0-9a-f]{7,}\b", "ADDRESS", reason)
    return re.sub(r"\b\d{8,}\b", "LARGE", reason)


def parse(text: str, file: str) -> Recorded:
    """Raises UsageError."""
    try:
        found = json.loads(text)
        if set(found) != set(XEN) or not all(isinstance(said, str) for tests in found.values() for said in tests.values()):
            raise ValueError(f"a text for each test under {' and '.join(XEN)} is wanted")
    except (ValueError, AttributeError, TypeError) as error:
        raise UsageError(f"{file}: {error}; ./fencepost test --board virt-a64 --hypervisor XEN --record-failures writes it") from error
    return found


@functools.cache
def load(file: Path = FILE) -> Recorded:
    return parse(file.read_text(encoding="utf-8"), paths.relative(file))


def otherwise(recorded: Recorded, hypervisor: str, test: str, reason: str) -> str:
    """Why this failure is not the one that is expected; empty: it is. A Xen that nobody recorded fails as it likes."""
    if hypervisor not in XEN:
        return ""
    wanted = recorded[hypervisor].get(test)
    if wanted is None:
        return f"listed for {hypervisor}, but with which words it fails is not recorded (--record-failures)"
    return "" if wanted == words(reason) else f"listed for {hypervisor} with other words: {wanted}"


def merged(recorded: Recorded, hypervisor: str, seen: Mapping[str, str], listed: Iterable[str]) -> Recorded:
    """With what a run under one Xen saw, by test; what is not listed for it any more goes."""
    still = set(listed)
    kept = {test: said for test, said in recorded[hypervisor].items() if test in still}
    return {**recorded, hypervisor: {**kept, **{test: words(reason) for test, reason in seen.items()}}}


def write(recorded: Recorded, file: Path = FILE) -> None:
    file.write_text(json.dumps(recorded, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    load.cache_clear()
