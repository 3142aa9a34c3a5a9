/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest with event drivers finds in its tree, and that it is enough. */
#include "fencepost.h"

enum { PAGE = XEN_PAGE_SIZE };

static bool find_hypervisor(struct fdt_node *node)
{
    if (!fdt_first_node(machine.device_tree, node))
        return false;
    do {
        if (strcmp(node->name, "hypervisor") == 0)
            return true;
    } while (fdt_next_node(machine.device_tree, node));
    return false;
}

TEST(direct_map, the_hypervisor_node_names_interrupt_and_an_empty_grant_area, IDS "S0-09",
     WHY "PPI 15 = INTID 31; there are no grants", NEEDS "system=solo strategies=all")
{
    struct fdt_node node;
    uint32_t bytes;

    require_true(find_hypervisor(&node));
    expect_true(fdt_is_compatible(machine.device_tree, &node, "xen,xen"));
    const void *const interrupts = fdt_property(machine.device_tree, &node, "interrupts", &bytes);

    require_eq(bytes, 12);
    expect_eq(fdt_word(interrupts, 0), 1);
    expect_eq(fdt_word(interrupts, 1), 15);
    expect_eq(fdt_word(interrupts, 2) & 0xfu, 8); /* level, active low */
    const void *const reg = fdt_property(machine.device_tree, &node, "reg", &bytes);

    require_eq(bytes, 16);
    expect_eq(fdt_word(reg, 2), 0);
    expect_eq(fdt_word(reg, 3), 0);
}

static volatile uint32_t taken;

static void take(uint32_t intid)
{
    taken = intid;
    upcall_clear(0);
}

TEST(direct_map, a_guest_that_knows_only_its_tree_receives_an_event, IDS "S0-09 S0-10",
     WHY "interrupt from the node, page of its own, an event to itself", NEEDS "system=solo strategies=all")
{
    require_eq(events_init(), 0);
    upcall_clear(0);
    const int32_t port = evtchn_bind_ipi(0);

    require_true(port > 0 && machine.upcall_intid != 0);
    irq_init();
    irq_set_handler(machine.upcall_intid, take);
    irq_enable_source(machine.upcall_intid);
    irq_unmask();
    expect_eq(evtchn_send((uint32_t)port), 0);
    spin_until(taken != 0);
    expect_eq(taken, machine.upcall_intid);
    expect_true(event_is_pending((uint32_t)port));
}

/* ---- pages shared with the hypervisor ---- */

TEST(direct_map, shared_info_is_the_page_the_guest_named, IDS "S0-10 S0-20 S4-03",
     WHY "direct-mapped all the same: the hypervisor writes there and nowhere else", NEEDS "system=solo strategies=all")
{
    const uintptr_t page = (uintptr_t)event_page(1);

    memset((void *)(page - PAGE), 0x77, 3 * PAGE);
    require_eq(events_register_shared_info((void *)page), 0);
    const struct shared_info *const info = (const struct shared_info *)page;

    expect_true(info->wc_version != 0 && info->wc_version % 2 == 0);
    expect_eq(info->evtchn_mask[0], 0);
    expect_eq(*(uint32_t *)(page + PAGE - 4), 0); /* the whole page was zeroed */
    for (uintptr_t at = 0; at < PAGE; at += 4) {
        expect_eq(*(uint32_t *)(page - PAGE + at), 0x77777777);
        expect_eq(*(uint32_t *)(page + PAGE + at), 0x77777777);
    }
}

TEST(direct_map, event_pages_cost_no_region, IDS "S0-20", WHY "they are part of the bank: a full view takes them",
     NEEDS "system=many strategies=window,switch,auto,background")
{
    const uint32_t bank = (uint32_t)machine.bank[4].base;
    uint32_t value;

    require_eq(events_register_shared_info((void *)(uintptr_t)bank), 0);
    require_eq(events_register_vcpu_info(0, (void *)(uintptr_t)((uint32_t)machine.bank[5].base + 0x40)), 0);
    expect_eq(try_write32(bank + PAGE, 1).kind, FAULT_NONE);
    expect_eq(try_read32(bank - 4, &value).kind, FAULT_DATA);
    expect_eq(try_read32(bank + 4 * PAGE, &value).kind, FAULT_DATA);
}
