# SPDX-License-Identifier: Apache-2.0
"""What the console says of an SMMU that stops devices, and that a part which is no SMMU, or does not answer, is refused."""
from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from testsuite import guesttest
from testsuite.syscfg_tool import compiled
from testsuite.test_syscfg_mmu import BOARD, changed
from tool import board as boards
from tool import kept, machine, paths, trial
from tool.system import Load, prepare
from tool.verdict import Kind


@pytest.fixture(autouse=True, scope="module", params=paths.KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    if not boards.presence(BOARD).present or not paths.hypervisor(BOARD, request.param).is_file():
        pytest.skip(f"MISSING: {BOARD}: no emulator, or nothing built (./fencepost test builds it)")
    return request.param


def lines_of(name: str, kind: str, folder: Path) -> list[str]:
    """What the hypervisor says of refusals in a run that passes. The addresses to the page: QEMU makes many accesses of a copy."""
    outcome = trial.run(guesttest.of(BOARD, "dma", name, "resident", kind), folder)
    assert outcome.verdict.kind is Kind.PASS, outcome.verdict.reason
    lines = [line for line in outcome.console.splitlines() if line.startswith("(hv) ") and "firewall" in line]
    return [re.sub(r"access \d+, (.* at 0x\w+)\w{3}$", r"access N, \1...", line) for line in lines]


@pytest.mark.requirement("S0-13", "S0-14", "S3-05")
def test_a_refusal_is_logged_with_domain_device_and_address(tmp_path: Path, kind: str) -> None:
    """Six copies were, and lines get rarer: after the first, the second, the fourth."""
    assert lines_of("the_smmu_stops_a_pci_device_that_is_not_trusted", kind, tmp_path) == [
        "(hv) d1 edu@1,0: bus firewall refused access N, a read at 0x61000...",
        "(hv) d1 edu@1,0: bus firewall refused access N, a write at 0x61004...",
        "(hv) d1 edu@1,0: bus firewall refused access N, a write at 0x6107f..."]


@pytest.mark.requirement("S0-13")
def test_only_the_stopped_one_is_spoken_of(tmp_path: Path, kind: str) -> None:
    assert lines_of("one_pci_device_bypasses_the_smmu_while_another_is_stopped", kind, tmp_path) == [
        "(hv) d1 edu@1,0: bus firewall refused access N, a write at 0x61004..."]


@pytest.mark.requirement("S0-12")
@pytest.mark.parametrize("name", ["a_pci_device_writes_where_a_direct_mapped_domain_asks",
                                  "a_pci_device_that_bypasses_the_smmu_writes_where_its_domain_asks"])
def test_without_a_stop_nobody_speaks_of_it(tmp_path: Path, kind: str, name: str) -> None:
    assert lines_of(name, kind, tmp_path) == []


@pytest.mark.requirement("S1-11", "S2-01")
def test_the_smmu_and_nothing_else_keeps_a_copy_off_the_next_life(tmp_path: Path, kind: str) -> None:
    assert lines_of("a_pci_device_passes_the_smmu_again_after_a_restart", kind, tmp_path) == [
        "(hv) d2 edu@2,0: bus firewall refused access N, a write at 0x61048..."]


@pytest.mark.requirement("S1-11", "S2-01")
def test_the_stream_of_a_domain_on_the_other_cpu_is_closed_as_well(tmp_path: Path, kind: str) -> None:
    assert lines_of("a_domain_on_the_other_cpu_restarts_in_the_middle_of_a_copy", kind, tmp_path) == [
        "(hv) d2 edu@2,0: bus firewall refused access N, a write at 0x61048..."]


@pytest.mark.requirement("S0-12", "S3-09")
def test_a_stopped_device_of_a_translated_domain_is_told_with_what_the_bus_saw(tmp_path: Path, kind: str) -> None:
    lines = lines_of("the_smmu_stops_a_pci_device_whose_domain_knows_other_addresses", kind, tmp_path)
    assert lines[0].startswith("(hv) d1 edu@1,0: bus firewall refused access N, a write at 0x400")
    assert "(hv) d1 edu@1,0: bus firewall refused access N, a write at 0x40200..." in lines


def tree_of(folder: Path, change: str) -> Path:
    blob = folder / "changed.dtb"
    blob.write_bytes(compiled(changed("edu-smmu", change), BOARD))
    return blob


@pytest.mark.requirement("S0-14")
def test_a_stream_that_the_tree_does_not_know_is_stopped_and_nobody_is_blamed(tmp_path: Path, kind: str) -> None:
    """The tree says that domU1's device is beside the SMMU, and the machine has it behind."""
    name = "the_smmu_stops_a_pci_device_that_is_not_trusted"
    tree = tree_of(tmp_path, "&pcie { iommu-map = <0x10 &smmu 0x10 8>; }; &d1_edu { xen,force-assign-without-iommu; };")
    guest = paths.guest_folder(BOARD, kind) / "dma.elf"
    words = {f"domU{number}": f"fp1 domain={number} run=dma.{name}" for number in (1, 2)}
    system = prepare(tree, tmp_path / "system", dict.fromkeys(words, guest), words, board=BOARD, kind=kind, named_commit="test")
    chosen = machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, kind), system.loads, nonce=machine.new_nonce(), system="edu-smmu")
    text = kept.run(chosen, tmp_path / "run", machine.Limits()).text
    assert "(d1) fp1 end pass" in text and "(d2) fp1 fail" not in text and "firewall" not in text, text


FAKE = 0x70000000          # memory of nobody, that holds what a register file would
GOOD = {0x00: 0x0D44101B, 0x04: 0x02730010, 0x14: 0x00000054}      # as QEMU's has them: IDR0, IDR1, IDR5


def boot(folder: Path, kind: str, registers: Mapping[int, int]) -> str:
    """A system whose SMMU is said to be where there is memory."""
    blob = bytearray(0x20000)
    for offset, value in registers.items():
        struct.pack_into("<I", blob, offset, value)
    (folder / "registers.bin").write_bytes(blob)
    (folder / "guest.bin").write_bytes(bytes(64))
    tree = tree_of(folder, f"&smmu {{ reg = <0 {FAKE:#x} 0 0x20000>; }};")
    system = prepare(tree, folder / "system", {name: folder / "guest.bin" for name in ("domU1", "domU2")}, board=BOARD, kind=kind,
                     named_commit="test")
    loads = (*system.loads, Load(folder / "registers.bin", FAKE))
    chosen = machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, kind), loads, nonce=machine.new_nonce())
    result = kept.run(chosen, folder / "run", machine.Limits())
    assert "start entry" not in result.text and f"(hv) END {result.nonce} panic" in result.text, result.text
    return result.text


@pytest.mark.parametrize("changes", [
    {0x00: GOOD[0x00] & ~1}, {0x00: GOOD[0x00] & ~(2 << 2)}, {0x00: GOOD[0x00] & ~(1 << 4)}, {0x00: GOOD[0x00] | 3 << 21},
    {0x04: GOOD[0x04] | 1 << 29}, {0x04: GOOD[0x04] | 1 << 30}, {0x04: GOOD[0x04] & ~0x3f | 7}, {0x04: GOOD[0x04] & ~(0x1f << 16) | 4 << 16},
    {0x04: GOOD[0x04] & ~(0x1f << 21) | 2 << 21}, {0x14: GOOD[0x14] & ~(1 << 4)}, {0x14: GOOD[0x14] & ~7 | 1},
], ids=["no_stage_2", "no_aarch64", "not_coherent", "big_endian", "queues_preset", "tables_preset", "few_streams", "few_events",
        "few_commands", "no_4_kib", "few_bits"])
def test_a_part_that_the_driver_cannot_use_is_refused(tmp_path: Path, kind: str, changes: dict[int, int]) -> None:
    found = GOOD | changes
    words = " ".join(f"IDR{number} 0x{found[offset]:x}" for number, offset in ((0, 0x00), (1, 0x04), (5, 0x14)))
    assert f"(hv) PANIC no SMMU for this driver: {words}; it needs stage 2 of AArch64" in boot(tmp_path, kind, found)


def test_an_smmu_that_does_not_answer_is_not_waited_for_for_ever(tmp_path: Path, kind: str) -> None:
    assert "(hv) PANIC the SMMU does not answer: GBPA is 0x80100000" in boot(tmp_path, kind, GOOD)


def test_an_smmu_that_is_not_in_the_machine_is_told(tmp_path: Path, kind: str) -> None:
    """The tree has one, the machine has a hole: an abort of EL2's own, before any guest."""
    system = prepare(paths.system("edu-smmu"), tmp_path / "system", {}, board=BOARD, kind=kind, named_commit="test")
    chosen = machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, kind), system.loads, nonce=machine.new_nonce())
    result = kept.run(chosen, tmp_path / "run", machine.Limits())
    assert "(hv) PANIC" in result.text and "start entry" not in result.text and " far=9050000 " in result.text
