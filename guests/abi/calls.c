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
        uint32_t registers[4] = {0};

        expect_eq(try_instruction(INSTRUCTION_HVC(immediates[i]), registers).kind, FAULT_UNDEFINED);
    }
}

TEST(abi, hvc_with_the_known_immediates_is_not_undefined, IDS "", WHY "what the test above relies on",
     NEEDS "system=solo")
{
    uint32_t psci_version[4] = {(uint32_t)PSCI_VERSION};
    uint32_t nonsense[4] = {0x12345678};

    expect_eq(try_instruction(INSTRUCTION_HVC(0), psci_version).kind, FAULT_NONE);
    expect_eq(psci_version[0], PSCI_VERSION_1_1);
    expect_eq(try_instruction(INSTRUCTION_HVC(XEN_HYPERCALL_TAG), nonsense).kind, FAULT_NONE);
}

void abi_undefined_hvc(void *);
__asm__(".text\n.global abi_undefined_hvc\nabi_undefined_hvc:\n\thvc #0x123\n\tbx lr\n");

TEST(abi, the_undefined_exception_points_at_the_hvc, IDS "", WHY "a handler decodes what it finds there",
     NEEDS "system=solo")
{
    struct fault fault = fault_catch(abi_undefined_hvc, NULL);

    expect_eq(fault.kind, FAULT_UNDEFINED);
    expect_eq(fault.pc, (uint32_t)abi_undefined_hvc);
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

/*
 * void abi_call(const uint32_t in[14], uint32_t out[15]): r0-r12, lr before and after HVC #0xEA1, with N and C
 * set before; out[14] is the CPSR after.
 */
void abi_call(const uint32_t in[14], uint32_t out[15]);
__asm__(".text\n.global abi_call\nabi_call:\n"
        "\tpush {r1, r4-r11, lr}\n"
        "\tldr lr, [r0, #52]\n"
        "\tmsr cpsr_f, #0xa0000000\n"
        "\tldm r0, {r0-r12}\n"
        "\thvc #0xea1\n"
        "\tpush {r0-r12, lr}\n"
        "\tmrs r2, cpsr\n"
        "\tldr r0, [sp, #56]\n"
        "\tstr r2, [r0, #56]\n"
        "\tmov r2, #14\n"
        "1:\tpop {r3}\n"
        "\tstr r3, [r0], #4\n"
        "\tsubs r2, r2, #1\n"
        "\tbne 1b\n"
        "\tpop {r1, r4-r11, pc}\n");

static void expect_kept(uint32_t number, uint32_t command, const void *pointer, uint32_t first_kept)
{
    uint32_t before[14], after[15];

    for (uint32_t i = 0; i < 14; i++)
        before[i] = 0xa5000000u + i;
    before[0] = command;
    before[1] = (uint32_t)pointer;
    before[12] = number;
    abi_call(before, after);
    for (uint32_t i = first_kept; i < 14; i++)
        if (i != 12 && after[i] != before[i])
            fail_("hypercall %u changed r%u from 0x%x to 0x%x", number, i == 13 ? 14 : i, before[i], after[i]);
    expect_eq(after[14] >> 28, 0xa);
}

TEST(abi, a_hypercall_keeps_the_registers_it_does_not_use, IDS "S4-14", WHY "no other context passes through it",
     NEEDS "system=solo")
{
    struct evtchn_status_args status = {.dom = DOMID_SELF, .port = 1};
    const struct xen_memory_domain self = {.domid = DOMID_SELF};

    expect_kept(17, XENVER_version, NULL, 2);
    expect_kept(17, 99, NULL, 2);
    expect_kept(32, EVTCHNOP_status, &status, 2);
    expect_kept(32, EVTCHNOP_send, (void *)HOLE, 2);
    expect_kept(12, XENMEM_current_reservation, &self, 2);
    expect_kept(34, 99, NULL, 2);
    expect_kept(29, SCHEDOP_yield, NULL, 2);
    expect_kept(99, 0, NULL, 5);
}

TEST(abi, a_hypercall_that_reaches_the_peer_keeps_registers, IDS "S4-14 S4-05",
     WHY "the strategy works in borrowed registers only", NEEDS "system=pair strategies=all")
{
    const struct evtchn_send send = {.port = 10};

    for (uint32_t round = 0; round < 3; round++)
        expect_kept(32, EVTCHNOP_send, &send, 2);
    expect_kept(29, SCHEDOP_yield, NULL, 2);
    expect_kept(32, EVTCHNOP_send, &send, 2);
}

/* Registers of user and system mode: Hyp mode shares its LR with them. */
static void set_user_registers(uint32_t sp, uint32_t lr)
{
    __asm__ volatile("msr sp_usr, %0\n\tmsr lr_usr, %1" ::"r"(sp), "r"(lr) : "memory");
}

static void get_user_registers(uint32_t *sp, uint32_t *lr)
{
    __asm__ volatile("mrs %0, sp_usr\n\tmrs %1, lr_usr" : "=r"(*sp), "=r"(*lr)::"memory");
}

TEST(abi, a_hypercall_keeps_the_user_stack_and_link_register, IDS "S4-14",
     WHY "Hyp mode has no link register of its own",
     NEEDS "system=pair")
{
    const struct evtchn_send send = {.port = 10};
    uint32_t sp, lr;

    set_user_registers(0x11112222, 0x33334444);
    hypercall_xen_version(XENVER_version, NULL);
    hypercall_event_channel_op(EVTCHNOP_send, &send);
    sched_yield();
    hypercall(99, 0, 0, 0, 0, 0);
    get_user_registers(&sp, &lr);
    expect_eq(sp, 0x11112222);
    expect_eq(lr, 0x33334444);
}

TEST(abi, an_undefined_hvc_keeps_the_user_link_register, IDS "S4-14", WHY "the slow path saves it as well",
     NEEDS "system=solo")
{
    uint32_t sp, lr;

    set_user_registers(0x55556666, 0x77778888);
    expect_eq(fault_catch(abi_undefined_hvc, NULL).kind, FAULT_UNDEFINED);
    get_user_registers(&sp, &lr);
    expect_eq(sp, 0x55556666);
    expect_eq(lr, 0x77778888);
}
