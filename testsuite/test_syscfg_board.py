# SPDX-License-Identifier: Apache-2.0
"""Rules about the board's own tree: what must be there before anything else can be checked."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_refusal import Refused, check_refused, refusals
from testsuite.syscfg_tool import syscfg

pytestmark = pytest.mark.host


def own(text: str) -> str:
    return f"/ {{ fencepost {{ {text} }}; }};"


def reserved(text: str) -> str:
    return f"/ {{ reserved-memory {{ {text} }}; }};"


FIVE = "".join(f"""dma@e1{n:06x} {{ compatible = "fencepost,dma-channel"; reg = <0xe1{n:06x} 0x1000>;
    fencepost,master = <{n}>; }}; """ for n in range(5))

BOARD = (
    Refused("not_a_board", "/fencepost: missing: is this a board's tree?", "/ { /delete-node/ fencepost; };"),
    Refused("name_without_vendor", "/: compatible: \"board\": must be \"vendor,board\"", '/ { compatible = "board"; };'),
    Refused("name_too_long", "\"arm,sixteencharacter\": must be \"vendor,board\", the board's name at most 15",
            '/ { compatible = "arm,sixteencharacter"; };'),
    Refused("no_cells", "/: #size-cells: missing: must be 1 or 2", "/ { /delete-property/ #size-cells; };"),
    Refused("three_cells", "/: #address-cells: 3: must be 1 or 2", "/ { #address-cells = <3>; };"),
    Refused("no_ram", "/: memory: the tree has no memory node",
            "/ { /delete-node/ memory@10000000; /delete-node/ memory@20000000; };"),
    Refused("nothing_reserved", "/reserved-memory: missing", "/ { /delete-node/ reserved-memory; };"),
    Refused("hypervisor_not_reserved", "needs a node \"fencepost,hypervisor\" and a node \"fencepost,modules\"",
            reserved("/delete-node/ hypervisor@10000000;")),
    Refused("modules_too_small", "/reserved-memory: reg: [0xc0000000, 0xc0100000): the modules' range must have at least "
            "16 MiB", reserved("modules@c0000000 { reg = <0xc0000000 0x100000>; };")),
    Refused("no_cpu", "/cpus: 0 CPUs: must be 1 to 2", "/ { /delete-node/ cpus; };"),
    Refused("three_cpus", "/cpus: 3 CPUs: must be 1 to 2", '/ { cpus { cpu@2 { device_type = "cpu"; reg = <2>; }; }; };'),
    Refused("no_redistributors", "interrupt-controller@f0000000: the board needs an \"arm,gic-v3\" with reg",
            "&gic { reg = <0xf0000000 0x10000>; };"),
    Refused("too_few_regions", "/fencepost: fencepost,el2-regions: 15: must be 16 to 24",
            own("fencepost,el2-regions = <15>;")),
    Refused("more_regions_than_a_core_has", "fencepost,el2-regions: 32: must be 16 to 24",
            own("fencepost,el2-regions = <32>;")),
    Refused("no_console", "/fencepost: fencepost,console: <0x0>: must point at the hypervisor's UART",
            own("/delete-property/ fencepost,console;")),
    Refused("no_place_for_the_configuration", "/fencepost: fencepost,config: missing: the board must say it",
            own("/delete-property/ fencepost,config;")),
    Refused("configuration_too_large", "bytes: the board has room for 0x200 in [0x10040000, 0x10040200)",
            own("fencepost,config = <0x10040000 0x200>;")),
    Refused("engine_misaligned", "dma-engine@2f000000: reg: [0x2f000800, 0x2f010800): must be multiples of 4 KiB",
            reserved("dma-engine@2f000000 { reg = <0x2f000800 0x10000>; };")),
    Refused("engine_without_a_place", "dma-engine@2f000000: reg: missing: the board must say it",
            reserved("dma-engine@2f000000 { /delete-property/ reg; };")),
    Refused("engine_needs_cpu_1", "fencepost,cpu1: \"dma\": the board has no CPU 1",
            '/ { cpus { /delete-node/ cpu@1; }; }; &chosen { fencepost,cpu1 = "dma"; };'),
    Refused("channel_without_registers", "/soc/dma@2f010000: reg: a channel has one range of registers",
            "&dma0 { /delete-property/ reg; };"),
    Refused("five_channels", "compatible: \"fencepost,dma-channel\": at most 4", "/ { soc { %s }; };" % FIVE),
)


@pytest.mark.parametrize("case", refusals(*BOARD))
def test_refuses(case: Refused, tmp_path: Path) -> None:
    """Each rule on its own: the board that breaks it, and what is said."""
    check_refused(case, tmp_path)


def test_no_domains_at_all(tmp_path: Path) -> None:
    """The board alone is no system; one error is called one."""
    outcome = syscfg(tmp_path, '#include "mps3-an536/board.dts"\n')
    assert outcome.status == 2 and outcome.errors == ["error: /chosen: missing: it holds the domains"]
    assert outcome.stderr.endswith("\n1 error, nothing written\n")
