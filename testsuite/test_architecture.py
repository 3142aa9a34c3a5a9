# SPDX-License-Identifier: Apache-2.0
"""Rules about the sources that no compiler checks: who may know what. The folders are those of hypervisor/README.md."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tool import paths

pytestmark = pytest.mark.host

HYPERVISOR = paths.ROOT / "hypervisor"
POLICY = [*sorted((HYPERVISOR / "core").glob("*.[ch]")), *sorted((HYPERVISOR / "virt").glob("*.[ch]"))]
STRATEGIES = [path.stem for path in sorted((HYPERVISOR / "protect" / "mpu").glob("*.c"))
              if path.stem in ("window", "window_domain", "switch", "auto", "mask", "background", "resident")]


def code(file: Path) -> str:
    """Without comments and string literals, so that a word in them is no finding."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"', " ", file.read_text(encoding="utf-8"), flags=re.S)


def found(files: list[Path], pattern: str) -> Iterator[str]:
    for file in files:
        for number, line in enumerate(code(file).splitlines(), 1):
            if re.search(pattern, line):
                yield f"{paths.relative(file)}:{number}: {line.strip()}"


@pytest.mark.requirement("S4-18")
def test_policy_includes_contracts_and_the_abi_alone() -> None:
    """core/ and virt/ see include/abi, include/hv and themselves: no MPU, no ISA, no board, no strategy."""
    for file in POLICY:
        for name in re.findall(r'^#include "([^"]+)"', file.read_text(encoding="utf-8"), re.M):
            own = (file.parent / name).is_file() or name.startswith(f"{file.parent.name}/")
            assert own or name.startswith(("hv/", "abi/")), f"{paths.relative(file)} includes {name}"


@pytest.mark.requirement("S4-18")
def test_no_call_knows_a_strategy() -> None:
    assert len(STRATEGIES) == 7
    names = "|".join(("ACCESS_(?!SHARED)[A-Z]+", *(rf"{name}_(?:open|close|begin|end|load)" for name in STRATEGIES)))
    assert list(found(POLICY, rf"\b(?:{names})\b")) == []


@pytest.mark.requirement("S4-18")
def test_policy_has_no_system_registers_and_no_assembly() -> None:
    assert list(found(POLICY, r"\b__asm__\b|\basm\b|\bHPR[A-Z]+\b|\bmpu_(?!el1)\w+|\bm[cr][cr]2?\s+p15\b")) == []


@pytest.mark.requirement("S4-18")
def test_policy_does_not_know_its_protection_unit_or_register_width() -> None:
    """Nor does a contract: what only one of them has lies in its folder. The configuration's format is shared with syscfg."""
    contracts = [file for file in sorted((HYPERVISOR / "include" / "hv").glob("*.h")) if file.name != "config.h"]
    units = r"\w*(?:mpu|mmu|pmsa|vmsa|aarch|stage[12]|hpr[be]|r[bl]ar|vttbr)\w*"
    assert list(found([*POLICY, *contracts], rf"(?i)\b{units}\b")) == []
    only_one = "windows|window_granule|switch_when|background_when|regions|nr_regions|hyp_first_region|first_region|first_slot"
    assert list(found(POLICY, rf"->(?:{only_one}|translation_tables|first_table|nr_tables)\b")) == []


@pytest.mark.requirement("S4-18")
def test_assembly_is_the_architectures() -> None:
    """Barriers and registers of translation have names (arch/); an MPU's few inline writes are its strategies'."""
    files = [file for folder in ("protect/mmu", "drivers") for file in sorted((HYPERVISOR / folder).glob("*.[ch]"))]
    assert files and list(found(files, r"\b__asm__\b")) == []


@pytest.mark.requirement("S4-18")
def test_every_call_that_reaches_a_peer_uses_the_contract() -> None:
    """`peer_begin` and `peer_end` come in pairs within a file, and peer_reach never without them."""
    for file in POLICY:
        counts = {name: len(re.findall(rf"\b{name}\(", code(file))) for name in ("peer_begin", "peer_reach", "peer_end")}
        assert bool(counts["peer_begin"]) == bool(counts["peer_end"]), paths.relative(file)
        assert not counts["peer_reach"] or counts["peer_begin"], paths.relative(file)


def test_policy_does_not_choose_by_preprocessor() -> None:
    """A missing feature is a file; only header guards and the checked build remain."""
    lines = [line for line in found(POLICY, r"^\s*#\s*(if|ifdef|ifndef|elif)\b")
             if not re.search(r"ifndef \w+_H$|FENCEPOST_CHECKED", line)]
    assert lines == []


def test_the_console_knows_every_format_that_is_used() -> None:
    """hv/console.h: %s, %u, %x, digits and l; the compiler's own check lets others pass."""
    calls = re.compile(r"\b(?:console_log|console_line_add|panic)\(([^;]*);", re.S)
    used = [form for file in sorted(HYPERVISOR.rglob("*.[ch]")) if "syscfg" not in file.parts and "test" not in file.parts
            for call in calls.findall(file.read_text(encoding="utf-8"))
            for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"', call) for form in re.findall(r"%[^a-zA-Z%]*l?.", text)]
    assert len(used) > 50
    assert [form for form in used if not re.fullmatch(r"%s|%(?:0[1-8])?l?[ux]", form)] == []
