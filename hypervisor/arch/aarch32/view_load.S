/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rewrites the EL2 MPU slots of a view: 2 N + 11 or 12 instructions for N slots.
 *
 * A view of N slots takes the last N of 5 ... 15, so windows stay free above the fixed slots. The operand
 * ("image") points at or before the view's register pairs, in groups for the slots 5 ... 9 and 10 ... 15, so that
 * what one LDM loads first are the registers its code uses; the word before it says where to enter the code. What
 * is loaded in front of the first pair is not used (view.c, view_unit.h).
 *
 *   r0       image                     r1 ... r12  HPRBAR, HPRLAR of six slots
 *
 * HPRENR first disables everything but the fixed slots, with an ISB, because a region must be off while it
 * moves; each HPRLAR then enables its slot. No two enabled regions overlap at any moment. The DSB and ISB at
 * the end are what the architecture asks for before the new regions are relied on (Arm DDI 0600, C1.7.1).
 */
    .syntax unified
#include "asm_offsets.h"

.macro SLOT number, opc1, crm, odd, bar, lar
view_slot_\number:
    mcr p15, \opc1, \bar, c6, \crm, 0 + 4 * \odd
    mcr p15, \opc1, \lar, c6, \crm, 1 + 4 * \odd
    .global view_slot_\number
.endm

    .text
    .arm
    .balign 64
    .global view_load
    .type view_load, %function
view_load:
    push {r4 - r11, lr}
    mov r1, #FIXED_SLOTS_MASK
    mcr p15, 4, r1, c6, c1, 1 /* HPRENR */
    isb
    ldmia r0!, {r1 - r12}
    ldr pc, [r0, #-52]        /* image[-1] */

    SLOT 5, 4, c10, 1, r3, r4
    SLOT 6, 4, c11, 0, r5, r6
    SLOT 7, 4, c11, 1, r7, r8
    SLOT 8, 4, c12, 0, r9, r10
    SLOT 9, 4, c12, 1, r11, r12
    ldmia r0!, {r1 - r12}
    SLOT 10, 4, c13, 0, r1, r2
    SLOT 11, 4, c13, 1, r3, r4
    SLOT 12, 4, c14, 0, r5, r6
    SLOT 13, 4, c14, 1, r7, r8
    SLOT 14, 4, c15, 0, r9, r10
    SLOT 15, 4, c15, 1, r11, r12
    .global view_slot_16
view_slot_16: /* an empty view */
    dsb sy
    isb
    pop {r4 - r11, pc}
    .size view_load, . - view_load
    .ltorg

/* One slot by number, for boot and the checks. r0: slot, r1: HPRBAR, r2: HPRLAR. Caller: slot < HMPUIR, slot off. */
    .global mpu_write_slot
    .type mpu_write_slot, %function
mpu_write_slot:
    mcr p15, 4, r0, c6, c2, 1 /* HPRSELR */
    isb
    mcr p15, 4, r1, c6, c3, 0
    mcr p15, 4, r2, c6, c3, 1
    dsb sy
    isb
    bx lr
    .size mpu_write_slot, . - mpu_write_slot

/* One slot off; its base and limit stay, so no half-moved region is ever enabled. r0: slot. */
    .global mpu_disable_slot
    .type mpu_disable_slot, %function
mpu_disable_slot:
    mov r1, #0
    mcr p15, 4, r0, c6, c2, 1
    isb
    mcr p15, 4, r1, c6, c3, 1
    dsb sy
    isb
    bx lr
    .size mpu_disable_slot, . - mpu_disable_slot
