// SPDX-License-Identifier: Apache-2.0
/*
 * vPL011: domains that ask for one see it where the UART is that the board names, with that UART's last SPI. The
 * UART itself then belongs to nobody.
 */
#include "model.h"

#include "diag.h"
#include "hv/vgic_state.h"

enum { GIC_SPI_TYPE = 0, IRQ_CELLS = 3 };

static const char *const stand_in = "fencepost,vpl011";

/* The UART's node, or < 0 after an error. */
static int find_uart(const struct system *system, const struct domain *domain)
{
    int own = fdt_path_offset(system->fdt, "/fencepost");
    uint32_t phandle = 0;
    int uart = -1;

    if (own >= 0 && tree_has(system->fdt, own, stand_in) && tree_read_u32(system->fdt, own, stand_in, &phandle))
        uart = fdt_node_offset_by_phandle(system->fdt, phandle);
    if (uart < 0)
        diag_error(domain->path, "vpl011", "the board names no UART that it could stand in for (/fencepost: %s)",
                   stand_in);
    return uart;
}

static void read_window(struct system *system, int uart)
{
    struct span reg[8];

    if (board_read_reg(system->fdt, uart, reg, ARRAY_SIZE(reg)) < 1)
        reg[0] = (struct span){0, 0};
    if (reg[0].limit - reg[0].base < PAGE_SIZE || reg[0].base % PAGE_SIZE != 0 || reg[0].limit > UINT64_C(1) << 32)
        diag_error(tree_path(system->fdt, uart), "reg",
                   SPAN_FORMAT ": vPL011 needs at least 4 KiB, on 4 KiB and below 2^32", SPAN_VALUES(reg[0]));
    else
        system->vuart.window = (struct span){reg[0].base, reg[0].base + PAGE_SIZE};
}

/* The last one: where a UART has several, the combined one stands behind the others. */
static void read_spi(struct system *system, int uart)
{
    int length = 0;
    const fdt32_t *data = fdt_getprop(system->fdt, uart, "interrupts", &length);

    for (int at = 0; data && at + IRQ_CELLS <= length / 4; at += IRQ_CELLS)
        if (tree_number(data + at, 1) == GIC_SPI_TYPE && tree_number(data + at + 1, 1) < VGIC_NR_SPIS)
            system->vuart.intid = VGIC_FIRST_SPI + (uint32_t)tree_number(data + at + 1, 1);
    if (system->vuart.intid == 0)
        diag_error(tree_path(system->fdt, uart), "interrupts", "no SPI below %d: vPL011 needs one", VGIC_NR_SPIS);
}

static void check_domain(const struct system *system, const struct domain *domain)
{
    uint32_t nr_spis;
    const uint32_t least = system->vuart.intid - VGIC_FIRST_SPI + 1;

    for (unsigned i = 0; i < domain->nr_irqs; i++)
        if (domain->irqs[i].intid == system->vuart.intid)
            diag_error(domain->path, "interrupts", "INTID %u belongs to vPL011", system->vuart.intid);
    if ((domain->flags & DOMAIN_VPL011) && tree_read_u32(system->fdt, domain->node, "nr_spis", &nr_spis) &&
        nr_spis < least)
        diag_error(domain->path, "nr_spis", "<%u>: must be at least %u, vPL011 has INTID %u", nr_spis, least,
                   system->vuart.intid);
}

void vuart_read(struct system *system)
{
    const struct domain *first = NULL;
    int uart;

    for (unsigned i = system->nr_domains; i-- > 0;) {
        struct domain *domain = &system->domains[i];

        if (!tree_read_flag(system->fdt, domain->node, "vpl011"))
            continue;
        domain->flags |= DOMAIN_VPL011;
        first = domain;
    }
    uart = first ? find_uart(system, first) : -1;
    if (uart < 0)
        return;
    system->vuart.node = uart;
    read_window(system, uart);
    read_spi(system, uart);
    for (unsigned i = 0; i < system->nr_domains && system->vuart.intid != 0; i++)
        check_domain(system, &system->domains[i]);
    for (unsigned i = 0; i < system->nr_domains; i++)
        system->domains[i].vuart_intid =
            system->domains[i].flags & DOMAIN_DIRECT_MAP ? system->vuart.intid : GUEST_VUART_INTID;
}
