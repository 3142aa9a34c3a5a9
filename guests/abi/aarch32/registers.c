/* SPDX-License-Identifier: Apache-2.0 */
/* What a hypercall does to the registers of an AArch32 guest. */
#include "../registers.h"

void abi_undefined_hvc(void *);

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

void expect_kept(uint32_t number, uint32_t command, const void *pointer, uint32_t first_kept)
{
    uint32_t before[14], after[15];

    for (uint32_t i = 0; i < 14; i++)
        before[i] = 0xa5000000u + i;
    before[0] = command;
    before[1] = (uintptr_t)pointer;
    before[12] = number;
    abi_call(before, after);
    for (uint32_t i = first_kept; i < 14; i++)
        if (i != 12 && after[i] != before[i])
            fail_("hypercall %u changed r%u from 0x%x to 0x%x", number, i == 13 ? 14 : i, before[i], after[i]);
    expect_eq(after[14] >> 28, 0xa);
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
