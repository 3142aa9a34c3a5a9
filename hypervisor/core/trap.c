/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that brings a CPU to EL2 except a hypercall. HSR and ESR share one layout, so this file serves
 * both widths; what only one of them has is arch_trap().
 */
#include "hv/trap.h"

#include "abi/xen.h"
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/bus_firewall.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/domain.h"
#include "hv/gic.h"
#include "hv/master.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/psci.h"
#include "hv/sched.h"
#include "hv/smp.h"
#include "hv/vgic.h"
#include "hv/vuart.h"

enum {
    HSR_EC_SHIFT = 26,
    HSR_ISV = 1 << 24,
    HSR_SAS_SHIFT = 22,
    HSR_SSE = 1 << 21,
    HSR_SRT_SHIFT = 16,
    HSR_SF = 1 << 15, /* AArch64 */
    HSR_WNR = 1 << 6,
    HSR_WFE = 1 << 0,
    HSR_FSC_MASK = 0x3f,
    HSR_FSC_ASYNCHRONOUS = 0x11,
};

static reg_t sign_extend(reg_t value, uint32_t bytes)
{
    const uint32_t shift = 8 * (uint32_t)sizeof(value) - 8 * bytes;

    return bytes < sizeof(value) ? (reg_t)((intptr_t)(value << shift) >> shift) : value;
}

static uint32_t access_bytes(uint32_t syndrome)
{
    return 1u << (syndrome >> HSR_SAS_SHIFT & 3);
}

/* What a load leaves in its register: a 64-bit one, or zeroes above 32 bits. */
static reg_t loaded(uint32_t syndrome, reg_t value, uint32_t bytes)
{
    if (unlikely(syndrome & HSR_SSE))
        value = sign_extend(value, bytes);
    return syndrome & HSR_SF ? value : (uint32_t)value;
}

/* Which emulated device answers at the address, if any. False: nobody does. */
always_inline bool mmio_access(struct vcpu *v, uintptr_t address, uint32_t bytes, bool write, reg_t *value)
{
    address = direct_map_device(v->domain, address);
    if (address - board_gicd_base < GIC_DISTRIBUTOR_SIZE)
        return vgic_distributor_access(v, (uint32_t)(address - board_gicd_base), bytes, write, value);
    if (address >= board_gicr_base && address < board_gic_limit)
        return vgic_redistributor_access(v, (uint32_t)(address - board_gicr_base), bytes, write, value);
    return vuart_access(v, address, bytes, write, value);
}

/* Nothing is there, or nothing that EL2 could do for the guest: it takes the abort itself. */
cold static void refuse(struct vcpu *v, uint32_t syndrome)
{
    /* Asynchronous: nothing to return to, its own write failed on the bus. */
    if (!(syndrome & HSR_ISV) && (syndrome & HSR_FSC_MASK) == HSR_FSC_ASYNCHRONOUS)
        domain_crash(v->domain, "asynchronous external abort");
    else
        arch_inject_abort(v, false, syndrome & HSR_WNR, arch_fault_address(false));
}

always_inline void complete(struct trap_frame *frame, uint32_t syndrome, reg_t value)
{
    if (!(syndrome & HSR_WNR))
        arch_frame_set(frame, syndrome >> HSR_SRT_SHIFT & 31, loaded(syndrome, value, access_bytes(syndrome)));
    arch_skip_instruction(syndrome);
}

always_inline void data_abort(struct vcpu *v, struct trap_frame *frame, uint32_t syndrome)
{
    const bool write = syndrome & HSR_WNR;
    reg_t value = 0;

    if (likely(syndrome & HSR_ISV)) {
        if (write)
            value = arch_frame_get(frame, syndrome >> HSR_SRT_SHIFT & 31);
        if (likely(mmio_access(v, arch_fault_address(false), access_bytes(syndrome), write, &value))) {
            complete(frame, arch_syndrome(), value); /* read again, not kept across the call */
            return;
        }
    }
    refuse(v, arch_syndrome());
}

void trap_device_access(struct trap_frame *frame, uint32_t syndrome)
{
    checked_only(protect_check(cpu_this()));
    assume(syndrome & HSR_ISV);
    data_abort(vcpu_current(), frame, syndrome);
}

/* HVC #0 and SMC #0 are SMCCC; HVC #0xEA1 was handled before; any other immediate is undefined. */
static void firmware_call(struct vcpu *v, struct trap_frame *frame, uint32_t syndrome, bool smc)
{
    if (!smc && (syndrome & UINT16_MAX) != 0) {
        arch_rewind_hvc(); /* an undefined instruction is reported at its own address */
        arch_inject_undefined(v);
        return;
    }
    if (smc)
        arch_skip_instruction(syndrome); /* an HVC returns behind itself, a trapped SMC to itself */
    reg_t *const registers = trap_arguments(frame);
    registers[0] = psci_call(v, (uint32_t)registers[0], registers[1], registers[2], registers[3]);
}

void trap_handle(struct trap_frame *frame)
{
    struct vcpu *const v = vcpu_current();
    const uint32_t syndrome = arch_syndrome();

    checked_only(protect_check(v->cpu)); /* the switch that brought this vCPU in */
    switch (syndrome >> HSR_EC_SHIFT) {
    case EC_WFX:
        arch_skip_instruction(syndrome);
        if (syndrome & HSR_WFE)
            sched_yield(v);
        else
            sched_block(v);
        break;
    case EC_HVC:
        firmware_call(v, frame, syndrome, false);
        break;
    case EC_SMC:
        firmware_call(v, frame, syndrome, true);
        break;
    case EC_DATA_ABORT_LOWER:
        data_abort(v, frame, syndrome);
        break;
    case EC_INSTRUCTION_ABORT_LOWER:
        arch_inject_abort(v, true, false, arch_fault_address(true));
        break;
    default:
        if (!arch_trap(v, frame, syndrome))
            arch_inject_undefined(v);
        break;
    }
}

/* EL2's own interrupts; deactivated by EL2. */
static void own_interrupt(uint32_t intid)
{
    struct cpu *const cpu = cpu_this();

    switch (intid) {
    case INTID_MAINTENANCE:
        vgic_maintenance(cpu->current);
        break;
    case INTID_EL2_TIMER:
        sched_timer_fired(cpu);
        break;
    case INTID_SGI_KICK:
        smp_serve();
        break;
    default:
        break;
    }
}

hot void trap_irq(void)
{
    const uint32_t intid = arch_gic_acknowledge();

    checked_only(protect_check(cpu_this()));
    if (intid >= INTID_SPURIOUS)
        return;
    if (intid >= 32) {
        /* An assigned device: EL2 drops the priority, the guest's EOI deactivates (list register HW bit). */
        struct domain *const d = irq_owner[intid - 32];

        arch_gic_drop(intid);
        if (likely(d)) {
            vgic_inject_spi(d, intid);
            return;
        }
        if (intid == board_uart_rx_intid)
            vuart_take_input();
        if (intid == firewall_intid)
            master_report_refusals();
        arch_gic_deactivate(intid);
        return;
    }
    if (intid == INTID_VIRTUAL_TIMER) {
        arch_gic_drop(intid); /* the rest as for a device */
        vgic_timer_fired(vcpu_current());
        return;
    }
    own_interrupt(intid);
    arch_gic_drop(intid);
    arch_gic_deactivate(intid);
}
