# SPDX-License-Identifier: Apache-2.0
"""One table of exit codes for every verb, and the errors that carry them."""
from __future__ import annotations

import enum
from collections.abc import Iterable


class Exit(enum.IntEnum):
    meaning: str

    def __new__(cls, code: int, meaning: str) -> Exit:
        made = int.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made

    FINE = 0, "fine"
    FINDING = 1, "a finding: a test failed, a requirement is not shown, code is not covered, two runs differ"
    USAGE = 2, "usage or bad input"
    WORSE = 3, "a metric is worse"
    BETTER = 4, "metrics are only better"
    METRICS_CHANGED = 5, "a metric is new or gone"
    NOT_MEASURED = 6, "not measured or not comparable"
    ENVIRONMENT = 7, "this machine lacks something"
    INTERNAL = 8, "a fault of the command itself"
    INTERRUPTED = 130, "interrupted"


_PRECEDENCE = (Exit.INTERRUPTED, Exit.INTERNAL, Exit.ENVIRONMENT, Exit.NOT_MEASURED, Exit.METRICS_CHANGED,
               Exit.WORSE, Exit.USAGE, Exit.FINDING, Exit.BETTER)


def worst(codes: Iterable[int]) -> Exit:
    """The code that speaks for all of them."""
    present = {Exit(code) for code in codes}
    return next((code for code in _PRECEDENCE if code in present), Exit.FINE)


_PYTEST = {0: Exit.FINE, 1: Exit.FINDING, 2: Exit.USAGE, 3: Exit.INTERNAL, 4: Exit.USAGE, 5: Exit.USAGE}


def from_pytest(code: int) -> Exit:
    """pytest's own status in our table. Nothing collected is bad input: a run that tests nothing shows nothing; so
    are errors while collecting (2); Ctrl-C is told apart by the caller."""
    if code in _PYTEST:
        return _PYTEST[code]
    return Exit.ENVIRONMENT if code == Exit.ENVIRONMENT else Exit.INTERNAL


class Stop(Exception):
    """Ends a verb with a message for the reader and a code from the table."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.code = code


class UsageError(Stop):
    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.USAGE)


class EnvironmentMissing(Stop):
    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.ENVIRONMENT)


class BuildFailed(Stop):
    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.USAGE)
