/* SPDX-License-Identifier: Apache-2.0 */
/* vCPUs: who am I, starting and stopping others by PSCI, sleeping. */
#include "internal.h"

/* start.S cuts it into one set of stacks for each vCPU. */
uint8_t fp_stacks[FP_MAX_CPUS * FP_STACKS_SIZE] __attribute__((aligned(8), section(".bss.stacks")));

static struct cpu_start starts[FP_MAX_CPUS];

uint32_t this_cpu(void)
{
    uint32_t mpidr;

    __asm__ volatile("mrc p15, 0, %0, c0, c0, 5" : "=r"(mpidr));
    return mpidr & 0xffu;
}

int32_t psci(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
    register uint32_t r0 __asm__("r0") = function;
    register uint32_t r1 __asm__("r1") = a1;
    register uint32_t r2 __asm__("r2") = a2;
    register uint32_t r3 __asm__("r3") = a3;

    __asm__ volatile("hvc #0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : : "r12", "memory", "cc");
    return (int32_t)r0;
}

int32_t cpu_start(uint32_t cpu, void (*function)(void *), void *argument)
{
    struct cpu_start *start = &starts[cpu & (FP_MAX_CPUS - 1)];

    *start = (struct cpu_start){function, argument};
    __asm__ volatile("dsb" ::: "memory");
    return psci((uint32_t)PSCI_CPU_ON, cpu, (uint32_t)fp_secondary, (uint32_t)start);
}

bool cpu_is_off(uint32_t cpu)
{
    return psci((uint32_t)PSCI_AFFINITY_INFO, cpu, 0, 0) == PSCI_AFFINITY_OFF;
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
    __asm__ volatile("mcr p15, 0, %0, c12, c12, 7\n\tisb" ::"r"(0) : "memory"); /* ICC_IGRPEN1 */
    for (;;)
        wait_for_interrupt();
}
