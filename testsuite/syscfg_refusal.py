# SPDX-License-Identifier: Apache-2.0
"""A system that breaks one rule, and what syscfg must say about it."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testsuite.syscfg_tool import syscfg, system


@dataclass(frozen=True)
class Refused:
    """A system and what must be said about it. `says`: parts of one error line, in order."""
    name: str
    says: str
    overlay: str
    base: str = "pair"
    ids: str = ""
    options: tuple[str, ...] = ()


def of(domain: str, text: str) -> str:
    return f"&{domain} {{ {text} }};"


def bank(cells: str, kib: int = 1024, domain: str = "domU2") -> str:
    return of(domain, f"memory = <0 {kib}>; xen,static-mem = <{cells}>;")



def refusals(*cases: Refused) -> list[Any]:
    """Parameters whose ids carry the requirement ids, so that -k finds them."""
    return [pytest.param(case, id="-".join([case.name, *case.ids.split()]),
                         marks=[pytest.mark.requirement(i) for i in case.ids.split()]) for case in cases]


def check_refused(case: Refused, folder: Path) -> None:
    """Exit status 2, an error line with node, values and rule, and nothing written."""
    outcome = syscfg(folder, system(case.base, case.overlay), *case.options)
    assert outcome.status == 2, outcome.stdout + outcome.stderr
    assert any(case.says in line for line in outcome.errors), f"expected: {case.says}\n{outcome.stderr}"
    assert not outcome.folder.exists()
