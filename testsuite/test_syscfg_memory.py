# SPDX-License-Identifier: Apache-2.0
"""Rules about memory, shared memory and event channels: each has a system that breaks it.

Ids: S0-03 ... S4-25 are requirements of the founding documents, X-50 ... X-60 the undefined places of the bindings.
"""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_refusal import Refused, bank, check_refused, of, refusals

pytestmark = pytest.mark.host

MEMORY = (
    Refused("direct_map_missing", "/chosen/domU2: direct-map: missing", of("domU2", "/delete-property/ direct-map;"),
            ids="S0-03 S0-15 S1-09 S4-01"),
    Refused("static_mem_missing", "/chosen/domU2: xen,static-mem: missing: required, nothing allocates memory",
            of("domU2", "/delete-property/ xen,static-mem;"), ids="S0-03 S0-16 S0-17"),
    Refused("memory_missing", "/chosen/domU1: memory: missing", of("domU1", "/delete-property/ memory;")),
    Refused("memory_of_one_cell", "/chosen/domU1: memory: 4 bytes: must be two cells", of("domU1", "memory = <1>;")),
    Refused("sum_differs", "domU2: xen,static-mem: banks have 0x104000 bytes together, memory = 0x411 KiB is 0x104400",
            of("domU2", "memory = <0 0x411>;"), ids="X-59"),
    Refused("misaligned_base", "domU2: xen,static-mem: [0x20400800, 0x20500800): must be multiples of 4 KiB",
            bank("0x20400800 0x100000"), ids="X-57"),
    Refused("empty_bank", "domU2: xen,static-mem: <0x20700000 0x0>: a range must have a size",
            bank("0x20400000 0x100000 0x20700000 0"), ids="X-57"),
    Refused("odd_number_of_cells", "domU2: xen,static-mem: 12 bytes: must be a list of (address, size) of 1 + 1",
            bank("0x20400000 0x100000 0x20700000")),
    Refused("bank_outside_ram", "domU2: xen,static-mem: [0xe8000000, 0xe8100000): must lie inside one memory node",
            bank("0xe8000000 0x100000"), ids="X-58"),
    Refused("bank_past_the_end_of_ram", "domU2: xen,static-mem: [0xdff80000, 0xe0080000): must lie inside one memory",
            bank("0xdff80000 0x100000"), ids="X-58"),
    Refused("bank_beyond_the_address_space", "domU2: xen,static-mem: [0xfff80000, 0x100080000): must lie inside one",
            bank("0xfff80000 0x100000"), ids="X-58"),
    Refused("two_owners", "/chosen/domU2: xen,static-mem: [0x200ff000, 0x201ff000) overlaps [0x20000000, 0x20100000) "
            "of /chosen/domU1 xen,static-mem", bank("0x200ff000 0x100000"), ids="S1-08"),
    Refused("own_banks_overlap", "/chosen/domU2: xen,static-mem: [0x20440000, 0x204c0000) overlaps [0x20400000, ",
            bank("0x20400000 0x80000 0x20440000 0x80000")),
    Refused("bank_in_the_hypervisor", "domU2: xen,static-mem: [0x10040000, 0x10080000) overlaps [0x10000000, "
            "0x10080000) of the hypervisor's memory", bank("0x10040000 0x40000", 256), ids="S0-24"),
    Refused("bank_among_the_modules", "domU2: xen,static-mem: [0xc8000000, 0xc8100000) overlaps [0xc0000000, "
            "0xd0000000) of the modules' memory", bank("0xc8000000 0x100000")),
    Refused("bank_over_the_distributor", "domU2: xen,static-mem: [0xf0000000, 0xf0004000) overlaps [0xf0000000, "
            "0xf0010000) of the interrupt distributor",
            '/ { memory@f0000000 { device_type = "memory"; reg = <0xf0000000 0x10000>; }; };' +
            bank("0x20400000 0x100000 0xf0000000 0x4000", 1040), ids="S0-24 S3-06"),
    Refused("cells_of_the_wrong_node", "read with 2 + 2 cells of /chosen it is wrong, with 1 + 1 cells of the domain "
            "node it would fit", "&chosen { #address-cells = <2>; #size-cells = <2>; };", "solo", "X-51"),
    Refused("no_cells_in_chosen", "/chosen: #address-cells: missing: must be 1 or 2",
            "&chosen { /delete-property/ #address-cells; };"),
    Refused("eleven_regions", "/chosen/domU1: regions: needs 11, has 10: 16 slots - 5 of the hypervisor - 1 windows",
            of("domU1", "memory = <0 0x494>; xen,static-mem = <0x20000000 0x100000 0x20200000 0x4000 0x20210000 0x4000 "
               "0x20220000 0x4000 0x20230000 0x4000 0x20240000 0x4000 0x20250000 0x4000 0x20260000 0x4000 "
               "0x20270000 0x4000 0x28000000 0x4000 0x20290000 0x1000>;"), "many", "S0-04 S0-06 X-60"),
    Refused("four_windows_leave_seven", "/chosen/domU1: regions: needs 10, has 7", "", "many", "S4-10 X-60",
            ("--windows", "4")),
    Refused("image_does_not_execute", "image lands at [0x90000000, 0x90080000): with the EL1 MPU off nothing executes "
            "at or above 0x80000000", bank("0x90000000 0x100000")),
    Refused("image_too_large", "image lands at [0x20400000, 0x20480000), 0x80000 bytes: must fit one bank",
            bank("0x20400000 0x40000", 256)),
    Refused("numa", "numa-node-id: 1, and 0 elsewhere: NUMA is not supported",
            "/ { memory@10000000 { numa-node-id = <0>; }; memory@20000000 { numa-node-id = <1>; }; };", ids="S0-19"),
    Refused("heap_of_two_ranges", "/chosen: xen,static-heap: 2 ranges: must be exactly one",
            "&chosen { xen,static-heap = <0x30000000 0x10000 0x31000000 0x10000>; };", ids="S1-02"),
    Refused("heap_misaligned", "/chosen: xen,static-heap: [0x30001000, 0x30011000): must be multiples of 64 KiB",
            "&chosen { xen,static-heap = <0x30001000 0x10000>; };", ids="S1-02"),
    Refused("heap_over_a_bank", "xen,static-mem: [0x20400000, 0x20500000) overlaps [0x20400000, 0x20410000) of "
            "/chosen xen,static-heap", "&chosen { xen,static-heap = <0x20400000 0x10000>; };", ids="S1-02"),
)

SHM = 'shm-x { compatible = "xen,domain-shared-memory-v1"; '
MAIL = 'xen,shm-id = "mail"; xen,shared-mem = <0x30000000 0x30000000 0x4000>; }; '

SHARING = (
    Refused("shm_empty_id", "shm-mailbox: xen,shm-id: \"\": must have 1 to 15 characters",
            of("domU2", 'shm-mailbox { xen,shm-id = ""; };'), "shm", "X-54"),
    Refused("shm_long_id", "must have 1 to 15 characters", of("domU2", 'shm-mailbox { xen,shm-id = "sixteencharacter"; };'),
            "shm", "X-54"),
    Refused("shm_two_owners", "role: \"mailbox\" has 2 owners: must be one",
            of("domU2", 'shm-mailbox { role = "owner"; };'), "shm", "X-55"),
    Refused("shm_no_owner", "role: \"mailbox\" has 2 borrowers and no owner",
            of("domU1", 'shm-mailbox { role = "borrower"; };'), "shm", "X-55"),
    Refused("shm_role_and_no_role", "some nodes say a role and some do not",
            of("domU2", "shm-mailbox { /delete-property/ role; };"), "shm", "X-55"),
    Refused("shm_unknown_role", "role: \"lender\": must be \"owner\" or \"borrower\"",
            of("domU2", 'shm-mailbox { role = "lender"; };'), "shm"),
    Refused("shm_sizes_differ", "[0x30000000, 0x30002000) but [0x30000000, 0x30004000) at /chosen/domU1/shm-mailbox",
            of("domU2", "shm-mailbox { xen,shared-mem = <0x30000000 0x30000000 0x2000>; };"), "shm"),
    Refused("shm_two_ids", "\"other\" for [0x30000000, 0x30004000): /chosen/domU1/shm-mailbox has another id",
            of("domU2", 'shm-mailbox { xen,shm-id = "other"; role = "owner"; };'), "shm"),
    Refused("shm_translated", "host 0x30000000, guest 0x40000000: must be equal in a direct-mapped domain",
            of("domU2", "shm-mailbox { xen,shared-mem = <0x30000000 0x40000000 0x4000>; };"), "shm"),
    Refused("shm_without_host_address", "wrong length: must be <host guest size>",
            of("domU2", "shm-mailbox { xen,shared-mem = <0x30000000 0x4000>; };"), "shm"),
    Refused("shm_misaligned", "<0x30000800 0x4000>: must be multiples of 4 KiB",
            of("domU1", SHM + 'xen,shm-id = "mail"; xen,shared-mem = <0x30000800 0x30000800 0x4000>; };')),
    Refused("shm_over_a_bank", "[0x20400000, 0x20500000) overlaps [0x20400000, 0x20404000) of /chosen/domU1/shm-x xen,shared-mem",
            of("domU1", SHM + 'xen,shm-id = "mail"; xen,shared-mem = <0x20400000 0x20400000 0x4000>; };')),
    Refused("shm_twice_in_one_domain", "\"mail\": /chosen/domU1/shm-x of the same domain has it already",
            of("domU1", SHM + MAIL + SHM.replace("-x", "-y") + MAIL)),
    Refused("channel_port_0", "/chosen/domU2/evtchn-11: xen,evtchn: port 0: must be 1 to 1023",
            of("domU2", "evtchn-11 { xen,evtchn = <0 &d1_10>; };"), ids="X-50"),
    Refused("channel_beyond_the_limit", "/chosen/domU2/evtchn-13: xen,evtchn: port 13: must be 1 to 12, the last port",
            of("domU2", "fencepost,max-port = <12>;")),
    Refused("channel_extra_cells", "evtchn-11: xen,evtchn: wrong length: must be <local_port &remote_node>",
            of("domU2", "evtchn-11 { xen,evtchn = <11 &d1_10 1>; };"), ids="X-50"),
    Refused("channel_without_version", "evtchn-11: compatible: \"xen,evtchn\": must be \"xen,evtchn-v1\"",
            of("domU2", 'evtchn-11 { compatible = "xen,evtchn"; };'), ids="X-50"),
    Refused("channel_to_a_stranger", "its remote end /chosen/domU1: must be an \"xen,evtchn-v1\" node",
            of("domU2", "evtchn-11 { xen,evtchn = <11 &domU1>; };"), ids="X-50"),
    Refused("channel_to_nowhere", "its remote end does not exist", of("domU2", "evtchn-11 { xen,evtchn = <11 0>; };")),
    Refused("channel_one_end", "/chosen/domU1/evtchn-12: xen,evtchn: its remote end /chosen/domU2/evtchn-13 does not "
            "point back", of("domU2", "evtchn-13 { xen,evtchn = <13 &d1_10>; };")),
    Refused("channel_port_twice", "evtchn-13: xen,evtchn: port 11: /chosen/domU2/evtchn-11 has it already",
            of("domU2", "evtchn-13 { xen,evtchn = <11 &d1_12>; };")),
    Refused("connect_to_no_domain", "/chosen/domU1: fencepost,may-connect: <0x", of(
        "domU1", "fencepost,may-connect = <&gic>;"), ids="S2-07"),
    Refused("map_itself", "/chosen/domU1: fencepost,may-map: names the domain itself",
            of("domU1", "fencepost,may-map = <&domU1>;"), ids="S2-07"),
)


@pytest.mark.parametrize("case", refusals(*MEMORY, *SHARING))
def test_refuses(case: Refused, tmp_path: Path) -> None:
    """Each rule on its own: the system that breaks it, and what is said."""
    check_refused(case, tmp_path)
