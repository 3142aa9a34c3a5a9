/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An access to an emulated register names the core register by its number; which one that is depends on the mode.
 * Each register that has banks is loaded and stored in each mode, and no other may change.
 */
#include "../gic.h"

enum { INTID_READ = 4, INTID_WRITE = 8, KEPT_BITS = 0xf8f8f8f8 };

struct transfer {
    const volatile void *from;
    volatile void *to;
    uint32_t loaded, stored; /* out, in */
};

typedef void transfer_fn(void *transfer);

/* Loads and stores in a mode, by way of unbanked registers alone. Interrupts are masked. */
#define IN_MODE(mode, enter, leave, reg)                                              \
    static void mode##_##reg(void *argument)                                          \
    {                                                                                 \
        struct transfer *const t = argument;                                          \
        register uint32_t from __asm__("r0") = (uint32_t)t->from;                     \
        register uint32_t to __asm__("r1") = (uint32_t)t->to;                         \
        register uint32_t loaded __asm__("r2");                                       \
        register uint32_t stored __asm__("r3") = t->stored;                           \
                                                                                      \
        __asm__ volatile(enter "mov r5, " #reg "\n\t"                                 \
                         "mov " #reg ", %3\n\tstr " #reg ", [%2]\n\t"                 \
                         "ldr " #reg ", [%1]\n\tmov %0, " #reg "\n\t"                 \
                         "mov " #reg ", r5\n\t" leave                                 \
                         : "=&r"(loaded) : "r"(from), "r"(to), "r"(stored)            \
                         : "r4", "r5", "memory");                                     \
        t->loaded = loaded;                                                           \
    }

#define PRIVILEGED(mode, number, reg) \
    IN_MODE(mode, "mrs r4, cpsr\n\tcps #" #number "\n\t", "msr cpsr_c, r4\n\t", reg)
#define SP_AND_LR(mode, number) PRIVILEGED(mode, number, sp) PRIVILEGED(mode, number, lr)

SP_AND_LR(svc, 0x13) SP_AND_LR(abt, 0x17) SP_AND_LR(und, 0x1b) SP_AND_LR(irq, 0x12) SP_AND_LR(sys, 0x1f)
SP_AND_LR(fiq, 0x11) PRIVILEGED(fiq, 0x11, r7) PRIVILEGED(fiq, 0x11, r8) PRIVILEGED(fiq, 0x11, r9)
PRIVILEGED(fiq, 0x11, r10) PRIVILEGED(fiq, 0x11, r11) PRIVILEGED(fiq, 0x11, r12)
PRIVILEGED(svc, 0x13, r7) PRIVILEGED(svc, 0x13, r8) PRIVILEGED(svc, 0x13, r9) PRIVILEGED(svc, 0x13, r10)
PRIVILEGED(svc, 0x13, r12)
IN_MODE(usr, "", "", sp) IN_MODE(usr, "", "", lr) IN_MODE(usr, "", "", r8) IN_MODE(usr, "", "", r12)

static uint32_t pattern(uint32_t n)
{
    return (0x08305078u + n * 0x18081828u) & KEPT_BITS;
}

static struct transfer new_transfer(uint32_t n)
{
    const struct transfer t = {.from = sgi_frame(0, GIC_IPRIORITYR + INTID_READ), .stored = pattern(n + 1),
                               .to = sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE)};

    *sgi_frame(0, GIC_IPRIORITYR + INTID_READ) = pattern(n);
    *sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE) = ~0u;
    return t;
}

static void expect_transferred(const struct transfer *t, const char *name, uint32_t n)
{
    if (t->loaded != pattern(n) || *sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE) != pattern(n + 1))
        fail_("%s: loaded %x for %x, stored %x for %x", name, t->loaded, pattern(n),
              *sgi_frame(0, GIC_IPRIORITYR + INTID_WRITE), pattern(n + 1));
}

TEST(vgic, a_register_of_any_mode_can_be_transferred, IDS "S0-08", WHY "the hypervisor finds the bank by the mode",
     NEEDS "system=solo")
{
    static const struct { transfer_fn *run; const char *name; } all[] = {
        {svc_sp, "sp_svc"}, {svc_lr, "lr_svc"}, {abt_sp, "sp_abt"}, {abt_lr, "lr_abt"}, {und_sp, "sp_und"},
        {und_lr, "lr_und"}, {irq_sp, "sp_irq"}, {irq_lr, "lr_irq"}, {sys_sp, "sp_usr"}, {sys_lr, "lr_usr"},
        {fiq_sp, "sp_fiq"}, {fiq_lr, "lr_fiq"}, {fiq_r7, "r7"}, {fiq_r8, "r8_fiq"}, {fiq_r9, "r9_fiq"},
        {fiq_r10, "r10_fiq"}, {fiq_r11, "r11_fiq"}, {fiq_r12, "r12_fiq"}, {svc_r7, "r7"}, {svc_r8, "r8"},
        {svc_r9, "r9"}, {svc_r10, "r10"}, {svc_r12, "r12"},
    };

    for (uint32_t n = 0; n < sizeof(all) / sizeof(*all); n++) {
        struct transfer t = new_transfer(n);

        all[n].run(&t);
        expect_transferred(&t, all[n].name, n);
    }
}

TEST(vgic, a_register_of_user_mode_can_be_transferred, IDS "S0-08", WHY "without an EL1 MPU EL0 reaches the device, too",
     NEEDS "system=solo")
{
    static const struct { transfer_fn *run; const char *name; } all[] = {
        {usr_sp, "sp"}, {usr_lr, "lr"}, {usr_r8, "r8"}, {usr_r12, "r12"},
    };

    for (uint32_t n = 0; n < sizeof(all) / sizeof(*all); n++) {
        struct transfer t = new_transfer(n);

        expect_eq(fault_catch_el0(all[n].run, &t).kind, FAULT_NONE);
        expect_transferred(&t, all[n].name, n);
    }
}
