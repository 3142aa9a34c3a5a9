# SPDX-License-Identifier: Apache-2.0
"""Rules about vCPUs, strategies, modules and devices: each has a system that breaks it.

Ids: S0-03 ... S4-25 are requirements of the founding documents, X-50 ... X-60 the undefined places of the bindings.
"""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_refusal import Refused, bank, check_refused, of, refusals

pytestmark = pytest.mark.host

def device(text: str, board: str = "", cells: str = "#address-cells = <1>; #size-cells = <1>;") -> str:
    """A second domain with a device of its own, `text` being the node's properties."""
    return f"""{board} &chosen {{ domU9 {{ compatible = "xen,domain"; #address-cells = <1>; #size-cells = <1>;
        memory = <0 256>; cpus = <1>; direct-map; xen,static-mem = <0x21000000 0x40000>;
        kernel {{ compatible = "multiboot,kernel", "multiboot,module"; reg = <0xc2000000 0x1000>; }};
        partial {{ compatible = "multiboot,device-tree", "multiboot,module"; reg = <0xc3000000 0x1000>;
            passthrough {{ {cells} dev {{ {text} }}; }}; }}; }}; }};"""


RTC = 'xen,path = "/soc/rtc@e020a000"; xen,reg = <0xe020a000 0x1000 0xe020a000>;'
DMA_RTC = '/ { soc { rtc@e020a000 { /delete-property/ fencepost,no-dma; }; }; };'

def vcpu(text: str) -> str:
    return of("domU1", f"vcpu0 {{ {text} }};")


PLAIN = (
    Refused("cpus_missing", "/chosen/domU1: cpus: missing", of("domU1", "/delete-property/ cpus;")),
    Refused("no_vcpu", "/chosen/domU1: cpus: <0>: must be 1 to 2", of("domU1", "cpus = <0>;")),
    Refused("more_than_the_redistributors", "/chosen/domU1: cpus: <3>: must be 1 to 2", of("domU1", "cpus = <3>;")),
    Refused("vcpu_twice", "vcpu1: id: <0>: another node of /chosen/domU1 has it already",
            of("domU1", "vcpu1 { id = <0>; };"), "smp-dom", "X-56"),
    Refused("vcpu_that_is_not_there", "vcpu0: id: <1>: must be less than cpus = 1", vcpu("id = <1>;"), "smp"),
    Refused("vcpu_without_id", "vcpu0: id: missing", vcpu("/delete-property/ id;"), "smp"),
    Refused("affinity_missing", "vcpu0: hard-affinity: missing", vcpu("/delete-property/ hard-affinity;"), "smp", "X-56"),
    Refused("affinity_garbage", "hard-affinity: \"0x\": must be a list", vcpu('hard-affinity = "0x";'), "smp", "X-56"),
    Refused("affinity_reversed", "hard-affinity: \"1-0\": must be a list", vcpu('hard-affinity = "1-0";'), "smp", "X-56"),
    Refused("affinity_open", "hard-affinity: \"0-\": must be a list", vcpu('hard-affinity = "0-";'), "smp", "X-56"),
    Refused("affinity_of_two", "\"0-1\" names 2 CPUs: must be exactly one", vcpu('hard-affinity = "0-1";'), "smp", "X-56"),
    Refused("affinity_nowhere", "\"7\": no such CPU, the board has 2", vcpu('hard-affinity = "7";'), "smp"),
    Refused("cpu_lent_to_dma", "/chosen/domU2: hard-affinity: \"1\": CPU 1 is lent to DMA",
            '&chosen { fencepost,cpu1 = "dma"; };', "smp"),
    Refused("enhanced_unknown", "xen,enhanced: \"maybe\": must be", of("domU1", 'xen,enhanced = "maybe";'), ids="X-52"),
    Refused("enhanced_with_xenstore", "xen,enhanced: \"\": must be", of("domU1", "xen,enhanced;")),
    Refused("passthrough_enabled", "passthrough: \"enabled\": this board has no IOMMU",
            of("domU1", 'passthrough = "enabled";')),
    Refused("passthrough_unknown", "passthrough: \"some\": must be", of("domU1", 'passthrough = "some";'), ids="X-52"),
    Refused("passthrough_without_effect", "passthrough: has no effect with a partial device tree",
            of("domU1", 'passthrough = "disabled";'), "device", "X-52"),
    Refused("el1_mmu", "v8r_el1_msa: \"mmu\": must be \"mpu\"", of("domU1", 'v8r_el1_msa = "mmu";')),
    Refused("unmapped_reads_as_ones", "trap-unmapped-accesses: <0>", of("domU1", "trap-unmapped-accesses = <0>;")),
    Refused("capabilities", "capabilities: <0x1>", of("domU1", "capabilities = <1>;")),
    Refused("colours", "llc-colors: cache colouring", of("domU1", 'llc-colors = "0-3";')),
    Refused("priority", "fencepost,priority: <8>: must be 0 (lowest) to 7", of("domU1", "fencepost,priority = <8>;")),
    Refused("max_port", "fencepost,max-port: <1024>: must be 1 to 1023", of("domU1", "fencepost,max-port = <1024>;")),
    Refused("restart", "fencepost,restart: \"maybe\": must be never, reboot or always",
            of("domU1", 'fencepost,restart = "maybe";')),
    Refused("restart_pinned", "/chosen/domU1: fencepost,restart-pinned: \"drop\": must be wait or reserve",
            of("domU1", 'fencepost,restart-pinned = "drop";')),
    Refused("strategy", "/chosen: fencepost,access: \"magic\": must be window", '&chosen { fencepost,access = "magic"; };'),
    Refused("strategy_option", "command line: --access: \"magic\": must be window", "", options=("--access", "magic")),
    Refused("no_window", "/chosen: fencepost,windows: <0>: must be 1 to 4", "&chosen { fencepost,windows = <0>; };"),
    Refused("five_windows", "command line: --windows: 5: must be 1 to 4", "", options=("--windows", "5")),
    Refused("slice", "command line: --time-slice-us: 1ms: must be", "", options=("--time-slice-us", "1ms")),
    Refused("switch_when", "--switch-when: \"never\": must be access or entry", "", options=("--switch-when", "never")),
    Refused("shared_without_pages", "/chosen: fencepost,event-pages: missing",
            "&chosen { /delete-property/ fencepost,event-pages; };", options=("--access", "shared")),
    Refused("shared_half_a_bank", "[0x2800c000, 0x28014000): must lie inside fencepost,event-pages",
            bank("0x20400000 0x100000 0x2800c000 0x8000", 1056), options=("--access", "shared")),
    Refused("background_shareable", "`background` and bank [0x20000000, 0x20100000), Shareable", "", "smp-dom",
            options=("--access", "background")),
    Refused("background_other_attributes", "`background` and bank [0x40000000, 0x40100000): outside [0x0, 0x40000000)",
            bank("0x40000000 0x100000"), options=("--access", "background")),
    Refused("no_kernel", "/chosen/domU2: multiboot,kernel: missing", of("domU2", "/delete-node/ kernel@c0400000;")),
    Refused("two_kernels", "a second one in /chosen/domU2", of(
        "domU2", 'k2 { compatible = "multiboot,kernel", "multiboot,module"; reg = <0xc3000000 8>; };')),
    Refused("kernel_without_reg", "kernel@c0400000: reg: missing",
            of("domU2", "kernel@c0400000 { /delete-property/ reg; };")),
    Refused("module_overlap", "kernel@c0400000: reg: [0xc0040000, 0xc0080000) overlaps [0xc0000000, 0xc0080000) of "
            "/chosen/domU1/kernel@c0000000", of("domU2", "kernel@c0400000 { reg = <0xc0040000 0x40000>; };")),
    Refused("module_over_a_bank", "kernel@c0400000: reg: [0x20000000, 0x20040000) overlaps [0x20000000, ",
            of("domU2", "kernel@c0400000 { reg = <0x20000000 0x40000>; };")),
    Refused("module_over_guest_trees", "overlaps [0xcf000000, 0xd0000000) of the guest trees",
            of("domU2", "kernel@c0400000 { reg = <0xcf000000 0x40000>; };")),
    Refused("ramdisk_too_large", "the ramdisk of 0x3c00000 bytes does not fit below",
            of("domU1", 'r { compatible = "multiboot,ramdisk", "multiboot,module"; reg = <0xc4000000 0x3c00000>; };'),
            ids="S3-02"),
    Refused("guest_file_missing", "/chosen/domU1: --guest: /nowhere: cannot be read", "",
            options=("--guest", "domU1=/nowhere")),
    Refused("guest_of_nobody", "--guest: domU7=/nowhere: no such domain", "", options=("--guest", "domU7=/nowhere")),
    Refused("no_domain", "/chosen: no node with compatible = \"xen,domain\"", "&chosen { /delete-node/ domU1; };", "solo"),
)

DEVICES = (
    Refused("device_not_forced", "xen,force-assign-without-iommu: missing: no IOMMU stands before it and "
            "fencepost,bus-firewall does not list /soc/rtc@e020a000, so the", device(RTC, DMA_RTC), "solo", "S0-12 S3-08"),
    Refused("device_without_host_node", "xen,force-assign-without-iommu: missing",
            device("xen,reg = <0xe020a000 0x1000 0xe020a000>;"), "solo", "S0-12"),
    Refused("device_of_two_domains", "xen,path: /soc/timer@e0101000 belongs to /chosen/domU1: a device has one domain",
            device('xen,path = "/soc/timer@e0101000"; xen,reg = <0xe0101000 0x1000 0xe0101000>;'), "device", "X-53"),
    Refused("mmio_of_two_domains", "xen,reg: [0xe0101000, 0xe0102000) overlaps [0xe0101000, 0xe0102000)", device(
        "xen,reg = <0xe0101000 0x1000 0xe0101000>; xen,force-assign-without-iommu;"), "device", "X-53"),
    Refused("spi_of_two_domains", "interrupts: INTID 35 belongs to /chosen/domU1: an SPI has one domain",
            device(RTC, "/ { soc { rtc@e020a000 { interrupts = <GIC_SPI 3 LEVEL_HIGH>; }; }; };"), "device", "X-53"),
    Refused("device_of_the_console", "overlaps [0xe0205000, 0xe0206000) of the hypervisor's console",
            device('xen,path = "/soc/serial@e0205000"; xen,reg = <0xe0205000 0x1000 0xe0205000>;'), "solo"),
    Refused("spi_of_the_console", "interrupts: INTID 37 belongs to the hypervisor's console",
            device('xen,path = "/soc/serial@e0205000"; xen,reg = <0xe0205000 0x1000 0xe0205000>;'), "solo"),
    Refused("ppi", "serial@e7c00000: interrupts: <1 0 0x4>: only an SPI can be passed through",
            device('xen,path = "/soc/serial@e7c00000"; xen,reg = <0xe7c00000 0x1000 0xe7c00000>;'), "solo"),
    Refused("reg_trailing_cells", "xen,reg: 16 bytes: must be a list of <host size guest>",
            device('xen,path = "/soc/rtc@e020a000"; xen,reg = <0xe020a000 0x1000 0xe020a000 1>;'), "solo", "X-53"),
    Refused("reg_size_0", "xen,reg: <0xe020a000 0x0>: must be multiples of 4 KiB, have a size",
            device('xen,path = "/soc/rtc@e020a000"; xen,reg = <0xe020a000 0 0xe020a000>;'), "solo", "X-53"),
    Refused("reg_misaligned", "xen,reg: <0xe020a000 0x800>: must be multiples of 4 KiB",
            device('xen,path = "/soc/rtc@e020a000"; xen,reg = <0xe020a000 0x800 0xe020a000>;'), "solo", "X-53"),
    Refused("reg_one_page_longer", "xen,reg: [0xe020a000, 0xe020c000): must lie inside the reg of /soc/rtc@e020a000",
            device('xen,path = "/soc/rtc@e020a000"; xen,reg = <0xe020a000 0x2000 0xe020a000>;'), "solo", "X-53"),
    Refused("reg_translated", "xen,reg: host 0xe020a000, guest 0x40000000: must be equal in a direct-mapped domain",
            device('xen,path = "/soc/rtc@e020a000"; xen,reg = <0xe020a000 0x1000 0x40000000>;'), "solo", "S3-09"),
    Refused("reg_over_ram", "xen,reg: [0x30000000, 0x30001000): lies in RAM",
            device("xen,reg = <0x30000000 0x1000 0x30000000>; xen,force-assign-without-iommu;"), "solo"),
    Refused("path_without_reg", "xen,reg: missing: xen,path needs it", device('xen,path = "/soc/rtc@e020a000";'), "solo"),
    Refused("path_to_nowhere", "xen,path: \"/soc/none\": no such node in the board's tree",
            device('xen,path = "/soc/none"; xen,reg = <0xe020a000 0x1000 0xe020a000>; xen,force-assign-without-iommu;'),
            "solo"),
    Refused("no_bank_in_reach", "/chosen/domU1: xen,static-mem: no bank lies in [0x30000000, 0x40000000), the reach of",
            "/ { soc { timer@e0101000 { fencepost,dma-reach = <0x30000000 0x10000000>; }; }; };", "device", "S1-13"),
    Refused("partial_tree_missing", "/passthrough: missing: give --passthrough domU1=FILE.dtb",
            of("domU1", "device-tree@c1000000 { /delete-node/ passthrough; };"), "device"),
)


@pytest.mark.parametrize("case", refusals(*PLAIN, *DEVICES))
def test_refuses(case: Refused, tmp_path: Path) -> None:
    """Each rule on its own: the system that breaks it, and what is said."""
    check_refused(case, tmp_path)
