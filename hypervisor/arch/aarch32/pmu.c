/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cycle counter of this CPU, for the guests of a system that measures (fencepost,bench). Elsewhere its
 * registers trap: they count the neighbours. Arm DDI 0487 D13 (PMUv3), DDI 0568 for Armv8-R.
 */
#include "hv/arch.h"
#include "hv/console.h"
#include "trap_controls.h"

#define PMCR_E (1u << 0)        /* enable */
#define PMCR_P (1u << 1)        /* event counters to zero */
#define PMCR_C (1u << 2)        /* cycle counter to zero; D = 0: every cycle; DP = 0: at every level */
#define PMCR_LC (1u << 6)       /* overflow at 64 bits */
#define PMCCFILTR_NSH (1u << 27) /* counts at EL2; P = U = 0: at EL1 and EL0 as well */
#define PM_CYCLES (1u << 31)    /* the cycle counter in PMCNTEN, PMINTEN, PMOVS */
#define ID_DFR0_PERFMON_SHIFT 24

/* PMUv3 or later; 0xf is a PMU of the maker's own. Without one its registers are undefined, also at EL2. */
static bool has_pmu(void)
{
    const uint32_t version = READ_SYSREG(ID_DFR0) >> ID_DFR0_PERFMON_SHIFT & 0xf;

    return version >= 3 && version != 0xf;
}

/* What the numbers depend on and no guest can read. */
static void log_core_state(void)
{
    console_log("cycles cpu%u HSCTLR=%08x ATCM=%08x BTCM=%08x CTCM=%08x", arch_cpu_id(), (unsigned)READ_SYSREG(HSCTLR),
                (unsigned)READ_SYSREG(IMP_ATCMREGIONR), (unsigned)READ_SYSREG(IMP_BTCMREGIONR),
                (unsigned)READ_SYSREG(IMP_CTCMREGIONR));
}

void arch_let_guests_count_cycles(void)
{
    if (!has_pmu())
        return;
    WRITE_SYSREG(PMCNTENCLR, UINT32_MAX);
    WRITE_SYSREG(PMINTENCLR, UINT32_MAX);
    WRITE_SYSREG(PMUSERENR, 0); /* EL0 reads nothing */
    WRITE_SYSREG(PMCCFILTR, PMCCFILTR_NSH);
    WRITE_SYSREG(PMCNTENSET, PM_CYCLES);
    WRITE_SYSREG(PMCR, PMCR_E | PMCR_P | PMCR_C | PMCR_LC);
    WRITE_SYSREG(PMOVSR, UINT32_MAX);
    WRITE_SYSREG(HDCR, READ_SYSREG(HDCR) & ~HDCR_TPM); /* TPMCR stays: no guest stops it or sets it to zero there */
    arch_isb();
    log_core_state();
}
