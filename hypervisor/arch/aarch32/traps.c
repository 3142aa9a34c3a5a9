/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traps that only AArch32 has: coprocessor registers, and the lazily switched EL1 MPU and floating point.
 */
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/guest_access.h"
#include "hv/trap.h"
#include "hv/vgic.h"
#include "lazy.h"

enum { HSR_EC_SHIFT = 26, EC_CP15_32 = 0x03, EC_CP15_64 = 0x04 };

/* ISS of an MCR or MRC trap. */
struct cp15_access {
    uint32_t opc1, crn, crm, opc2, rt;
    bool read;
};

static struct cp15_access decode(uint32_t syndrome)
{
    return (struct cp15_access){
        .opc2 = syndrome >> 17 & 7,
        .opc1 = syndrome >> 14 & 7,
        .crn = syndrome >> 10 & 15,
        .rt = syndrome >> 5 & 15,
        .crm = syndrome >> 1 & 15,
        .read = syndrome & 1,
    };
}

/* What HCR.TVM and HCR.TRVM trap: SCTLR, the fault registers, the EL1 MPU, MAIR, CONTEXTIDR. */
static bool is_virtual_memory_register(const struct cp15_access *access)
{
    switch (access->crn) {
    case 1: /* the others that trap are ACTLR and ACTLR2 */
        return access->opc2 == 0;
    case 2:
    case 3:
    case 5:
    case 6:
    case 10:
    case 13: /* of its registers CONTEXTIDR alone traps */
        return true;
    default:
        return false;
    }
}

#define KEY(crn, crm, opc2) ((crn) << 8 | (crm) << 4 | (opc2))

/* Registers that are the vCPU's own in the hardware and say nothing about the EL1 MPU. */
#define PLAIN_REGISTERS(X) \
    X(KEY(1, 0, 0), SCTLR) X(KEY(5, 0, 0), DFSR) X(KEY(5, 0, 1), IFSR) X(KEY(6, 0, 0), DFAR) X(KEY(6, 0, 2), IFAR) \
    X(KEY(13, 0, 1), CONTEXTIDR)

static bool read_plain(uint32_t key, uint32_t *value)
{
    switch (key) {
#define READ(key, name) case key: *value = READ_SYSREG(name); return true;
        PLAIN_REGISTERS(READ)
#undef READ
    default:
        return false;
    }
}

static bool write_plain(uint32_t key, uint32_t value)
{
    enum { SCTLR_M = 1 << 0 };

    if (key == KEY(1, 0, 0) && value & SCTLR_M) /* from now on its regions count */
        return false;
    switch (key) {
#define WRITE(key, name) case key: WRITE_SYSREG(name, value); return true;
        PLAIN_REGISTERS(WRITE)
#undef WRITE
    default:
        return false;
    }
}

/*
 * Most guests set SCTLR once and never touch the EL1 MPU: that alone must not make them users of it. The first
 * access that does makes the state the vCPU's own; then the instruction runs again, untrapped.
 */
static void virtual_memory_register(struct vcpu *v, struct trap_frame *frame, const struct cp15_access *access,
                                    uint32_t syndrome)
{
    const uint32_t key = KEY(access->crn, access->crm, access->opc2);
    uint32_t value = 0;
    bool done;

    if (access->read) {
        done = read_plain(key, &value);
        if (done)
            arch_frame_set(frame, access->rt, value);
    } else {
        done = write_plain(key, arch_frame_get(frame, access->rt));
    }
    if (done)
        arch_skip_instruction(syndrome);
    else
        lazy_own_el1_mpu(v);
    guest_access_invalidate(v);
}

static bool cp15_32(struct vcpu *v, struct trap_frame *frame, uint32_t syndrome)
{
    const struct cp15_access access = decode(syndrome);

    if (is_virtual_memory_register(&access)) {
        virtual_memory_register(v, frame, &access, syndrome);
        return true;
    }
    if (access.crn == 1) { /* ACTLR: reads 0, writes ignored */
        if (access.read)
            arch_frame_set(frame, access.rt, 0);
        arch_skip_instruction(syndrome);
        return true;
    }
    if (access.crn == 7) { /* set/way maintenance: the guest's lines are not its business */
        arch_skip_instruction(syndrome);
        return true;
    }
    return false;
}

static bool cp15_64(struct vcpu *v, const struct trap_frame *frame, uint32_t syndrome)
{
    const uint32_t opc1 = syndrome >> 16 & 15, crm = syndrome >> 1 & 15;
    const unsigned low = syndrome >> 5 & 15, high = syndrome >> 10 & 15;

    if (syndrome & 1 || crm != 12 || opc1 != 0) /* ICC_SGI1R only */
        return false;
    vgic_send_sgi(v, (uint64_t)arch_frame_get(frame, high) << 32 | arch_frame_get(frame, low));
    arch_skip_instruction(syndrome);
    return true;
}

bool arch_trap(struct vcpu *v, struct trap_frame *frame, uint32_t syndrome)
{
    switch (syndrome >> HSR_EC_SHIFT) {
    case EC_CP15_32:
        return cp15_32(v, frame, syndrome);
    case EC_CP15_64:
        return cp15_64(v, frame, syndrome);
    case EC_FP:
        lazy_own_fp(v);
        return true;
    default: /* CP14, hypervisor-only coprocessor accesses */
        return false;
    }
}
