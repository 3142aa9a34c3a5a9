# SPDX-License-Identifier: Apache-2.0
"""An SMMU before bus masters: by which stream it knows a device, who is stopped and who passes, and what is refused."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from testsuite.syscfg_tool import Config, parse_config
from testsuite.test_syscfg_mmu import changed, syscfg

pytestmark = pytest.mark.host
BASE, INTID = 0x09050000, 32 + 74
CLOSABLE, REFUSED_FLAG, TRUSTED_DMA = 1 << 1, 1 << 2, 1 << 4
FORCED = "&d1_edu { xen,force-assign-without-iommu; };"
OFF = '&smmu { status = "disabled"; };'


def made(folder: Path, change: str = "", system: str = "edu-smmu") -> tuple[Config, str, str]:
    """Configuration, report, warnings."""
    folder.mkdir(exist_ok=True)
    done = syscfg(changed(system, change), folder / "out")
    assert done.returncode == 0, done.stderr
    return parse_config((folder / "out" / "system.cfg").read_bytes()), done.stdout, done.stderr


def masters_of(config: Config) -> list[tuple[str, int, int]]:
    """Name, flags, stream."""
    return [(name, words[2], words[-1]) for name, words in config.masters]


@pytest.mark.requirement("S0-12", "S0-13", "S0-22")
def test_a_device_is_stopped_unless_somebody_trusts_its_domain(tmp_path: Path) -> None:
    config, report, warnings = made(tmp_path)
    assert (config.words["firewall_base"], config.words["firewall_intid"]) == (BASE, INTID)
    assert masters_of(config) == [("edu@1,0", REFUSED_FLAG, 0x08), ("edu@2,0", CLOSABLE, 0x10)]
    assert [bool(domain.flags & TRUSTED_DMA) for domain in config.domains] == [False, True]
    assert "bus master 0     edu@1,0, stopped by the SMMU" in report and "bus master 1     edu@2,0, TRUSTED: bypasses the SMMU" in report
    assert report.endswith("trusted domains: domU2\n")
    assert "edu@10000000: the SMMU stops /pcie@10000000/edu@1,0, which reaches no memory: xen,force-assign-without-iommu" in warnings
    assert "/chosen/domU2 is TRUSTED: its device /pcie@10000000/edu@2,0 may master the bus, and its stream bypasses the SMMU" in warnings
    stopped = [master["stopped"] for master in json.loads((tmp_path / "out" / "load.json").read_text())["masters"]]
    assert stopped == [True, False]


@pytest.mark.requirement("S0-12")
def test_both_may_be_trusted(tmp_path: Path) -> None:
    config, _, _ = made(tmp_path, system="edu-bypass")
    assert [flags for _, flags, _ in masters_of(config)] == [CLOSABLE, CLOSABLE]


def test_a_stopped_device_needs_no_direct_map(tmp_path: Path) -> None:
    """The addresses that it uses reach nothing."""
    change = ("&domU1 { /delete-property/ direct-map; /delete-node/ shm-buffers; };"
              "&domU2 { /delete-node/ shm-buffers; };")
    config, _, _ = made(tmp_path, change)
    assert masters_of(config)[0] == ("edu@1,0", REFUSED_FLAG, 0x08)


@pytest.mark.requirement("S0-13", "S3-14")
@pytest.mark.parametrize("change", [OFF, "&pcie { /delete-property/ iommu-map; };", "&pcie { iommu-map = <0x10 &smmu 0x10 8>; };",
                                    "&pcie { iommu-map = <0 &gic 0 0x100>; };"],
                         ids=["absent", "beside_it", "one_is_beside_it", "behind_another"])
def test_a_device_that_is_not_behind_it_needs_trust(tmp_path: Path, change: str) -> None:
    refused = syscfg(changed("edu-smmu", change), tmp_path / "out")
    assert refused.returncode == 2 and "xen,force-assign-without-iommu: missing: no IOMMU stands before it" in refused.stderr
    config, _, _ = made(tmp_path / "forced", change + FORCED)
    assert masters_of(config)[0] == ("edu@1,0", 0, 0)
    assert config.words["firewall_base"] == (0 if change == OFF else BASE)


@pytest.mark.parametrize(("change", "streams"), [
    ("&pcie { iommu-map = <0x08 &smmu 0x40 1>, <0 &smmu 0x80 0x100>; };", [0x40, 0x90]),   # the first that has it
    ("&pcie { iommu-map-mask = <0xf8>; iommu-map = <0 &smmu 1 0x100>; };", [0x09, 0x11]),
    ("&pcie { iommu-map-mask = <0>; };", [0, 0]),
    ('&smmu { status = "okay"; };', [0x08, 0x10]),
])
def test_the_bridge_says_the_stream(tmp_path: Path, change: str, streams: list[int]) -> None:
    config, _, _ = made(tmp_path, change + FORCED)
    assert [stream for _, _, stream in masters_of(config)] == streams


def test_a_platform_device_says_its_stream_itself(tmp_path: Path) -> None:
    device = """&{/virtio_mmio@a002e00} { /delete-property/ fencepost,master; }; / { fw_cfg@9020000 { iommus = <&smmu 7>; fencepost,master = <2>; }; };
        &domU1 { device-tree@c1000000 { passthrough { x { xen,path = "/fw_cfg@9020000";
        xen,reg = <0 0x09020000 0 0x1000 0 0x09020000>; }; }; }; };"""
    config, _, _ = made(tmp_path, device)
    assert ("fw_cfg@9020000", REFUSED_FLAG, 7) in masters_of(config)


@pytest.mark.parametrize(("change", "intid"), [
    ('&smmu { interrupt-names = "gerror", "eventq", "priq", "cmdq-sync"; };', INTID + 1),
    ("&smmu { /delete-property/ interrupt-names; };", INTID),
])
def test_the_interrupt_of_its_events(tmp_path: Path, change: str, intid: int) -> None:
    assert made(tmp_path, change)[0].words["firewall_intid"] == intid


FW_CFG = """&domU1 { device-tree@c1000000 { passthrough { x { xen,path = "/fw_cfg@9020000"; xen,force-assign-without-iommu;
    xen,reg = <0 0x09020000 0 0x1000 0 0x09020000>; }; }; }; };"""
REFUSED = {
    "a_second_one": ('/ { iommu@9070000 { compatible = "arm,smmu-v3"; reg = <0 0x09070000 0 0x20000>; interrupts = <0 90 1>; }; };',
                     "a second SMMU beside /iommu@9050000: at most one"),
    "half_of_it": ("&smmu { reg = <0 0x09050000 0 0x10000>; };", "/iommu@9050000: reg: must be the SMMU's two pages of 64 KiB"),
    "nowhere": ("&smmu { /delete-property/ reg; };", "must be the SMMU's two pages of 64 KiB"),
    "no_interrupt": ("&smmu { /delete-property/ interrupts; };", "/iommu@9050000: interrupts: missing: the SMMU tells by one"),
    "an_interrupt_too_few": ('&smmu { interrupts = <0 74 1>; interrupt-names = "gerror", "eventq"; };', "interrupts: missing"),
    "no_spi": ("&smmu { interrupts = <1 9 1>; };", "interrupts: <9>: must be an SPI below 96"),
    "interrupt_beyond": ("&smmu { interrupts = <0 96 1>; };", "interrupts: <96>: must be an SPI below 96"),
    "assigned": ("""&domU1 { device-tree@c1000000 { passthrough { x { xen,path = "/iommu@9050000"; xen,force-assign-without-iommu;
                 xen,reg = <0 0x09050000 0 0x1000 0 0x09050000>; }; }; }; };""", "overlaps [0x9050000, 0x9070000) of the SMMU /iommu@9050000"),
    "its_interrupt_assigned": ("/ { fw_cfg@9020000 { interrupts = <0 77 1>; }; };" + FW_CFG, "INTID 109 belongs to the hypervisor's SMMU"),
    "map_of_three_cells": ("&pcie { iommu-map = <0 &smmu 0>; };", "iommu-map: 12 bytes: must be a list of <requester iommu stream length>"),
    "stream_of_another_bus": ("&pcie { iommu-map = <0 &smmu 0xf8 0x100>; };", "edu@1,0: iommus: stream 0x100: must be less than 0x100"),
    "master_without_number": ("&edu1 { /delete-property/ fencepost,master; /delete-property/ fencepost,idle; };",
                              "/pcie@10000000/edu@1,0: fencepost,master: missing: stream 0x8 of /iommu@9050000 is its own"),
    "two_streams": ("/ { fw_cfg@9020000 { iommus = <&smmu 7 &smmu 8>; }; };" + FW_CFG, "iommus: 16 bytes: must be one <iommu stream>"),
    "stream_of_another_iommu": ("/ { fw_cfg@9020000 { iommus = <&gic 7>; }; };" + FW_CFG, "must be one <iommu stream>, of /iommu@9050000"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(tmp_path: Path, name: str) -> None:
    change, words = REFUSED[name]
    refused = syscfg(changed("edu-smmu", change), tmp_path / "out")
    assert refused.returncode == 2 and words in refused.stderr, refused.stderr


def test_an_mpu_board_has_none(tmp_path: Path) -> None:
    tree = changed("pair", '/ { iommu@50000000 { compatible = "arm,smmu-v3"; reg = <0x50000000 0x20000>;'
                                              "interrupts = <GIC_SPI 74 1>; }; };")
    refused = syscfg(tree, tmp_path / "out", board="mps3-an536")
    assert refused.returncode == 2 and 'an SMMU needs fencepost,protection = "mmu"' in refused.stderr
