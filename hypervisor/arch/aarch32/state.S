/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block moves of lazily switched state. The EL1 MPU is off or belongs to a vCPU that does not run, so its
 * regions may pass through any combination on the way.
 */
    .syntax unified
    .text
    .arm
    .fpu neon-fp-armv8

/* PRBAR and PRLAR of two regions: direct encodings n and n + 1 share CRm. */
.macro READ_PAIR crm, a, b, c, d
    mrc p15, 0, \a, c6, \crm, 0
    mrc p15, 0, \b, c6, \crm, 1
    mrc p15, 0, \c, c6, \crm, 4
    mrc p15, 0, \d, c6, \crm, 5
.endm

.macro WRITE_PAIR crm, a, b, c, d
    mcr p15, 0, \a, c6, \crm, 0
    mcr p15, 0, \b, c6, \crm, 1
    mcr p15, 0, \c, c6, \crm, 4
    mcr p15, 0, \d, c6, \crm, 5
.endm

/* r0: struct mpu_el1_state */
    .global mpu_el1_save
    .type mpu_el1_save, %function
mpu_el1_save:
    push {r4 - r8, lr}
    mrc p15, 0, r1, c10, c2, 0 /* MAIR0, MAIR1, PRSELR */
    mrc p15, 0, r2, c10, c2, 1
    mrc p15, 0, r3, c6, c2, 1
    mov r4, #0
    stmia r0!, {r1 - r4}
    .irp crm, c8, c10, c12, c14
    READ_PAIR \crm, r1, r2, r3, r4
    .ifc \crm, c8
    READ_PAIR c9, r5, r6, r7, r8
    .endif
    .ifc \crm, c10
    READ_PAIR c11, r5, r6, r7, r8
    .endif
    .ifc \crm, c12
    READ_PAIR c13, r5, r6, r7, r8
    .endif
    .ifc \crm, c14
    READ_PAIR c15, r5, r6, r7, r8
    .endif
    stmia r0!, {r1 - r8}
    .endr
    pop {r4 - r8, pc}
    .size mpu_el1_save, . - mpu_el1_save

    .global mpu_el1_load
    .type mpu_el1_load, %function
mpu_el1_load:
    push {r4 - r8, lr}
    ldmia r0!, {r1 - r4}
    mcr p15, 0, r1, c10, c2, 0
    mcr p15, 0, r2, c10, c2, 1
    mcr p15, 0, r3, c6, c2, 1
    .irp crm, c8, c10, c12, c14
    ldmia r0!, {r1 - r8}
    WRITE_PAIR \crm, r1, r2, r3, r4
    .ifc \crm, c8
    WRITE_PAIR c9, r5, r6, r7, r8
    .endif
    .ifc \crm, c10
    WRITE_PAIR c11, r5, r6, r7, r8
    .endif
    .ifc \crm, c12
    WRITE_PAIR c13, r5, r6, r7, r8
    .endif
    .ifc \crm, c14
    WRITE_PAIR c15, r5, r6, r7, r8
    .endif
    .endr
    dsb sy /* before the new regions are relied on; the exception return is the ISB */
    pop {r4 - r8, pc}
    .size mpu_el1_load, . - mpu_el1_load

/* r0: struct fp_state. FPEXC.EN is on while the registers move and afterwards what the vCPU had. */
    .global fp_save
    .type fp_save, %function
fp_save:
    vmrs r2, fpexc
    orr r3, r2, #(1 << 30)
    vmsr fpexc, r3
    vmrs r1, fpscr
    vstmia r0!, {d0 - d15}
    vstmia r0!, {d16 - d31}
    stmia r0, {r1, r2}
    bx lr
    .size fp_save, . - fp_save

    .global fp_load
    .type fp_load, %function
fp_load:
    mov r3, #(1 << 30)
    vmsr fpexc, r3
    vldmia r0!, {d0 - d15}
    vldmia r0!, {d16 - d31}
    ldmia r0, {r1, r2}
    vmsr fpscr, r1
    vmsr fpexc, r2
    bx lr
    .size fp_load, . - fp_load
