/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

enum { GARBAGE = 0x5eed5eed };

/* From here on the EL1 default map is execute-never: the guest's own MPU answers before EL2's can. */
static const uint32_t exec_limit = 0x80000000;

static struct fault make(enum attempt attempt, uintptr_t address)
{
    uint32_t value;

    switch (attempt) {
    case READ:
        return try_read32(address, &value);
    case WRITE:
        return try_write32(address, GARBAGE);
    case EXECUTE:
        return try_exec(address);
    case READ_EL0:
        return try_read32_el0(address, &value);
    case WRITE_EL0:
        return try_write32_el0(address, GARBAGE);
    case EXECUTE_EL0:
        return try_exec_el0(address);
    }
    return (struct fault){.kind = FAULT_NONE};
}

static struct fault denial(enum attempt attempt, uintptr_t address)
{
    switch (attempt) {
    case READ:
    case READ_EL0:
        return (struct fault){.kind = FAULT_DATA, .fsr = FSR_DENIED, .far = address};
    case WRITE:
    case WRITE_EL0:
        return (struct fault){.kind = FAULT_DATA, .fsr = FSR_DENIED | FSR_WRITE, .far = address};
    case EXECUTE:
    case EXECUTE_EL0:
        break;
    }
    return (struct fault){.kind = FAULT_PREFETCH, .fsr = FSR_DENIED, .far = address};
}

bool probe(const char *file, int line, enum attempt attempt, uintptr_t address, const char *what)
{
    static const char *const names[] = {"read", "write", "fetch", "read at EL0", "write at EL0", "fetch at EL0"};
    const struct fault fault = make(attempt, address);
    const struct fault wanted = denial(attempt, address);
    bool own_map = wanted.kind == FAULT_PREFETCH && address >= exec_limit;

    if (fault.kind == wanted.kind && fault.far == wanted.far && (fault.fsr == wanted.fsr || own_map))
        return true;
    fp_fail(file, line, "%s of 0x%x (%s): kind %d fsr 0x%x far 0x%x, expected kind %d fsr 0x%x", names[attempt],
            address, what, (int)fault.kind, fault.fsr, fault.far, (int)wanted.kind, wanted.fsr);
    return false;
}

bool probe_place(const char *file, int line, enum attempt attempt, const struct place *place, uint32_t stride)
{
    const uintptr_t last = place->limit - 4;

    for (uintptr_t at = place->base; at < last && at >= place->base; at += stride)
        if (!probe(file, line, attempt, at, place->what))
            return false;
    return probe(file, line, attempt, last, place->what);
}

void expect_own_word(uintptr_t address)
{
    uint32_t old = 0, seen = 0;

    if (!expect_eq(try_read32(address, &old).kind, FAULT_NONE))
        note("own word 0x%x cannot be read", address);
    expect_eq(try_write32(address, ~old).kind, FAULT_NONE);
    expect_eq(try_read32(address, &seen).kind, FAULT_NONE);
    expect_eq(seen, ~old);
    expect_eq(try_write32(address, old).kind, FAULT_NONE);
}
