# SPDX-License-Identifier: Apache-2.0
"""What syscfg makes of a good system: register images, guest trees, load list, budget. No machine is booted."""
from __future__ import annotations

import json
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from testsuite.syscfg_tool import Outcome, compile_tree, config_of, good, parse_config, syscfg, system, value_of
from tool import devicetree, paths

pytestmark = pytest.mark.host

SHM_OWNER, SHM_BORROWER, DEVICE = 1, 2, 3        # enum range_kind
WRITE, EL1, IS_DEVICE = 1 << 0, 1 << 2, 1 << 4  # enum range_attr
TRUSTED_DMA = 1 << 4                            # enum config_domain_flags


def guest(outcome: Outcome, domain: str, node: str, prop: str, kind: str = "x") -> str:
    """A property of a guest's tree, as fdtget prints it."""
    return value_of((outcome.folder / f"{domain}.dtb").read_bytes(), node, prop, kind)


@pytest.mark.requirement("S3-11")
@pytest.mark.requirement("S2-15")
@pytest.mark.requirement("S4-10")
def test_report_of_the_pair(tmp_path: Path) -> None:
    """S3-11, S4-10, S2-15: the report answers how many regions, where everything lands, who may talk to whom."""
    image = tmp_path / "image.bin"
    image.write_bytes(bytes(0x1234))
    outcome = good(tmp_path, system("pair"), "--guest", f"domU1={image}")
    assert outcome.stdout.replace(str(image), "IMAGE") == """\
MPU regions, access = window
  view             slots fixed windows resident needs  free
  domU1               16     5       1        0     2     8  slots 14 ... 15
  domU2               16     5       1        0     2     8  slots 14 ... 15
  (hypervisor)        16     5       1        0     1     9  slots 15 ... 15

d1 domU1, essential, RAM Non-shareable (one CPU)
  [0x20000000, 0x20100000)   rwx, RAM
  [0x28000000, 0x28004000)   rwx, RAM
  image            0x20000000  0x1234 bytes, loaded at 0xc0000000 from IMAGE
  device tree      0x200ff000  0x41d bytes, loaded at 0xcf000000
  vCPU 0           CPU 0, priority 4
  may connect      domU1 domU2
  may map          domU2

d2 domU2, RAM Non-shareable (one CPU)
  [0x20400000, 0x20500000)   rwx, RAM
  [0x28004000, 0x28008000)   rwx, RAM
  image            0x20400000  0x80000 bytes, loaded at 0xc0400000
  device tree      0x204ff000  0x41d bytes, loaded at 0xcf010000
  vCPU 0           CPU 0, priority 4
  may connect      domU1 domU2
  may map          domU1

static channel: domU1 port 10 - domU2 port 11 (starts pending)
static channel: domU1 port 12 - domU2 port 13 (starts pending)
page tables: 576 pages, 0x10040300
trusted domains: none
"""


@pytest.mark.requirement("S1-01")
def test_two_runs_are_byte_identical(tmp_path: Path) -> None:
    """S1-01: nothing depends on the time, the folder or the run."""
    results = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        outcome = good(tmp_path / name, system("device"), "--commit", "0123456789abcdef0123")
        results.append({path.name: path.read_bytes() for path in sorted(outcome.folder.iterdir())})
    assert results[0] == results[1]
    assert set(results[0]) == {"system.cfg", "domU1.dtb", "load.json"}


def test_header_and_checksum(tmp_path: Path) -> None:
    outcome = good(tmp_path, system("pair"), "--commit", "0123456789abcdef0123")
    blob, config = outcome.config, parse_config(outcome.config)
    assert config.words["crc32"] == zlib.crc32(blob[:12] + bytes(4) + blob[16:])
    assert (config.words["magic"], config.words["version"], config.words["size"]) == (0x46435046, 5, len(blob))
    assert len(blob) % 4 == 0 and (config.board, config.commit) == ("mps3-an536", "0123456789abcde")
    assert config.channels == ((0, 1, 10, 11), (0, 1, 12, 13))
    assert config.vcpus == ((0, 0, 0, 4), (1, 0, 0, 4))
    assert outcome.load["config"] == {"file": "system.cfg", "address": 0x10040000, "size": len(blob)}


def test_options_override_the_tree(tmp_path: Path) -> None:
    words = config_of(tmp_path, system("pair"), "--access", "auto", "--windows", "3", "--time-slice-us", "250").words
    assert (words["access"], words["windows"], words["time_slice_us"]) == (2, 3, 250)
    words = config_of(tmp_path, system("slice"), "--access", "switch", "--switch-when", "entry").words
    assert (words["access"], words["switch_when"], words["windows"], words["time_slice_us"]) == (1, 1, 0, 1000)


def test_guest_tree(tmp_path: Path) -> None:
    outcome = good(tmp_path, system("shm"), "--bootargs", "domU2=fp1 domain=2 run=a.b")
    assert guest(outcome, "domU2", "/chosen", "bootargs", "s") == "fp1 domain=2 run=a.b"
    assert guest(outcome, "domU2", "/memory@20400000", "reg") == "0 20400000 0 100000 0 28004000 0 4000"
    assert guest(outcome, "domU2", "/memory@30000000", "reg") == "0 30000000 0 4000"
    assert guest(outcome, "domU2", "/reserved-memory/xen-shmem@30000000", "xen,id", "s") == "mailbox"
    assert guest(outcome, "domU2", "/hypervisor", "compatible", "s") == "xen,xen-4.20 xen,xen"
    assert guest(outcome, "domU2", "/hypervisor", "interrupts") == "1 f f08"
    assert guest(outcome, "domU2", "/interrupt-controller@f0000000", "reg") == "0 f0000000 0 10000 0 f0100000 0 20000"
    assert guest(outcome, "domU2", "/psci", "method", "s") == "hvc"
    assert [r[3] for d in parse_config(outcome.config).domains for r in d.ranges if r[0] == 0x30000000] == [
        SHM_OWNER, SHM_BORROWER]


def test_device_is_mapped_routed_and_described(tmp_path: Path) -> None:
    outcome = good(tmp_path, system("device"))
    (domain,), irqs = parse_config(outcome.config).domains, parse_config(outcome.config).irqs
    assert (0xe0101000, 0xe0102000, WRITE | EL1 | IS_DEVICE, DEVICE) in domain.ranges
    assert {(d, intid, edge) for d, intid, edge in irqs} == {(0, 35, 0), (0, 33, 0), (0, 34, 0)}
    node = "/passthrough/timer@e0101000"
    assert guest(outcome, "domU1", node, "interrupts") == "0 3 4"
    names = {name for path, name, _ in devicetree.walk((outcome.folder / "domU1.dtb").read_bytes()) if path == node}
    assert "xen,reg" not in names and "xen,path" not in names and "reg" in names


def test_partial_tree_from_a_file(tmp_path: Path) -> None:
    """The placeholder's phandle becomes the phandle of the guest's interrupt controller."""
    partial = compile_tree("""/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; gic: gic { phandle = <65000>; };
        passthrough { compatible = "simple-bus"; ranges; #address-cells = <2>; #size-cells = <2>;
            rtc { interrupt-parent = <&gic>; xen,path = "/soc/rtc@e020a000";
                  xen,reg = <0 0xe020a000 0 0x1000 0 0xe020a000>; }; }; };""", tmp_path / "partial.dtb")
    outcome = good(tmp_path, system("device"), "--passthrough", f"domU1={partial}")
    assert guest(outcome, "domU1", "/interrupt-controller@f0000000", "phandle", "u") == "65000"
    assert [intid for _, intid, _ in parse_config(outcome.config).irqs] == [36]


@pytest.mark.requirement("S0-12")
@pytest.mark.requirement("S0-22")
def test_trusted_device_is_named(tmp_path: Path) -> None:
    """S0-12, S0-22: a device that may master the bus makes its domain trusted, and every build says so."""
    dma = "/ { soc { timer@e0101000 { /delete-property/ fencepost,no-dma; }; }; };"
    assert good(tmp_path, system("device")).warnings == []
    trusted = good(tmp_path, system("device", dma))
    assert len(trusted.warnings) == 1 and "/chosen/domU1 is TRUSTED: its device /soc/timer@" in trusted.warnings[0]
    assert parse_config(trusted.config).domains[0].flags & TRUSTED_DMA


def test_image_header_places_the_image(tmp_path: Path) -> None:
    """A zImage says where it is linked for and how much memory it takes beyond its file."""
    image = tmp_path / "image.bin"
    for start, end, entry in ((0, 0x100, 0x20000000), (0x20008000, 0x20010000, 0x20008000)):
        image.write_bytes(bytes(0x24) + struct.pack("<3I", 0x016f2818, start, end) + bytes(0x100))
        (domain,) = config_of(tmp_path, system("solo"), "--guest", f"domU1={image}").domains
        assert domain.entry == entry and domain.modules[0] == (0xc0000000, 0x130, entry)
    image.write_bytes(bytes(0x24) + struct.pack("<3I", 0x016f2818, 0, 0x200000) + bytes(0x100))
    outcome = syscfg(tmp_path, system("solo"), "--guest", f"domU1={image}")
    assert outcome.status == 2 and "0x200000 bytes: must fit one bank of the domain" in outcome.stderr


@pytest.mark.requirement("S0-06")
@pytest.mark.requirement("X-60")
def test_all_errors_in_one_run(tmp_path: Path) -> None:
    """S0-06, X-60: every error of three domains and the budget of every view, exit status 2, nothing written."""
    banks = " ".join(f"{0x20500000 + n * 0x2000:#x} 0x1000" for n in range(12))
    outcome = syscfg(tmp_path, system("trio", f"""&chosen {{ fencepost,windows = <9>; }};
        &domU1 {{ /delete-property/ direct-map; }};
        &domU2 {{ memory = <0 {1024 + 48}>; xen,static-mem = <0x20400000 0x100000 {banks}>; cpus = <7>; }};
        &domU3 {{ xen,enhanced = "maybe"; }};"""))
    assert outcome.status == 2 and not outcome.folder.exists()
    for part in ("fencepost,windows", "/chosen/domU1: direct-map", "/chosen/domU2: cpus", "/chosen/domU2: regions",
                 "/chosen/domU3: xen,enhanced"):
        assert sum(part in line for line in outcome.errors) == 1, outcome.stderr
    for view in ("domU1", "domU2", "domU3", "(hypervisor)"):
        assert any(line.split()[:1] == [view] for line in outcome.stderr.splitlines())
    assert "DOES NOT FIT" in outcome.stderr


def test_unknown_properties_are_warnings(tmp_path: Path) -> None:
    outcome = good(tmp_path, system("solo", "&domU1 { colour = <1>; sve = <0>; x { }; };"))
    assert sorted(outcome.warnings) == ["warning: /chosen/domU1/x: unknown node, ignored",
                                        "warning: /chosen/domU1: colour: unknown property, ignored",
                                        "warning: /chosen/domU1: sve: ignored: outside the supported subset"]


def test_json_on_stdout_is_the_load_list(tmp_path: Path) -> None:
    outcome = good(tmp_path, system("pair"), "--json", "-")
    assert json.loads(outcome.stdout) == outcome.load and outcome.load["schema"] == 1
    assert [row["needs"] for row in outcome.load["budget"]] == [2, 2, 1]


@pytest.mark.parametrize("arguments", ((), ("--out",), ("x.dtb",), ("a", "b", "--out", "o"), ("--nonsense",)))
def test_wrong_command_line(arguments: tuple[str, ...]) -> None:
    """Status 2 and how to use it; nothing on stdout."""
    done = subprocess.run([str(paths.SYSCFG), *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and "usage: syscfg" in done.stderr and done.stdout == ""
