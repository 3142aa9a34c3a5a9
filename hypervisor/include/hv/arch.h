/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What core/, virt/ and drivers/ ask of an architecture. The inline parts come from the one arch folder the
 * build links (arch/<isa>/arch_inline.h).
 */
#ifndef HV_ARCH_H
#define HV_ARCH_H

#include "hv/types.h"

struct cpu;
struct vcpu;
struct trap_frame;

/* arch_inline.h of the linked architecture provides, all static inline:
 *
 *   bool arch_is_address(uint64_t number);      what a guest gives as an address can be one
 *   struct cpu *arch_cpu(void);                 the block of this CPU (TPIDR_EL2)
 *   unsigned arch_cpu_id(void);                 MPIDR.Aff0
 *   uint32_t arch_load_word(const void *from);  from any address of Normal memory
 *   const char *arch_copy_unaligned(char *to, const char *from, uint32_t words);  at least one; where reading ended
 *   void arch_dsb(void); void arch_isb(void); void arch_dmb(void);
 *   void arch_wfi(void);                        DSB, then WFI
 *   void arch_relax(void);                      one turn of a wait on another CPU
 *   uint64_t arch_counter(void);                CNTPCT, ticks
 *   bool arch_guest_irq_masked(void);           PSTATE.I / CPSR.I of the guest that trapped
 *   uint32_t arch_counter_hz(void);             CNTFRQ
 *   void arch_timer_set(uint64_t ticks);        EL2 timer, absolute; DEADLINE_NONE switches it off
 *   bool arch_test_and_set_bit(uint32_t *word, uint32_t mask);   single-copy atomic against the guest
 *   bool arch_test_and_clear_bit(uint32_t *word, uint32_t mask);
 *   uint32_t arch_exchange(uint32_t *word, uint32_t value);
 *   void arch_upcall_lr_or(uint32_t lrc);       list register 0: make the upcall pending
 *   uint32_t arch_upcall_lr_read(void); void arch_upcall_lr_write(uint32_t lrc);
 *   uint32_t arch_lr_read(unsigned n);          ICH_LR<n>: virtual INTID (n = 1 ... 3)
 *   uint32_t arch_lrc_read(unsigned n);         ICH_LRC<n>: state, group, HW, priority, physical INTID
 *   void arch_lr_write(unsigned n, uint32_t lr, uint32_t lrc);
 *   uint32_t arch_gic_acknowledge(void);        ICC_IAR1
 *   void arch_gic_drop(uint32_t intid);         ICC_EOIR1: priority drop
 *   void arch_gic_deactivate(uint32_t intid);   ICC_DIR
 *   void arch_gic_send_sgi(uint64_t sgi1r);     ICC_SGI1R
 *   void arch_gic_cpu_init(void);               ICC_SRE, HSRE, PMR, CTLR.EOImode, IGRPEN1; ICH on, LRs empty
 *   uint32_t arch_ich_elrsr(void), arch_ich_eisr(void), arch_ich_misr(void);
 *   uint32_t arch_ich_vmcr_read(void);
 *   uint32_t arch_ich_hcr_read(void); void arch_ich_hcr_write(uint32_t);
 *   uint32_t arch_vtimer_ctl_read(void); void arch_vtimer_ctl_write(uint32_t);  CNTV_CTL of the current vCPU
 *   uint64_t arch_vtimer_cval_read(void);
 */
#include "arch_inline.h"

/* Where the block of a CPU lies; only that CPU may look inside. */
struct cpu *arch_cpu_block(unsigned cpu);

/* Trap controls of this CPU (hypervisor/README.md), timer offset, virtual CPU interface. */
void arch_init_traps(void);

/*
 * After arch_init_traps, in systems with fencepost,bench only: guests may read this CPU's cycle counter, which counts
 * the hypervisor as well. Says what the numbers depend on. Nothing on a core without a PMU.
 */
void arch_let_guests_count_cycles(void);

/* Zeroes and copies RAM, fast; the size is a multiple of 32 bytes, the copy does not overlap. */
void arch_zero_words(uint32_t *from, uint32_t *limit);
void arch_copy_words(uint32_t *to, const uint32_t *from, const uint32_t *limit);

/* Instructions written by EL2 are what the CPUs of this system fetch from now on. */
void arch_sync_instructions(void);

/*
 * A long hypercall stops here: the guest executes the HVC again with these arguments, after pending interrupts.
 * Returns what the handler must return.
 */
int32_t arch_restart_hypercall(uint32_t command, reg_t a2, reg_t a3);

/* Leaves boot: asks the scheduler for a vCPU and enters it. */
noreturn_fn void arch_enter_first(struct cpu *cpu);

/* The vCPU's banked and system registers when it starts: PC, first argument, SVC / EL1h with everything masked. */
void arch_vcpu_reset(struct vcpu *v, reg_t entry, reg_t a0, reg_t a1, reg_t a2);

/* Prints the loaded (or saved) registers of a vCPU on the console. */
void arch_vcpu_dump(const struct vcpu *v);

#endif
