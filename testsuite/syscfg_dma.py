# SPDX-License-Identifier: Apache-2.0
"""Systems with bus masters, for the tests of syscfg: who owns which channel of the board's DMA engine."""
from __future__ import annotations

from testsuite.syscfg_refusal import of

ENGINE = 0x2f000000
CHANNELS = (0x2f010000, 0x2f011000, 0x2f012000)
RUNS = '&chosen { fencepost,cpu1 = "dma"; };'
CHECKED = "&chosen { fencepost,bus-firewall = <&dma0>; };"
FORCE = "xen,force-assign-without-iommu;"


def assign(domain: str, number: int, text: str = "", module: int = 0xc3000000) -> str:
    """The domain gets a channel; `text` are more properties of its node in the partial tree."""
    base = CHANNELS[number]
    return of(domain, f"""partial {{ compatible = "multiboot,device-tree", "multiboot,module";
        reg = <{module:#x} 0x1000>;
        passthrough {{ #address-cells = <1>; #size-cells = <1>; dma@{base:x} {{ reg = <{base:#x} 0x1000>;
            compatible = "fencepost,dma-channel"; xen,reg = <{base:#x} 0x1000 {base:#x}>;
            xen,path = "/soc/dma@{base:x}"; {text} }}; }}; }};""")


REGISTERS = """&dma0 { fencepost,reset = <0x10 0 0x14 1>; fencepost,idle = <0x0c 1 0>; };
    &dma1 { fencepost,reset = <0x10 0 0x14 1>; fencepost,idle = <0x0c 1 0>; };"""
EXAMPLE = RUNS + CHECKED + REGISTERS + assign("domU1", 0) + assign("domU2", 1, FORCE, 0xc3001000)
