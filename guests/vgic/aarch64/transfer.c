/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An access to an emulated register names the core register by its number. Each is loaded and stored; a load of 32 bits
 * leaves the upper half zero.
 */
#include "../gic.h"

enum { INTID_READ = 4, INTID_WRITE = 8, LOADED = 0x08305078, STORED = 0x70181828, NR_TRANSFERS = 31 };

struct transfer {
    const volatile void *from;
    volatile void *to;
    uint64_t stored, loaded; /* in, out */
};

/* By way of four other registers. */
#define TRANSFER(n, a, b, c, d)                                                       \
    static void transfer_##n(void *argument)                                          \
    {                                                                                 \
        struct transfer *const t = argument;                                          \
        register uintptr_t from __asm__("x" #a) = (uintptr_t)t->from;                 \
        register uintptr_t to __asm__("x" #b) = (uintptr_t)t->to;                     \
        register uint64_t stored __asm__("x" #c) = t->stored;                         \
        register uint64_t kept __asm__("x" #d);                                       \
                                                                                      \
        __asm__ volatile("mov %3, x" #n "\n\t"                                        \
                         "mov x" #n ", %2\n\tstr w" #n ", [%1]\n\t"                   \
                         "ldr w" #n ", [%0]\n\tmov %2, x" #n "\n\t"                   \
                         "mov x" #n ", %3"                                            \
                         : "+r"(from), "+r"(to), "+r"(stored), "=&r"(kept)            \
                         :                                                            \
                         : "memory");                                                 \
        t->loaded = stored;                                                           \
    }

#define HIGH(n) TRANSFER(n, 0, 1, 2, 3)
#define LOW(n) TRANSFER(n, 4, 5, 6, 7)

LOW(0) LOW(1) LOW(2) LOW(3) HIGH(4) HIGH(5) HIGH(6) HIGH(7) HIGH(8) HIGH(9) HIGH(10) HIGH(11) HIGH(12) HIGH(13) HIGH(14) HIGH(15)
HIGH(16) HIGH(17) HIGH(18) HIGH(19) HIGH(20) HIGH(21) HIGH(22) HIGH(23) HIGH(24) HIGH(25) HIGH(26) HIGH(27) HIGH(28) HIGH(29)
HIGH(30)

static void (*const transfers[NR_TRANSFERS])(void *) = {
    transfer_0, transfer_1, transfer_2, transfer_3, transfer_4, transfer_5, transfer_6, transfer_7,
    transfer_8, transfer_9, transfer_10, transfer_11, transfer_12, transfer_13, transfer_14, transfer_15,
    transfer_16, transfer_17, transfer_18, transfer_19, transfer_20, transfer_21, transfer_22, transfer_23,
    transfer_24, transfer_25, transfer_26, transfer_27, transfer_28, transfer_29, transfer_30,
};

static uint32_t pattern(uint32_t base, uint32_t n)
{
    return (base + n * 0x08080808u) & 0xf8f8f8f8u;
}

/* `run` has the call's own way: at EL1 or EL0. */
static void transfer_all(struct fault (*run)(void (*)(void *), void *))
{
    for (uint32_t n = 0; n < NR_TRANSFERS; n++) {
        struct transfer t = {.from = sgi_frame(0, GIC_IPRIORITYR + INTID_READ),
                             .to = sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE),
                             .stored = 0xeeeeeeee00000000ull | pattern(STORED, n)};

        *sgi_frame(0, GIC_IPRIORITYR + INTID_READ) = pattern(LOADED, n);
        *sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE) = ~0u;
        expect_eq(run(transfers[n], &t).kind, FAULT_NONE);
        if (t.loaded != pattern(LOADED, n) || *sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE) != pattern(STORED, n))
            fail_("x%u: loaded 0x%lx for 0x%x, stored 0x%x for 0x%x", n, t.loaded, pattern(LOADED, n),
                  *sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE), pattern(STORED, n));
    }
}

TEST(vgic, every_core_register_can_be_transferred, IDS "S0-08", WHY "the hypervisor finds it by its number", NEEDS "system=solo")
{
    transfer_all(fault_catch);
}

TEST(vgic, every_core_register_can_be_transferred_at_el0, IDS "S0-08", WHY "with the EL1 MMU off a process reaches the device, too",
     NEEDS "system=solo")
{
    transfer_all(fault_catch_el0);
}

TEST(vgic, the_zero_register_can_be_transferred, IDS "S0-08", WHY "number 31 is no register to read or change", NEEDS "system=solo")
{
    volatile uint32_t *const at = sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE);
    uint64_t sp_before, sp_after;

    *at = ~0u;
    __asm__ volatile("mov %0, sp\n\tstr wzr, [%2]\n\tldr wzr, [%2]\n\tmov %1, sp"
                     : "=&r"(sp_before), "=r"(sp_after) : "r"(at) : "memory");
    expect_eq(*at, 0);
    expect_eq(sp_before, sp_after);
}
