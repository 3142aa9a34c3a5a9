/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of EL2: undefined at the guest's own vector, and nothing changes. */
#include "../instructions.h"

#define BOTH(name, opc1, crn, crm, opc2) \
    {"MRC " name, A32_MRC(15, opc1, crn, crm, opc2)}, {"MCR " name, A32_MCR(15, opc1, crn, crm, opc2)}

static const struct instruction mpu_registers[] = {
    BOTH("HPRENR", 4, 6, 1, 1),    BOTH("HPRSELR", 4, 6, 2, 1),   BOTH("HPRBAR", 4, 6, 3, 0),
    BOTH("HPRLAR", 4, 6, 3, 1),    BOTH("HPRBAR0", 4, 6, 8, 0),   BOTH("HPRLAR0", 4, 6, 8, 1),
    BOTH("HPRBAR1", 4, 6, 8, 4),   BOTH("HPRLAR1", 4, 6, 8, 5),   BOTH("HPRBAR8", 4, 6, 12, 0),
    BOTH("HPRLAR8", 4, 6, 12, 1),  BOTH("HPRBAR15", 4, 6, 15, 4), BOTH("HPRLAR15", 4, 6, 15, 5),
    BOTH("HPRBAR16", 5, 6, 8, 0),  BOTH("HPRLAR16", 5, 6, 8, 1),  BOTH("HMPUIR", 4, 0, 0, 4),
    BOTH("HMAIR0", 4, 10, 2, 0),   BOTH("HMAIR1", 4, 10, 2, 1),
};

static const struct instruction control_registers[] = {
    BOTH("HSCTLR", 4, 1, 0, 0), BOTH("HACTLR", 4, 1, 0, 1),  BOTH("HCR", 4, 1, 1, 0),    BOTH("HDCR", 4, 1, 1, 1),
    BOTH("HCPTR", 4, 1, 1, 2),  BOTH("HSTR", 4, 1, 1, 3),    BOTH("HCR2", 4, 1, 1, 4),   BOTH("VSCTLR", 4, 2, 0, 0),
    BOTH("HVBAR", 4, 12, 0, 0), BOTH("HSR", 4, 5, 2, 0),     BOTH("HDFAR", 4, 6, 0, 0),  BOTH("HIFAR", 4, 6, 0, 2),
    BOTH("HPFAR", 4, 6, 0, 4),  BOTH("HTPIDR", 4, 13, 0, 2), BOTH("VPIDR", 4, 0, 0, 0),  BOTH("VMPIDR", 4, 0, 0, 5),
};

static const struct instruction timer_registers[] = {
    BOTH("CNTHCTL", 4, 14, 1, 0),         BOTH("CNTHP_CTL", 4, 14, 2, 1),       BOTH("CNTHP_TVAL", 4, 14, 2, 0),
    {"MRRC CNTHP_CVAL", A32_MRRC(15, 6, 14)}, {"MCRR CNTHP_CVAL", A32_MCRR(15, 6, 14)},
    {"MRRC CNTVOFF", A32_MRRC(15, 4, 14)},    {"MCRR CNTVOFF", A32_MCRR(15, 4, 14)},
};

static const struct instruction gic_registers[] = {
    BOTH("ICC_HSRE", 4, 12, 9, 5),  BOTH("ICH_HCR", 4, 12, 11, 0),  {"MRC ICH_VTR", A32_MRC(15, 4, 12, 11, 1)},
    BOTH("ICH_VMCR", 4, 12, 11, 7), BOTH("ICH_LR0", 4, 12, 12, 0),  BOTH("ICH_LRC0", 4, 12, 14, 0),
    BOTH("ICH_LR3", 4, 12, 12, 3),  BOTH("ICH_LRC3", 4, 12, 14, 3), BOTH("ICH_AP1R0", 4, 12, 9, 0),
};

TEST(isolation, the_el2_mpu_is_undefined_for_el1, IDS "S4-23", WHY "one region more and the guest is out",
     NEEDS "strategies=all")
{
    expect_all_undefined(mpu_registers, COUNT_OF(mpu_registers));
}

TEST(isolation, control_registers_of_el2_are_undefined_for_el1, IDS "S4-23",
     WHY "HCR.VM is the only thing between a guest and all memory", NEEDS "strategies=all")
{
    expect_all_undefined(control_registers, COUNT_OF(control_registers));
}

TEST(isolation, timers_of_el2_are_undefined_for_el1, IDS "S4-23", WHY "the time slice hangs on them", NEEDS "")
{
    expect_all_undefined(timer_registers, COUNT_OF(timer_registers));
}

TEST(isolation, the_virtual_interrupt_control_is_undefined_for_el1, IDS "S4-23",
     WHY "a list register with the HW bit deactivates physical interrupts", NEEDS "")
{
    expect_all_undefined(gic_registers, COUNT_OF(gic_registers));
}

TEST(isolation, banked_registers_of_hyp_mode_are_undefined_for_el1, IDS "S4-23", WHY "they hold the hypervisor's stack",
     NEEDS "")
{
    static const struct instruction list[] = {
        {"MRS ELR_hyp", A32_MRS_BANKED(1, 14)},        {"MSR ELR_hyp", A32_MSR_BANKED(1, 14)},
        {"MRS SP_hyp", A32_MRS_BANKED(1, 15)},         {"MSR SP_hyp", A32_MSR_BANKED(1, 15)},
        {"MRS SPSR_hyp", A32_MRS_BANKED(1, 14) | 1u << 22},
    };

    expect_all_undefined(list, COUNT_OF(list));
}

static uint32_t mode_now(void)
{
    uint32_t cpsr;

    __asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
    return cpsr & 0x1fu;
}

TEST(isolation, a_mode_change_to_hyp_is_refused, IDS "S4-23", WHY "CPS, MSR and an exception return all name a mode",
     NEEDS "")
{
    static const struct instruction ways[] = {
        {"CPS #0x1a", 0xf102001au},
        {"CPS #0x16", 0xf1020016u}, /* Monitor mode, which does not exist here */
    };
    uint32_t hyp = (mode_now() & ~0x1fu) | 0x1dau;

    for (uint32_t i = 0; i < COUNT_OF(ways); i++) {
        expect_contained(&ways[i], 0);
        expect_eq(mode_now(), 0x13);
    }
    const struct instruction msr = {"MSR CPSR_c, r0", 0xe121f000u};

    expect_contained(&msr, hyp);
    expect_eq(mode_now(), 0x13);
    still_well();
}

static void return_to_hyp(void *unused)
{
    uint32_t link;

    (void)unused;
    __asm__ volatile("msr spsr_cxsf, %1\n\t"
                     "adr %0, 1f\n\t"
                     "movs pc, %0\n"
                     "1:"
                     : "=&r"(link)
                     : "r"(0x1dau)
                     : "memory", "cc");
}

TEST(isolation, an_exception_return_to_hyp_mode_is_refused, IDS "S4-23", WHY "the saved mode is guest data", NEEDS "")
{
    fault_catch(return_to_hyp, NULL);
    expect_eq(mode_now(), 0x13);
    still_well();
}
