# SPDX-License-Identifier: Apache-2.0
"""PCI functions as devices of a domain: which registers and interrupt are theirs, and what is refused."""
from __future__ import annotations

import random
from pathlib import Path

import pytest

from testsuite.syscfg_tool import Config, parse_config, run
from testsuite.test_syscfg_mmu import BOARD, changed, syscfg
from testsuite.test_syscfg_mutants import MUTANTS, mutate
from tool import devicetree, paths

pytestmark = pytest.mark.host
SYSTEM = "edu"
BAR, OTHER_BAR = 0x10000000, 0x10100000


def config_of(folder: Path, change: str = "") -> Config:
    folder.mkdir(exist_ok=True)
    done = syscfg(changed(SYSTEM, change), folder / "out")
    assert done.returncode == 0, done.stderr
    return parse_config((folder / "out" / "system.cfg").read_bytes())


def devices_of(config: Config, domain: int) -> list[tuple[int, int]]:
    return [(base, limit) for base, limit, _, kind in config.domains[domain].ranges if kind == 3]


@pytest.mark.requirement("S3-03")
def test_a_function_is_its_configuration_page_and_its_memory(tmp_path: Path) -> None:
    """And the interrupt that comes out of the bridge: pin A of slot 1 is SPI 4, of slot 2 SPI 5, both levels."""
    config = config_of(tmp_path)
    assert devices_of(config, 0) == [(BAR, BAR + 0x100000), (0x3f008000, 0x3f009000)]
    assert devices_of(config, 1) == [(OTHER_BAR, OTHER_BAR + 0x100000), (0x3f010000, 0x3f011000)]
    assert config.irqs == ((0, 36, 0), (1, 37, 0))


def test_words_of_a_function_are_counted_through_its_ranges(tmp_path: Path) -> None:
    """0x0000 configuration space, 0x1000 the first memory."""
    config = config_of(tmp_path)
    assert config.masters == (("edu@1,0", (0, 0, 0, BAR + 0x98, 1, 0, 1100, 0)), ("edu@2,0", (1, 1, 0, OTHER_BAR + 0x98, 1, 0, 1100, 0)))
    assert config.resets[:3] == ((0, 0x3f008010, BAR), (0, 0x3f008004, 2), (0, BAR + 0x64, 0xffffffff))


@pytest.mark.parametrize("change", [
    "&pcie { bus-range = <4 4>; }; &edu1 { reg = <0x40800 0 0 0 0>; }; &edu2 { reg = <0x41000 0 0 0 0>; };",
    "&pcie { /delete-property/ bus-range; };",
    # the other window of the bridge comes first, and another controller's entry has address cells
    "&pcie { ranges = <0x03000000 0x80 0 0x80 0 0x80 0>, <0x02000000 0 0x10000000 0 0x10000000 0 0x2eff0000>; };",
    "/ { its: its { #address-cells = <2>; }; }; &pcie { interrupt-map = <0x0800 0 0 2 &its 0 0 9 9 9>,"
    "<0x0800 0 0 1 &gic 0 4 4>, <0x1000 0 0 1 &gic 0 5 4>; };",
], ids=["other_buses", "all_buses", "two_windows", "two_controllers"])
def test_the_bridge_says_where_things_are(tmp_path: Path, change: str) -> None:
    first, second = config_of(tmp_path / "a"), config_of(tmp_path / "b", change)
    assert (first.irqs, first.masters, first.resets) == (second.irqs, second.masters, second.resets)
    assert devices_of(first, 0) == devices_of(second, 0)


REFUSED = {
    "function_beyond_the_configuration_space":
        ("&edu1 { reg = <0x10800 0 0 0 0>; };",
         "edu@1,0: reg: function 0x108: lies outside the configuration space [0x3f000000, 0x3f100000) of /pcie@10000000"),
    "function_below_the_first_bus": ("&pcie { bus-range = <1 1>; };", "edu@1,0: reg: function 0x8: lies outside"),
    "function_without_reg": ("&edu1 { /delete-property/ reg; };", "edu@1,0: reg: missing: must be that of a PCI function"),
    "reg_of_four_cells": ("&edu1 { reg = <0x800 0 0 0>; };", "edu@1,0: reg: 16 bytes: must be a list of 5 cells each"),
    "memory_outside_the_ranges":
        ("&edu1 { assigned-addresses = <0x82000810 0 0x40000000 0 0x100000>; };",
         "assigned-addresses: <0x82000810 ... 0x40000000 ... 0x100000>: must be memory inside the ranges of /pcie@10000000"),
    "memory_without_size": ("&edu1 { assigned-addresses = <0x82000810 0 0x10000000 0 0>; };", "must be memory inside the ranges"),
    "ports_are_no_memory": ("&edu1 { assigned-addresses = <0x81000810 0 0x10000000 0 0x100>; };", "must be memory inside the ranges"),
    "bridge_without_ranges": ("&pcie { /delete-property/ ranges; };", "must be memory inside the ranges"),
    "memory_of_another":
        ("&d1_edu { xen,reg = <0 0x3f008000 0 0x1000 0 0x3f008000 0 0x10100000 0 0x100000 0 0x10100000>; };",
         "xen,reg: [0x10100000, 0x10200000): must lie inside the reg of /pcie@10000000/edu@1,0"),
    "configuration_of_another":
        ("&d1_edu { xen,reg = <0 0x3f010000 0 0x1000 0 0x3f010000>; };", "must lie inside the reg of /pcie@10000000/edu@1,0"),
    "pin_that_leads_nowhere":
        ("&edu1 { interrupts = <5>; };", "edu@1,0: interrupts: <5>: must have an entry in the interrupt-map of /pcie@10000000"),
    "no_map": ("&pcie { /delete-property/ interrupt-map; };", "must have an entry in the interrupt-map"),
    "no_mask": ("&pcie { /delete-property/ interrupt-map-mask; };", "must have an entry in the interrupt-map"),
    "map_that_breaks_off": ("&pcie { interrupt-map = <0x0800 0 0 1 &gic 0 4>; };", "must have an entry in the interrupt-map"),
    "word_behind_the_last_range": ("&edu1 { fencepost,idle = <0x101000 1 0>; };", "fencepost,idle: offset 0x101000: must be a word"),
    "not_forced": ("&d1_edu { /delete-property/ xen,force-assign-without-iommu; };", "xen,force-assign-without-iommu: missing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(tmp_path: Path, name: str) -> None:
    change, words = REFUSED[name]
    refused = syscfg(changed(SYSTEM, change), tmp_path / "out")
    assert refused.returncode == 2 and words in refused.stderr, refused.stderr


@pytest.mark.parametrize("system", [SYSTEM, "edu-smmu"])
def test_mutants_are_judged(tmp_path: Path, system: str) -> None:
    """As test_syscfg_mutants.py says it, for a tree with a bridge, and with an SMMU."""
    tree = devicetree.compile_tree(paths.system(system), BOARD).blob.read_bytes()
    dice, mutant = random.Random(system), tmp_path / "mutant.dtb"
    for _ in range(MUTANTS):
        mutant.write_bytes(mutate(tree, dice))
        done = run(str(mutant), "--out", str(tmp_path / "out"), "--quiet")
        assert done.returncode in (0, 2), f"status {done.returncode}\n{done.stderr!r}"
