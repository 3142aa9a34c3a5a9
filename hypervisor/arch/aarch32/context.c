/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AArch32 vCPU: reset state, registers by number, exceptions we inject, and the dump.
 */
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/trap.h"
#include "hv/vcpu.h"
#include "hv/vgic.h"
#include "lazy.h"
#include "trap_controls.h"

enum {
    MODE_MASK = 0x1f,
    MODE_USR = 0x10,
    MODE_FIQ = 0x11,
    MODE_IRQ = 0x12,
    MODE_SVC = 0x13,
    MODE_ABT = 0x17,
    MODE_UND = 0x1b,
    MODE_SYS = 0x1f,

    PSR_T = 1 << 5,
    PSR_F = 1 << 6,
    PSR_I = 1 << 7,
    PSR_A = 1 << 8,
    PSR_E = 1 << 9,
    PSR_Z = 1 << 30,
    PSR_KEPT = (int)0xf80f0000, /* NZCVQ and GE */

    SCTLR_RESET = 0x30c50838 & ~0x1005, /* as the core resets: EL1 MPU and caches off */
    SCTLR_V = 1 << 13,
    SCTLR_EE = 1 << 25,
    SCTLR_TE = 1 << 30,

    VECTOR_UNDEFINED = 0x04,
    VECTOR_PREFETCH = 0x0c,
    VECTOR_DATA = 0x10,

    FSR_TRANSLATION = 0x204, /* LPAE format, translation fault level 0: what an MPU says for "no region" */
    DFSR_WNR = 1 << 11,
};

void arch_vcpu_reset(struct vcpu *v, reg_t entry, reg_t a0, reg_t a1, reg_t a2)
{
    struct vcpu_context *const ctx = &v->ctx;
    uint32_t *word = (uint32_t *)ctx, *const end = (uint32_t *)(ctx + 1), *const blocks = word + sizeof(*ctx) / 32 * 8;

    arch_zero_words(word, blocks);
    for (word = blocks; word < end; word++)
        *word = 0;
    lazy_forget(v);
    ctx->r0_r3[0] = a0;
    ctx->r0_r3[1] = a1;
    ctx->r0_r3[2] = a2;
    ctx->pc = entry & ~1u;
    ctx->cpsr = MODE_SVC | PSR_A | PSR_I | PSR_F | PSR_Z | (entry & 1 ? PSR_T : 0);
    ctx->spsr_svc = ctx->spsr_abt = ctx->spsr_und = ctx->spsr_irq = ctx->spsr_fiq = MODE_SVC;
    ctx->sctlr = SCTLR_RESET;
    ctx->vmpidr = 0x80000000u | v->id;
    ctx->hcr = TRAP_HCR;
    ctx->hcptr = TRAP_HCPTR | HCPTR_TRAP_FP;
    ctx->ich_hcr = ICH_HCR_EN;
    v->lazy = 0;
}

/*
 * Registers 8 ... 12 in FIQ mode and 13, 14 in every mode are banked: they are not in the frame, but for LR_usr, which
 * is Hyp's own LR: the entry path saved it.
 */
enum { FIRST_BANKED = 8 };
#define BANKED(X) \
    X(MODE_USR, 13, SP_usr) X(MODE_SVC, 13, SP_svc) X(MODE_SVC, 14, LR_svc) X(MODE_ABT, 13, SP_abt) \
    X(MODE_ABT, 14, LR_abt) X(MODE_UND, 13, SP_und) X(MODE_UND, 14, LR_und) X(MODE_IRQ, 13, SP_irq) \
    X(MODE_IRQ, 14, LR_irq) X(MODE_FIQ, 13, SP_fiq) X(MODE_FIQ, 14, LR_fiq) X(MODE_FIQ, 8, R8_fiq) \
    X(MODE_FIQ, 9, R9_fiq) X(MODE_FIQ, 10, R10_fiq) X(MODE_FIQ, 11, R11_fiq) X(MODE_FIQ, 12, R12_fiq)

#define BANK_KEY(bank, reg) ((bank) << 4 | (reg))

static uint32_t guest_cpsr(void)
{
    uint32_t cpsr;

    __asm__ volatile("mrs %0, spsr" : "=r"(cpsr));
    return cpsr;
}

/* The mode whose bank the guest uses. System mode shares that of User mode. */
static uint32_t guest_bank(void)
{
    const uint32_t mode = guest_cpsr() & MODE_MASK;

    return mode == MODE_SYS ? MODE_USR : mode;
}

static bool is_in_frame(unsigned reg, uint32_t bank)
{
    return reg < 13 && bank != MODE_FIQ;
}

static uint32_t *frame_slot(struct trap_frame *frame, unsigned reg)
{
    return reg < 4 ? &frame->r0_r3[reg] : reg < 12 ? &frame->r4_r11[reg - 4] : &frame->r12;
}

reg_t arch_frame_get(const struct trap_frame *frame, unsigned reg)
{
    uint32_t value = 0;

    if (reg < FIRST_BANKED)
        return *frame_slot((struct trap_frame *)frame, reg);
    const uint32_t bank = guest_bank();
    if (is_in_frame(reg, bank))
        return *frame_slot((struct trap_frame *)frame, reg);
    switch (BANK_KEY(bank, reg)) {
    case BANK_KEY(MODE_USR, 14):
        return frame->lr_usr;
#define READ_BANKED(mode, number, name)                   \
    case BANK_KEY(mode, number):                          \
        __asm__ volatile("mrs %0, " #name : "=r"(value)); \
        break;
        BANKED(READ_BANKED)
#undef READ_BANKED
    default:
        break;
    }
    return value;
}

void arch_frame_set(struct trap_frame *frame, unsigned reg, reg_t value)
{
    if (reg < FIRST_BANKED) {
        *frame_slot(frame, reg) = value;
        return;
    }
    const uint32_t bank = guest_bank();
    if (is_in_frame(reg, bank)) {
        *frame_slot(frame, reg) = value;
        return;
    }
    switch (BANK_KEY(bank, reg)) {
    case BANK_KEY(MODE_USR, 14):
        frame->lr_usr = value;
        break;
#define WRITE_BANKED(mode, number, name)                    \
    case BANK_KEY(mode, number):                            \
        __asm__ volatile("msr " #name ", %0" ::"r"(value)); \
        break;
        BANKED(WRITE_BANKED)
#undef WRITE_BANKED
    default:
        break;
    }
}

static uint32_t guest_pc(void)
{
    uint32_t pc;

    __asm__ volatile("mrs %0, ELR_hyp" : "=r"(pc));
    return pc;
}

static void set_guest_pc(uint32_t pc)
{
    __asm__ volatile("msr ELR_hyp, %0" ::"r"(pc));
}

static void set_guest_cpsr(uint32_t cpsr)
{
    __asm__ volatile("msr spsr_cxsf, %0" ::"r"(cpsr));
}

/* Steps over one instruction: 4 or 2 bytes by HSR.IL; an IT block goes one condition on. */
void arch_skip_instruction(uint32_t syndrome)
{
    enum { HSR_IL = 1 << 25 };
    uint32_t cpsr = guest_cpsr();

    set_guest_pc(guest_pc() + (syndrome & HSR_IL ? 4 : 2));
    if (cpsr & PSR_T) {
        uint32_t it = (cpsr >> 25 & 3) | (cpsr >> 8 & 0xfc);

        it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
        cpsr = (cpsr & ~0x0600fc00u) | (it & 3) << 25 | (it & 0xfc) << 8;
        set_guest_cpsr(cpsr);
    }
}

void arch_rewind_hvc(void)
{
    set_guest_pc(guest_pc() - 4);
}

int32_t arch_restart_hypercall(uint32_t command, reg_t a2, reg_t a3)
{
    /* entry.S: r0 r1 r2 r3 r12 lr right below struct cpu; r0 becomes what the handler returns. */
    uint32_t *const frame = (uint32_t *)cpu_this() - 6;

    frame[1] = a2;
    frame[2] = a3;
    arch_rewind_hvc();
    return (int32_t)command;
}

uint32_t arch_syndrome(void)
{
    return READ_SYSREG(HSR);
}

uintptr_t arch_fault_address(bool instruction)
{
    return instruction ? READ_SYSREG(HIFAR) : READ_SYSREG(HDFAR);
}

void arch_unmask_guest_irq(struct vcpu *v)
{
    (void)v;
    set_guest_cpsr(guest_cpsr() & ~(uint32_t)PSR_I);
}

/* The guest continues at its own vector, in the mode of the exception, as the architecture would take it. */
static void enter_vector(uint32_t mode, uint32_t vector, uint32_t masks)
{
    const uint32_t sctlr = READ_SYSREG(SCTLR), cpsr = guest_cpsr();

    set_guest_pc((sctlr & SCTLR_V ? 0xffff0000u : READ_SYSREG(VBAR)) + vector);
    set_guest_cpsr((cpsr & PSR_KEPT) | (sctlr & SCTLR_EE ? PSR_E : 0) | mode | masks | (sctlr & SCTLR_TE ? PSR_T : 0));
}

void arch_inject_undefined(struct vcpu *v)
{
    const uint32_t cpsr = guest_cpsr(), offset = cpsr & PSR_T ? 2 : 4;

    (void)v;
    __asm__ volatile("msr LR_und, %0\n\tmsr SPSR_und, %1" ::"r"(guest_pc() + offset), "r"(cpsr));
    enter_vector(MODE_UND, VECTOR_UNDEFINED, PSR_I | (cpsr & (PSR_A | PSR_F)));
}

void arch_inject_abort(struct vcpu *v, bool instruction, bool write, uintptr_t address)
{
    const uint32_t cpsr = guest_cpsr(), lr = guest_pc() + (instruction ? 4 : 8);

    (void)v;
    if (instruction) {
        WRITE_SYSREG(IFSR, FSR_TRANSLATION);
        WRITE_SYSREG(IFAR, address);
    } else {
        WRITE_SYSREG(DFSR, FSR_TRANSLATION | (write ? DFSR_WNR : 0));
        WRITE_SYSREG(DFAR, address);
    }
    __asm__ volatile("msr LR_abt, %0\n\tmsr SPSR_abt, %1" ::"r"(lr), "r"(cpsr));
    enter_vector(MODE_ABT, instruction ? VECTOR_PREFETCH : VECTOR_DATA, PSR_I | PSR_A | (cpsr & PSR_F));
}

void arch_vcpu_dump(const struct vcpu *v)
{
    const struct vcpu_context *const ctx = &v->ctx;
    const bool loaded = vcpu_is_loaded(v);

    console_log("d%u v%u pc=%08x cpsr=%08x %s", (unsigned)v->domain->domid, (unsigned)v->id,
                (unsigned)(loaded ? guest_pc() : ctx->pc), (unsigned)(loaded ? guest_cpsr() : ctx->cpsr),
                loaded ? "loaded" : "saved");
    console_log("d%u v%u sctlr=%08x vbar=%08x dfsr=%08x dfar=%08x ifsr=%08x ifar=%08x", (unsigned)v->domain->domid,
                (unsigned)v->id, (unsigned)(loaded ? READ_SYSREG(SCTLR) : ctx->sctlr),
                (unsigned)(loaded ? READ_SYSREG(VBAR) : ctx->vbar), (unsigned)(loaded ? READ_SYSREG(DFSR) : ctx->dfsr),
                (unsigned)(loaded ? READ_SYSREG(DFAR) : ctx->dfar), (unsigned)(loaded ? READ_SYSREG(IFSR) : ctx->ifsr),
                (unsigned)(loaded ? READ_SYSREG(IFAR) : ctx->ifar));
}
