/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cycle counter of this CPU, for the guests of a system that measures (fencepost,bench). Elsewhere its
 * registers trap: they count the neighbours. Arm DDI 0487 D13 (PMUv3).
 */
#include "hv/arch.h"
#include "hv/console.h"
#include "trap_controls.h"

#define PMCR_E (1u << 0)         /* enable */
#define PMCR_P (1u << 1)         /* event counters to zero */
#define PMCR_C (1u << 2)         /* cycle counter to zero; D = 0: every cycle; DP = 0: at every level */
#define PMCR_LC (1u << 6)        /* overflow at 64 bits */
#define PMCCFILTR_NSH (1u << 27) /* counts at EL2; P = U = 0: at EL1 and EL0 as well */
#define PM_CYCLES (1u << 31)     /* the cycle counter in PMCNTEN, PMINTEN, PMOVS */

/* PMUv3; 0xf is a PMU of the maker's own. Without one its registers are undefined, also at EL2. */
static bool has_pmu(void)
{
    const uint64_t version = READ_SYSREG(id_aa64dfr0_el1) >> 8 & 0xf;

    return version != 0 && version != 0xf;
}

void arch_let_guests_count_cycles(void)
{
    if (!has_pmu())
        return;
    WRITE_SYSREG(pmcntenclr_el0, UINT32_MAX);
    WRITE_SYSREG(pmintenclr_el1, UINT32_MAX);
    WRITE_SYSREG(pmuserenr_el0, 0); /* EL0 reads nothing */
    WRITE_SYSREG(pmccfiltr_el0, PMCCFILTR_NSH);
    WRITE_SYSREG(pmcntenset_el0, PM_CYCLES);
    WRITE_SYSREG(pmcr_el0, PMCR_E | PMCR_P | PMCR_C | PMCR_LC);
    WRITE_SYSREG(pmovsclr_el0, UINT32_MAX);
    WRITE_SYSREG(mdcr_el2, READ_SYSREG(mdcr_el2) & ~MDCR_TPM); /* TPMCR stays: no guest stops it or sets it to zero there */
    arch_isb();
    console_log("cycles cpu%u SCTLR_EL2=%08x", arch_cpu_id(), (unsigned)READ_SYSREG(sctlr_el2));
}
