/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions made at run time that must not get a guest anywhere: undefined at its own vector, or without effect. */
#ifndef ISOLATION_INSTRUCTIONS_H
#define ISOLATION_INSTRUCTIONS_H

#include "encodings.h"
#include "places.h"

struct instruction {
    const char *what;
    uint32_t word;
};

/* Runs it with r0-r3 = `fill`; what kind of exception it ended in. */
static inline enum fault_kind outcome(uint32_t instruction, uintptr_t fill)
{
    uintptr_t registers[4] = {fill, fill, fill, fill};

    return try_instruction(instruction, registers).kind;
}

static inline void expect_undefined(const struct instruction *instruction, uintptr_t fill)
{
    const enum fault_kind kind = outcome(instruction->word, fill);

    if (kind != FAULT_UNDEFINED)
        fail_("%s (0x%x) ended in kind %d, expected undefined", instruction->what, instruction->word, (int)kind);
}

/* Nothing at all, or undefined at our own vector: both keep the guest inside. */
static inline void expect_contained(const struct instruction *instruction, uintptr_t fill)
{
    const enum fault_kind kind = outcome(instruction->word, fill);

    if (kind != FAULT_NONE && kind != FAULT_UNDEFINED)
        fail_("%s (0x%x) ended in kind %d", instruction->what, instruction->word, (int)kind);
}

/* The hypervisor answers, and is out of reach. Where a board's other hypervisor gave this guest RAM there, it is its own. */
static inline void still_well(void)
{
    expect_eq(hypercall_xen_version(XENVER_version, NULL) >> 16, FENCEPOST_XEN_MAJOR);
    for (uint32_t i = 0; i < COUNT_OF(hypervisor_places); i++)
        if (!is_own_ram(hypervisor_places[i].base))
            expect_denied(READ, hypervisor_places[i].base, hypervisor_places[i].what);
    if (!is_own_ram(peer_ram.base))
        expect_denied(READ, peer_ram.base, peer_ram.what);
}

/* Registers of EL2. Both fills would open something if a write took effect. */
static inline void expect_all_undefined(const struct instruction *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        expect_undefined(&list[i], 0);
        expect_undefined(&list[i], ~(uintptr_t)0);
    }
    still_well();
}

static inline void expect_all_contained(const struct instruction *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        expect_contained(&list[i], ~(uintptr_t)0);
    still_well();
}

#endif
