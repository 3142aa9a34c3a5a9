/* SPDX-License-Identifier: Apache-2.0 */
/* vCPUs: who am I, starting and stopping others by PSCI, sleeping. */
#include "internal.h"
#include "sysreg.h"

/* start.S cuts it into one set of stacks for each vCPU. */
uint8_t fp_stacks[FP_MAX_CPUS * FP_STACKS_SIZE] __attribute__((aligned(16), section(".bss.stacks")));

static struct cpu_start starts[FP_MAX_CPUS];

uint32_t this_cpu(void)
{
    return sysreg_affinity();
}

int32_t cpu_start(uint32_t cpu, void (*function)(void *), void *argument)
{
    struct cpu_start *start = &starts[cpu & (FP_MAX_CPUS - 1)];

    *start = (struct cpu_start){function, argument};
    __asm__ volatile("dsb sy" ::: "memory");
    return psci(PSCI_CPU_ON_NATIVE, cpu, (uintptr_t)fp_secondary, (uintptr_t)start);
}

bool cpu_is_off(uint32_t cpu)
{
    return psci(PSCI_AFFINITY_INFO_NATIVE, cpu, 0, 0) == PSCI_AFFINITY_OFF;
}

void cpu_off(void)
{
    psci((uint32_t)PSCI_CPU_OFF, 0, 0, 0);
    idle_for_ever();
}

void fp_secondary_main(const struct cpu_start *start)
{
    start->function(start->argument);
    cpu_off();
}

/* A pending interrupt ends WFI even when it is masked, so the CPU interface is closed too. */
void idle_for_ever(void)
{
    irq_mask();
    icc_write_igrpen1(0);
    for (;;)
        wait_for_interrupt();
}
