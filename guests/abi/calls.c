/* SPDX-License-Identifier: Apache-2.0 */
/* The calling convention: numbers, immediates, registers, modes. */
#include "places.h"

static bool exists(uint32_t number)
{
    switch (number) {
#define HYPERCALL(number_, name, arguments) case number_:
#include "abi/hypercalls.def"
#undef HYPERCALL
        return true;
    default:
        return false;
    }
}

TEST(abi, hypercalls_that_do_not_exist_are_enosys, IDS "S0-02 S1-12 S2-15", WHY "dead ones, those of a toolstack, grants",
     NEEDS "system=solo")
{
    for (uint32_t number = 0; number < 256; number++)
        if (!exists(number) && hypercall(number, 0, 0, 0, 0, 0) != -XEN_ENOSYS)
            fail_("hypercall %u does not answer -ENOSYS", number);
}

TEST(abi, hypercall_numbers_beyond_the_table_are_enosys, IDS "", WHY "no bit of the number is cut off",
     NEEDS "system=solo")
{
    static const uint32_t numbers[] = {64, 70, 256, 0x100 + 17, 0x1000, 0x10000 + 12, 0x7fffffff, 0x80000000u,
                                       0x80000000u + 17, 0x40000000u + 17, 0xfffffff0u, ~0u};

    for (uint32_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        expect_eq(hypercall(numbers[i], 0, 0, 0, 0, 0), -XEN_ENOSYS);
}

TEST(abi, hvc_with_another_immediate_is_undefined, IDS "", WHY "only 0xEA1 and 0 mean something", NEEDS "system=solo")
{
    static const uint32_t immediates[] = {1, 2, 0x123, 0xea0, 0xea2, 0xe00, 0x1ea1, 0x7fff, 0x8000, 0xff00, 0xffff};

    for (uint32_t i = 0; i < sizeof(immediates) / sizeof(immediates[0]); i++) {
        uintptr_t registers[4] = {0};

        expect_eq(try_instruction(INSTRUCTION_HVC(immediates[i]), registers).kind, FAULT_UNDEFINED);
    }
}

TEST(abi, hvc_with_the_known_immediates_is_not_undefined, IDS "", WHY "what the test above relies on",
     NEEDS "system=solo")
{
    uintptr_t psci_version[4] = {(uint32_t)PSCI_VERSION};
    uintptr_t nonsense[4] = {0x12345678};

    expect_eq(try_instruction(INSTRUCTION_HVC(0), psci_version).kind, FAULT_NONE);
    expect_eq(psci_version[0], PSCI_VERSION_1_1);
    expect_eq(try_instruction(INSTRUCTION_HVC(XEN_HYPERCALL_TAG), nonsense).kind, FAULT_NONE);
}

void abi_undefined_hvc(void *);
__asm__(".text\n.global abi_undefined_hvc\nabi_undefined_hvc:\n\thvc #0x123\n\t" FP_RETURN "\n");

TEST(abi, the_undefined_exception_points_at_the_hvc, IDS "", WHY "a handler decodes what it finds there",
     NEEDS "system=solo")
{
    struct fault fault = fault_catch(abi_undefined_hvc, NULL);

    expect_eq(fault.kind, FAULT_UNDEFINED);
    expect_eq(fault.pc, (uintptr_t)abi_undefined_hvc);
}

static void version_from_user_mode(void *result)
{
    *(int32_t *)result = hypercall_xen_version(XENVER_version, NULL);
}

TEST(abi, a_hypercall_from_user_mode_is_undefined, IDS "",
     WHY "only the guest's kernel may call", NEEDS "system=solo")
{
    int32_t result = 0;

    expect_eq(fault_catch_el0(version_from_user_mode, &result).kind, FAULT_UNDEFINED);
    expect_eq(result, 0);
}
