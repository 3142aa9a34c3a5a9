# SPDX-License-Identifier: Apache-2.0
"""Systems with bus masters, for the tests of syscfg: the DMA engine's channels, and domains that own them."""
from __future__ import annotations

from testsuite.syscfg_refusal import of

ENGINE = 0x2f000000
CHANNELS = (0x2f010000, 0x2f011000, 0x2f012000)
RESETS = "<0x10 0 0x14 1>"
IDLE = "<0x0c 1 0>"


def channel(number: int) -> str:
    base = CHANNELS[number]
    return f"""dma{number}: dma@{base:x} {{ compatible = "fencepost,dma-channel"; reg = <{base:#x} 0x1000>;
        interrupts = <GIC_SPI {64 + number} 1>; fencepost,master = <{number}>;
        fencepost,reset = {RESETS}; fencepost,idle = {IDLE}; }};"""


BOARD = f"""/ {{ reserved-memory {{ dma-engine@2f000000 {{ compatible = "fencepost,dma-engine";
        reg = <{ENGINE:#x} 0x10000>; interrupts = <GIC_SPI 95 LEVEL_HIGH>; no-map; }}; }};
    soc {{ {channel(0)} {channel(1)} }}; }};"""
RUNS = '&chosen { fencepost,cpu1 = "dma"; };'
CHECKED = "&chosen { fencepost,bus-firewall = <&dma0>; };"


def assign(domain: str, number: int, text: str = "", module: int = 0xc3000000) -> str:
    """The domain gets a channel; `text` are more properties of its node in the partial tree."""
    base = CHANNELS[number]
    return of(domain, f"""partial {{ compatible = "multiboot,device-tree", "multiboot,module"; reg = <{module:#x} 0x1000>;
        passthrough {{ #address-cells = <1>; #size-cells = <1>; dma@{base:x} {{ reg = <{base:#x} 0x1000>;
            xen,reg = <{base:#x} 0x1000 {base:#x}>; xen,path = "/soc/dma@{base:x}"; {text} }}; }}; }};""")


FORCE = "xen,force-assign-without-iommu;"
EXAMPLE = BOARD + RUNS + CHECKED + assign("domU1", 0) + assign("domU2", 1, FORCE, 0xc3001000)
