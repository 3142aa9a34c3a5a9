/* SPDX-License-Identifier: Apache-2.0 */
/* Widths of access to registers of the GIC that only an instruction made for it has. */
#include "../gic.h"

TEST(vgic, a_register_answers_only_in_its_sizes, IDS "S0-08", WHY "the architecture leaves others undefined",
     NEEDS "system=solo")
{
    enum { LDRH_R0_R1 = (int)0xe1d100b0, STRH_R0_R1 = (int)0xe1c100b0 };
    uintptr_t registers[4] = {0, machine.gicd + GIC_ISENABLER, 0, 0};
    uint8_t byte;

    expect_eq(try_read8(machine.gicd + GIC_ISENABLER, &byte).kind, FAULT_DATA);
    expect_eq(try_write8(machine.gicd + GICD_CTLR, 2).kind, FAULT_DATA);
    expect_eq(try_instruction((uint32_t)LDRH_R0_R1, registers).kind, FAULT_DATA);
    registers[1] = machine.gicr + GICR_SGI_FRAME + GIC_IPRIORITYR;
    expect_eq(try_instruction((uint32_t)STRH_R0_R1, registers).kind, FAULT_DATA);
    expect_eq(try_read8(machine.gicr + GICR_SGI_FRAME + GIC_IPRIORITYR + 3, &byte).kind, FAULT_NONE);
}

TEST(vgic, an_access_with_a_byte_load_extends_its_sign, IDS "S0-08", WHY "the trap has to finish the instruction",
     NEEDS "system=solo")
{
    enum { LDRSB_R0_R1 = (int)0xe1d100d0 };
    uintptr_t registers[4] = {0, machine.gicr + GICR_SGI_FRAME + GIC_IPRIORITYR + 7, 0, 0};

    *priority_byte(0, 7) = 0x80;
    expect_eq(try_instruction((uint32_t)LDRSB_R0_R1, registers).kind, FAULT_NONE);
    expect_eq(registers[0], 0xffffff80);
}
