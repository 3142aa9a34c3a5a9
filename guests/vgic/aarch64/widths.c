/* SPDX-License-Identifier: Apache-2.0 */
/* Widths of access to registers of the GIC that only an instruction made for it has. */
#include "../gic.h"

/* x1 is the address, x0 the value. */
enum { LDRH = 0x79400020, STRH = 0x79000020, LDRSB_W = 0x39c00020 };
#define LDR_X 0xf9400020u
#define STR_X 0xf9000020u
#define LDRSB_X 0x39800020u
#define LDRSW_X 0xb9800020u

enum { LAST = 1 << 4 };

static struct fault access_with(uint32_t instruction, volatile void *at, uint64_t *value)
{
    uintptr_t registers[4] = {*value, (uintptr_t)at, 0, 0};
    const struct fault fault = try_instruction(instruction, registers);

    *value = registers[0];
    return fault;
}

static void expect_value(uint32_t instruction, volatile void *at, uint64_t wanted)
{
    uint64_t value = 0x5555555555555555ull;

    expect_eq(access_with(instruction, at, &value).kind, FAULT_NONE);
    expect_eq(value, wanted);
}

static void expect_abort(uint32_t instruction, volatile void *at)
{
    uint64_t value = 0;
    const struct fault fault = access_with(instruction, at, &value);

    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.far, (uintptr_t)at);
    expect_eq(value, 0);
}

TEST(vgic, a_register_answers_only_in_its_sizes, IDS "S0-08", WHY "the architecture leaves others undefined",
     NEEDS "system=solo")
{
    uint8_t byte;

    expect_eq(try_read8((uintptr_t)gicd(GIC_ISENABLER), &byte).kind, FAULT_DATA);
    expect_eq(try_write8((uintptr_t)gicd(GICD_CTLR), 2).kind, FAULT_DATA);
    expect_abort(LDRH, gicd(GIC_ISENABLER));
    expect_abort(STRH, sgi_frame(0, GIC_IPRIORITYR));
    expect_abort(LDR_X, sgi_frame(0, GIC_ISENABLER));
    expect_abort(STR_X, sgi_frame(0, GIC_IPRIORITYR));
    expect_abort(LDR_X, gicr(0, GICR_WAKER - 4));
    expect_eq(try_read8((uintptr_t)priority_byte(0, 3), &byte).kind, FAULT_NONE);
}

TEST(vgic, a_load_extends_what_it_read, IDS "S0-08", WHY "the trap has to finish the instruction", NEEDS "system=solo")
{
    *priority_byte(0, 7) = 0x80;
    expect_value(LDRSB_X, priority_byte(0, 7), 0xffffffffffffff80);
    expect_value(LDRSW_X, sgi_frame(0, GIC_IPRIORITYR + 4), 0xffffffff80000000);
    *priority_byte(0, 7) = 0x70;
    expect_value(LDRSB_X, priority_byte(0, 7), 0x70);
    expect_value(LDRSW_X, sgi_frame(0, GIC_IPRIORITYR + 4), 0x70000000);
}

TEST(vgic, a_signed_load_of_32_bits_leaves_the_upper_half_zero, IDS "S0-08", WHY "that half is zero after any access of a W register",
     NEEDS "system=solo")
{
    *priority_byte(0, 7) = 0x80;
    expect_value(LDRSB_W, priority_byte(0, 7), 0xffffff80);
}

TEST(vgic, a_64_bit_load_reads_both_halves_of_the_type_register, IDS "S0-08", WHY "Linux finds its redistributor by the upper one",
     NEEDS "system=smp-dom")
{
    expect_value(LDR_X, gicr(0, GICR_TYPER), 0);
    expect_value(LDR_X, gicr(1, GICR_TYPER), 1ull << 32 | 1 << 8 | LAST);
    expect_value(LDRSW_X, gicr(1, GICR_TYPER + 4), 1);
}

TEST(vgic, a_64_bit_access_of_a_route_nobody_owns_is_ignored, IDS "S0-08", WHY "Linux writes all of them", NEEDS "system=solo")
{
    uint64_t route = ~0ull;

    expect_eq(access_with(STR_X, gicd(GICD_IROUTER + 8 * 40), &route).kind, FAULT_NONE);
    expect_value(LDR_X, gicd(GICD_IROUTER + 8 * 40), 0);
}

TEST(vgic, an_access_of_two_registers_is_an_abort, IDS "S0-08", WHY "no syndrome: nobody emulates it", NEEDS "system=solo")
{
    enum { LDP_W0_W2 = 0x29400820, STP_W0_W2 = 0x29000820 };

    *sgi_frame(0, GIC_IPRIORITYR) = 0x10203040;
    expect_abort(LDP_W0_W2, sgi_frame(0, GIC_IPRIORITYR));
    expect_abort(STP_W0_W2, sgi_frame(0, GIC_IPRIORITYR));
    expect_eq(*sgi_frame(0, GIC_IPRIORITYR), 0x10203040);
}
