# SPDX-License-Identifier: Apache-2.0
"""syscfg for a board with stage 2 tables: what it refuses, where a translated domain lies, how many tables there are."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from testsuite.syscfg_tool import compiled, run, value_of
from tool import devicetree, paths

pytestmark = pytest.mark.host
BOARD = "virt-a64"


def changed(name: str, change: str = "") -> str:
    """One of the systems with more text behind it."""
    return f'#include "{paths.system(name)}"\n{change}\n'


def syscfg(text: str, folder: Path, *words: str, board: str = BOARD) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True, exist_ok=True)
    blob = folder / "tree.dtb"
    blob.write_bytes(compiled(text, board))
    return run(str(blob), "--out", str(folder), *words)


def test_a_board_with_translation_has_one_strategy(tmp_path: Path) -> None:
    assert syscfg(changed("pair"), tmp_path / "a").returncode == 0
    assert json.loads((tmp_path / "a" / "load.json").read_text())["access"] == "resident"
    refused = syscfg(changed("pair"), tmp_path / "b", "--access", "window")
    assert refused.returncode == 2 and '"window": must be resident, EL2 of this board reaches all RAM' in refused.stderr


def test_an_mpu_board_has_no_resident(tmp_path: Path) -> None:
    refused = syscfg(changed("pair"), tmp_path / "a", "--access", "resident", board="mps3-an536")
    assert refused.returncode == 2 and "this board does not translate" in refused.stderr


def test_a_translated_domain_lies_where_xen_puts_it(tmp_path: Path) -> None:
    done = syscfg(changed("translated"), tmp_path / "a")
    assert done.returncode == 0, done.stderr
    first, second = json.loads((tmp_path / "a" / "load.json").read_text())["domains"]
    assert first["entry"] == 0x40000000 and second["entry"] == 0x60400000
    assert first["banks"] == [[0x60000000, 0x60100000], [0x68000000, 0x68004000]]     # physical, as the tree says
    tree = (tmp_path / "a" / "domU1.dtb").read_bytes()
    assert {"/memory@40000000", "/interrupt-controller@3001000", "/sbsa-uart@22000000"} <= {path for path, *_ in devicetree.walk(tree)}
    assert value_of(tree, "/memory@40000000", "reg") == "0 40000000 0 100000 0 40100000 0 4000"


def test_tables_are_counted(tmp_path: Path) -> None:
    """A root, one for the gigabyte, one for the two megabytes that both banks are in, two spare; domain 2's banks are apart."""
    budget = syscfg(changed("translated"), tmp_path / "a").stdout
    assert "domU1                5, 2 of them for what it maps of others" in budget
    assert "domU2                8, 4 of them for what it maps of others" in budget


@pytest.mark.parametrize(("change", "words"), [
    ("&domU1 { fencepost,map-tables = <2000>; };", "fencepost,map-tables: <2000>: must be at most 1024"),
    ('/ { fencepost { fencepost,protection = "smmu"; }; };', '/fencepost: fencepost,protection: "smmu": must be "mpu" or "mmu"'),
])
def test_wrong_values_are_refused(tmp_path: Path, change: str, words: str) -> None:
    refused = syscfg(changed("translated", change), tmp_path / "a")
    assert refused.returncode == 2 and words in refused.stderr


@pytest.mark.requirement("S3-09")
def test_a_real_master_goes_to_a_direct_mapped_domain_alone(tmp_path: Path) -> None:
    """fw_cfg writes where its owner's numbers say; stage 2 does not filter it."""
    given = syscfg(changed("fw-cfg"), tmp_path / "a")
    assert given.returncode == 0 and "is TRUSTED" in given.stderr
    refused = syscfg(changed("fw-cfg", "&domU1 { /delete-property/ direct-map; };"), tmp_path / "b")
    assert refused.returncode == 2
    assert "direct-map: missing in /chosen/domU1: a device that may master the bus uses physical addresses" in refused.stderr


FORCE = "fencepost,force-dma-without-direct-map"


@pytest.mark.requirement("S3-09")
@pytest.mark.requirement("S2-17")
def test_dma_without_the_direct_map_must_be_insisted_on_and_is_told_loudly(tmp_path: Path) -> None:
    """A domain that asks for it gets it, with a warning for each device that says what will happen."""
    given = syscfg(changed("misdirected"), tmp_path / "a")
    assert given.returncode == 0, given.stderr
    for device in ("/fw_cfg@9020000", "/virtio_mmio@a003e00"):
        (warning,) = [line for line in given.stderr.splitlines() if FORCE in line and f"its device {device} " in line]
        assert warning == (f"warning: /chosen/domU1/device-tree@c1000000/passthrough{device}: {FORCE}: /chosen/domU1 is NOT "
                           f"DIRECT-MAPPED: its device {device} takes the domain's addresses for physical ones, and will read "
                           "and overwrite memory of other domains and of the hypervisor")
    blob = (tmp_path / "a" / "domU1.dtb").read_bytes()
    assert not any(name == FORCE for _, name, _ in devicetree.walk(blob))
    assert any(name == "dma-coherent" for _, name, _ in devicetree.walk(blob))


def one_device(properties: str, direct_map: bool) -> str:
    """fw_cfg's node of the system says this of who may master the bus."""
    node = "/chosen/domU1/device-tree@c1000000/passthrough/fw_cfg@9020000"
    return ("" if direct_map else "&domU1 { /delete-property/ direct-map; };\n") + f"&{{{node}}} {{ /delete-property/ xen,force-assign-without-iommu; {properties} }};"


@pytest.mark.parametrize(("change", "words"), [
    (one_device(f"{FORCE};", direct_map=False), "xen,force-assign-without-iommu: missing"),
    (one_device(f"xen,force-assign-without-iommu; {FORCE};", direct_map=True),
     f"{FORCE}: /chosen/domU1 is direct-mapped: must be absent"),
    (one_device(f"xen,force-assign-without-iommu; {FORCE} = <1>;", direct_map=False), f"{FORCE}: 4 bytes: a boolean has no value"),
])
def test_insisting_is_not_trust_and_not_for_others(tmp_path: Path, change: str, words: str) -> None:
    refused = syscfg(changed("fw-cfg", change), tmp_path / "a")
    assert refused.returncode == 2 and words in refused.stderr


@pytest.mark.requirement("S1-11")
@pytest.mark.parametrize(("system", "domain", "device"), [
    ("fw-cfg", "domU1", "/fw_cfg@9020000"), ("gpio", "domU1", ""), ("virtio-restart", "domU2", "")])
def test_a_restart_with_a_master_that_nobody_knows_is_a_warning(tmp_path: Path, system: str, domain: str, device: str) -> None:
    """Where the hypervisor can reset it and see it idle, or where it is no master, nothing is said."""
    done = syscfg(changed(system, f'&{domain} {{ fencepost,restart = "reboot"; }};'), tmp_path / "a")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "fencepost,restart" in line]
    assert said == ([f"warning: /chosen/{domain}: fencepost,restart: its device {device} has no fencepost,master: a restart does "
                     "not wait for it, and a transfer may end in the next life"] if device else [])


def test_a_page_of_two_devices_has_one_domain(tmp_path: Path) -> None:
    """Eight virtio transports share a page: another one than the disk's is domain 1's as well."""
    other = """/ { virtio_mmio@a003c00 { compatible = "virtio,mmio"; reg = <0 0x0a003c00 0 0x200>; }; };
&domU2 { device-tree@c1010000 { compatible = "multiboot,device-tree", "multiboot,module"; reg = <0xc1010000 0x10000>;
    passthrough { #address-cells = <2>; #size-cells = <2>; virtio_mmio@a003c00 { xen,path = "/virtio_mmio@a003c00";
        xen,reg = <0x0 0x0a003000 0x0 0x1000 0x0 0x0a003000>; xen,force-assign-without-iommu; }; }; }; };"""
    refused = syscfg(changed("virtio", other), tmp_path / "a")
    assert refused.returncode == 2
    assert "[0xa003000, 0xa004000) overlaps [0xa003000, 0xa004000)" in refused.stderr, refused.stderr
