# SPDX-License-Identifier: Apache-2.0
"""vPL011 in a system's tree: where it stands, what it costs nobody else, and what is refused."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_refusal import Refused, bank, check_refused, of, refusals
from testsuite.syscfg_tool import parse_config, syscfg, system, value_of
from testsuite.test_syscfg_domains import device

pytestmark = pytest.mark.host

BASE, INTID = 0xE0206000, 46
VPL011 = 1 << 6
UART = "/ { soc { serial@e0206000 { %s }; }; };"
ASSIGNED = 'xen,path = "/soc/serial@e0206000"; xen,reg = <0xe0206000 0x1000 0xe0206000>;'

REFUSED = (
    Refused("board_without_stand_in", "/chosen/domU1: vpl011: the board names no UART that it could stand in for",
            "/ { fencepost { /delete-property/ fencepost,vpl011; }; };", "vuart", "S0-23"),
    Refused("stand_in_that_is_not_there", "/chosen/domU1: vpl011: the board names no UART",
            "/ { fencepost { fencepost,vpl011 = <77>; }; };", "vuart", "S0-23"),
    Refused("window_too_small", "serial@e0206000: reg: [0xe0206000, 0xe0206800): vPL011 needs at least 4 KiB",
            UART % "reg = <0xe0206000 0x800>;", "vuart", "S0-23"),
    Refused("ppis_only", "serial@e7c00000: interrupts: no SPI below 96: vPL011 needs one",
            "/ { fencepost { fencepost,vpl011 = <&uart0>; }; };", "vuart", "S0-23"),
    Refused("no_interrupt", "serial@e0206000: interrupts: no SPI below 96",
            UART % "/delete-property/ interrupts;", "vuart", "S0-23"),
    Refused("the_console_itself", "the hypervisor's console: reg: [0xe0205000, 0xe0206000) overlaps",
            "/ { fencepost { fencepost,vpl011 = <&uart2>; }; };", "vuart", "S0-24"),
    Refused("too_few_spis", "/chosen/domU1: nr_spis: <14>: must be at least 15, vPL011 has INTID 46",
            of("domU1", "nr_spis = <14>;"), "vuart"),
    Refused("with_a_value", "/chosen/domU1: vpl011:", of("domU1", "vpl011 = <1>;"), "pair"),
    Refused("bank_over_it", "/chosen/domU2: xen,static-mem: [0xe0204000, 0xe0208000) overlaps [0xe0206000, 0xe0207000) "
            "of the emulated UART", bank("0x20400000 0x100000 0xe0204000 0x4000", 1040), "vuart", "S0-24 S3-06"),
    Refused("shared_memory_over_it", "overlaps [0xe0206000, 0xe0207000) of the emulated UART", of(
        "domU2", 's { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "s"; role = "owner"; '
                 "xen,shared-mem = <0xe0206000 0xe0206000 0x1000>; };"), "vuart", "S0-24"),
    Refused("real_device_assigned", "xen,reg: [0xe0206000, 0xe0207000) overlaps [0xe0206000, 0xe0207000) of the emulated "
            "UART", device(ASSIGNED), "vuart", "S0-24"),
    Refused("its_spi_assigned", "/chosen/domU9: interrupts: INTID 46 belongs to vPL011", device(
        'xen,path = "/soc/rtc@e020a000"; xen,reg = <0xe020a000 0x1000 0xe020a000>;',
        "/ { soc { rtc@e020a000 { interrupts = <GIC_SPI 14 LEVEL_HIGH>; }; }; };"), "vuart", "S0-24"),
)


@pytest.mark.parametrize("case", refusals(*REFUSED))
def test_refuses(case: Refused, tmp_path: Path) -> None:
    """Each rule on its own: the system that breaks it, and what is said."""
    check_refused(case, tmp_path)


def node(folder: Path, domain: str, prop: str, kind: str = "x") -> str:
    return value_of((folder / f"{domain}.dtb").read_bytes(), f"/sbsa-uart@{BASE:x}", prop, kind)


@pytest.mark.requirement("S0-08")
@pytest.mark.requirement("S0-23")
def test_the_domain_that_asks_sees_the_boards_uart(tmp_path: Path) -> None:
    """Address and SPI are the board's; the other domain has no node; nobody's view holds the window."""
    outcome = syscfg(tmp_path, system("vuart"))
    assert outcome.status == 0, outcome.stderr
    config = parse_config(outcome.config)
    assert config.words["vuart_base"] == BASE
    assert [domain.vuart_intid for domain in config.domains] == [INTID, 0]
    assert [bool(domain.flags & VPL011) for domain in config.domains] == [True, False]
    assert not any(base <= BASE < limit for domain in config.domains for base, limit, *_ in domain.ranges)
    assert node(outcome.folder, "domU1", "compatible", "s") == "arm,sbsa-uart"
    assert node(outcome.folder, "domU1", "reg") == f"0 {BASE:x} 0 1000"
    assert node(outcome.folder, "domU1", "interrupts") == "0 e 4"
    assert node(outcome.folder, "domU1", "current-speed", "u") == "115200"
    assert node(outcome.folder, "domU2", "compatible", "s") == ""
    assert [domain["vpl011"] for domain in outcome.load["domains"]] == [True, False]
    assert outcome.stdout.count(f"vPL011           {BASE:#x}  INTID {INTID}") == 1


@pytest.mark.requirement("S0-08")
def test_two_domains_see_it_at_the_same_place(tmp_path: Path) -> None:
    """It is emulated: each has its own."""
    outcome = syscfg(tmp_path, system("vuart-two"))
    assert [bool(domain.flags & VPL011) for domain in parse_config(outcome.config).domains] == [True, True]
    assert node(outcome.folder, "domU1", "reg") == node(outcome.folder, "domU2", "reg") == f"0 {BASE:x} 0 1000"


def test_without_one_the_uart_can_be_assigned(tmp_path: Path) -> None:
    """The stand-in is taken only where somebody has vPL011; base and SPI are 0 then."""
    outcome = syscfg(tmp_path, system("solo", device(ASSIGNED)))
    assert outcome.status == 0, outcome.stderr
    config = parse_config(outcome.config)
    assert (config.words["vuart_base"], {domain.vuart_intid for domain in config.domains}) == (0, {0})


def test_a_window_larger_than_a_page_gives_its_first(tmp_path: Path) -> None:
    """One page is emulated, however much the real one has."""
    outcome = syscfg(tmp_path, system("vuart", UART % "reg = <0xe0206000 0x2000>;"))
    assert outcome.status == 0, outcome.stderr
    assert node(outcome.folder, "domU1", "reg") == f"0 {BASE:x} 0 1000"
