# SPDX-License-Identifier: Apache-2.0
"""Bus masters, the bus firewall, resets of devices, and the DMA engine on CPU 1."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_dma import CHANNELS, CHECKED, ENGINE, EXAMPLE, FORCE, RUNS, assign
from testsuite.syscfg_refusal import Refused, bank, check_refused, of, refusals
from testsuite.syscfg_tool import config_of, good, parse_config, syscfg, system

pytestmark = pytest.mark.host

TRUSTED_DMA, RESERVE_PINNED = 1 << 4, 1 << 7    # enum config_domain_flags
CHECKED_FLAG = 1 << 0                           # enum config_master_flags


@pytest.mark.requirement("S0-22")
@pytest.mark.requirement("S3-08")
def test_checked_and_trusted_masters(tmp_path: Path) -> None:
    """S0-22, S3-08: a checked master needs no force and no trust; the other is forced, warned about and listed."""
    outcome = good(tmp_path, system("pair", EXAMPLE))
    config = parse_config(outcome.config)
    assert config.masters == (("dma@2f010000", (0, 0, CHECKED_FLAG, CHANNELS[0] + 0xc, 1, 0, 10, 0)),
                              ("dma@2f011000", (1, 1, 0, CHANNELS[1] + 0xc, 1, 0, 10, 0)))
    assert [bool(domain.flags & TRUSTED_DMA) for domain in config.domains] == [False, True]
    assert outcome.warnings == ["warning: /chosen/domU2/partial/passthrough/dma@2f011000: /chosen/domU2 is TRUSTED: "
                                "its device /soc/dma@2f011000 may master the bus, no IOMMU stands before it and "
                                "fencepost,bus-firewall has no entry for it"]
    assert outcome.load["masters"] == [
        {"name": "dma@2f010000", "number": 0, "domid": 1, "checked": True, "stopped": False},
        {"name": "dma@2f011000", "number": 1, "domid": 2, "checked": False, "stopped": False}]
    assert [domain["trusted_dma"] for domain in outcome.load["domains"]] == [False, True]
    assert config.irqs == ((0, 96, 1), (1, 97, 1))


def test_resets_are_writes_to_the_own_registers(tmp_path: Path) -> None:
    """In the order of the list, for every assigned board node, bus master or not."""
    timer = "&dual_timer { fencepost,reset = <0x08 0x20 0x0c 1>; };"
    assert config_of(tmp_path, system("device", timer)).resets == ((0, 0xe0101008, 0x20), (0, 0xe010100c, 1))
    assert config_of(tmp_path, system("pair", EXAMPLE)).resets == tuple(
        (domain, CHANNELS[domain] + offset, value) for domain in (0, 1) for offset, value in ((0x10, 0), (0x14, 1)))


@pytest.mark.requirement("S3-11")
def test_report_of_a_system_with_devices(tmp_path: Path) -> None:
    """S3-11: devices, masters, resets and who is trusted, where a person looks for them."""
    restart = of("domU1", 'fencepost,restart = "always"; fencepost,restart-pinned = "reserve";')
    report = good(tmp_path, system("pair", EXAMPLE + restart)).stdout
    assert """\
  (hypervisor)        16     5       1        0     2     8  slots 14 ... 15

d1 domU1, essential, RAM Non-shareable (one CPU)
  [0x20000000, 0x20100000)   rwx, RAM
  [0x28000000, 0x28004000)   rwx, RAM
  [0x2f010000, 0x2f011000)   rw-, device
""" in report
    assert """\
  device           0x2f010000  /soc/dma@2f010000
  bus master 0     dma@2f010000, checked by the bus firewall
  device reset     0x2f010010  becomes 0x0
  device reset     0x2f010014  becomes 0x1
  interrupt        INTID 96, edge
  may connect      domU1 domU2
  may map          domU2
  restart          after any stop, without its pages that others have mapped
""" in report
    assert "\n  bus master 1     dma@2f011000, TRUSTED: not checked\n" in report
    assert report.endswith("DMA engine: 0x2f000000 on CPU 1, somebody else loads it\n"
                           "page tables: 576 pages, 0x10040440\ntrusted domains: domU2\n")


def test_engine_is_loaded_where_cpu_1_finds_it(tmp_path: Path) -> None:
    engine = tmp_path / "engine.bin"
    engine.write_bytes(bytes(0x10000))
    outcome = good(tmp_path, system("pair", EXAMPLE), "--dma-engine", str(engine))
    words = parse_config(outcome.config).words
    assert (words["dma_entry"], words["nr_cpus"], outcome.load["cpus"]) == (ENGINE, 1, 2)
    assert outcome.load["loads"][-1] == {"file": str(engine), "address": ENGINE, "size": 0x10000, "what": "DMA engine"}
    engine.write_bytes(bytes(0x10001))
    (error,) = syscfg(tmp_path, system("pair", EXAMPLE), "--dma-engine", str(engine)).errors
    assert "has 0x10001 bytes: must fit [0x2f000000, 0x2f010000) of /reserved-memory/dma-engine@2f000000" in error
    without = good(tmp_path, system("pair", EXAMPLE))
    assert all(entry["what"] != "DMA engine" for entry in without.load["loads"])
    assert parse_config(without.config).words["dma_entry"] == ENGINE
    assert config_of(tmp_path, system("pair")).words["dma_entry"] == 0


def test_hypervisor_view_leaves_the_engine_out(tmp_path: Path) -> None:
    """Its program and its channels are not memory to look at; without it the range costs nothing."""
    regions = config_of(tmp_path, system("pair", RUNS)).hyp_regions
    assert [(rbar & ~0x3f, (rlar & ~0x3f) + 0x40) for rbar, rlar in regions] == [
        (0x20000000, ENGINE), (CHANNELS[2] + 0x1000, 0xe0000000)]
    assert len(config_of(tmp_path, system("pair")).hyp_regions) == 1


def test_policy_for_pinned_pages(tmp_path: Path) -> None:
    flags = [config_of(tmp_path, system("solo", of("domU1", text))).domains[0].flags & RESERVE_PINNED for text in (
        "", 'fencepost,restart-pinned = "wait";', 'fencepost,restart-pinned = "reserve";')]
    assert flags == [0, 0, RESERVE_PINNED]


def test_restart_with_a_master_that_nothing_stops(tmp_path: Path) -> None:
    """A warning: its transfers may go on, so the domain will not be scrubbed and started."""
    blind = EXAMPLE + "&dma1 { /delete-property/ fencepost,idle; };" + of("domU2", 'fencepost,restart = "reboot";')
    (warning,) = [line for line in good(tmp_path, system("pair", blind)).warnings if "TRUSTED" not in line]
    assert "/chosen/domU2: fencepost,restart: nothing stops its device /soc/dma@2f011000" in warning


MAILBOX = "shm-mailbox { xen,shared-mem = <0x2f010000 0x2f010000 0x4000>; };"


def master(text: str) -> str:
    return EXAMPLE + "&dma1 { %s };" % text


REFUSED = (
    Refused("master_not_forced", "dma@2f011000: xen,force-assign-without-iommu: missing: no IOMMU stands before it and "
            "fencepost,bus-firewall does not list /soc/dma@2f011000", RUNS + CHECKED + assign("domU1", 1),
            ids="S0-12 S3-08"),
    Refused("master_not_direct_mapped", "dma@2f011000: direct-map: missing in /chosen/domU2: a device that may master "
            "the bus uses physical addresses", EXAMPLE + of("domU2", "/delete-property/ direct-map;"),
            ids="S2-17 S3-09"),
    Refused("master_number_twice", "/soc/dma@2f011000: fencepost,master: <0>: /soc/dma@2f010000 has it already",
            master("fencepost,master = <0>;")),
    Refused("master_number_4", "/soc/dma@2f011000: fencepost,master: <4>: must be less than 4",
            master("fencepost,master = <4>;")),
    Refused("master_without_dma", "/soc/dma@2f011000: fencepost,master: <1>: and fencepost,no-dma",
            master("fencepost,no-dma;")),
    Refused("firewall_lists_no_master", "/chosen: fencepost,bus-firewall: <0x", RUNS +
            "&chosen { fencepost,bus-firewall = <&dual_timer>; };"),
    Refused("firewall_lists_nothing", "<0x0>, no node: must refer to nodes with fencepost,master",
            RUNS + "&chosen { fencepost,bus-firewall = <0>; };"),
    Refused("firewall_lists_it_twice", "fencepost,bus-firewall: /soc/dma@2f010000: is listed twice",
            RUNS + "&chosen { fencepost,bus-firewall = <&dma0 &dma0>; };"),
    Refused("firewall_half_a_cell", "fencepost,bus-firewall: 2 bytes: must be a list of references",
            RUNS + "&chosen { fencepost,bus-firewall = [00 01]; };"),
    Refused("firewall_without_engine", "/chosen: fencepost,bus-firewall: the firewall is part of the DMA engine",
            CHECKED),
    Refused("channel_without_engine", "/chosen/domU1: xen,path: /soc/dma@2f010000: is a channel of the DMA engine: "
            "needs fencepost,cpu1 = \"dma\"", assign("domU1", 0, FORCE)),
    Refused("idle_of_two_cells", "/soc/dma@2f011000: fencepost,idle: 8 bytes: must be <offset mask value>",
            master("fencepost,idle = <0xc 1>;")),
    Refused("idle_value_outside_its_mask", "fencepost,idle: mask 0x1, value 0x2: the mask must hold",
            master("fencepost,idle = <0xc 1 2>;")),
    Refused("idle_beyond_the_registers", "fencepost,idle: offset 0x1000: must be a word of its registers that "
            "/chosen/domU2 has", master("fencepost,idle = <0x1000 1 0>;")),
    Refused("idle_after_nothing", "/soc/dma@2f011000: fencepost,idle-ms: <0>: must be 1 to 10000",
            master("fencepost,idle-ms = <0>;")),
    Refused("idle_after_too_long", "/soc/dma@2f011000: fencepost,idle-ms: <10001>: must be 1 to 10000",
            master("fencepost,idle-ms = <10001>;")),
    Refused("reset_of_three_cells", "/soc/dma@2f011000: fencepost,reset: 12 bytes: must be a list of <offset value>",
            master("fencepost,reset = <0x10 0 0x14>;")),
    Refused("reset_beyond_the_registers", "fencepost,reset: <0x1000 0x0>: the offset must be that of a word",
            master("fencepost,reset = <0x1000 0>;")),
    Refused("reset_65_times", "/soc/dma@2f011000: fencepost,reset: <0x10 0x0>: one too many, at most 64",
            master(f"fencepost,reset = <{'0x10 0 ' * 65}>;")),
    Refused("reset_between_words", "fencepost,reset: <0x12 0x0>: the offset must be that of a word",
            master("fencepost,reset = <0x12 0>;")),
    Refused("reset_of_a_neighbour", "fencepost,reset: <0xfffff010 0x0>: the offset must be that of a word",
            master("fencepost,reset = <0xfffff010 0>;")),
    Refused("no_engine_on_the_board", "/chosen: fencepost,cpu1: \"dma\": the board has no reserved memory",
            "/ { reserved-memory { /delete-node/ dma-engine@2f000000; }; };" + RUNS),
    Refused("cpu1_unknown", "/chosen: fencepost,cpu1: \"idle\": must be", '&chosen { fencepost,cpu1 = "idle"; };'),
    Refused("engine_that_nobody_runs", "command line: --dma-engine: /dev/null: nobody runs it", "",
            options=("--dma-engine", "/dev/null")),
    Refused("engine_missing", "command line: --dma-engine: /nowhere: cannot be read", RUNS,
            options=("--dma-engine", "/nowhere")),
    Refused("bank_over_the_engine", "/chosen/domU2: xen,static-mem: [0x2f000000, 0x2f100000) overlaps [0x2f000000, "
            "0x2f010000) of the DMA engine", bank("0x2f000000 0x100000")),
    Refused("bank_over_a_channel", "/chosen/domU2: xen,static-mem: [0x2f011000, 0x2f111000) overlaps [0x2f011000, "
            "0x2f012000) of /soc/dma@2f011000", bank("0x2f011000 0x100000")),
    Refused("heap_over_the_engine", "overlaps [0x2f000000, 0x2f010000) of /chosen xen,static-heap",
            "&chosen { xen,static-heap = <0x2f000000 0x10000>; };", ids="S1-02"),
    Refused("module_over_the_engine", "kernel@c0400000: reg: [0x2f000000, 0x2f001000) overlaps [0x2f000000, "
            "0x2f010000) of the DMA engine", of("domU2", "kernel@c0400000 { reg = <0x2f000000 0x1000>; };")),
    Refused("shared_memory_over_a_channel", "xen,shared-mem: [0x2f010000, 0x2f014000) overlaps [0x2f010000, "
            "0x2f011000) of /soc/dma@2f010000", of("domU1", MAILBOX) + of("domU2", MAILBOX), "shm"),
    Refused("channel_by_force_without_its_node", "xen,reg: [0x2f010000, 0x2f011000): lies in RAM", RUNS + of(
        "domU1", "partial { compatible = \"multiboot,device-tree\", \"multiboot,module\"; reg = <0xc3000000 0x1000>; "
        "passthrough { #address-cells = <1>; #size-cells = <1>; x { xen,reg = <0x2f010000 0x1000 0x2f010000>; "
        "xen,force-assign-without-iommu; }; }; };")),
    Refused("interrupt_of_the_firewall", "/chosen/domU2: interrupts: INTID 127 belongs to the hypervisor's bus "
            "firewall", master("interrupts = <GIC_SPI 95 1>;")),
)


@pytest.mark.parametrize("case", refusals(*REFUSED))
def test_refuses(case: Refused, tmp_path: Path) -> None:
    check_refused(case, tmp_path)
