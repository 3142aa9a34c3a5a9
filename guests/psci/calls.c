/* SPDX-License-Identifier: Apache-2.0 */
/* Every function id of PSCI and SMCCC and its result, by HVC. What starts and stops vCPUs is in cpus.c. */
#include "fencepost.h"
#include "width.h"

struct call {
    uint32_t function, argument;
    int32_t result;
};

enum {
    PSCI_MIGRATE = (int)0x84000005,
    PSCI_MIGRATE_INFO_UP_CPU = (int)0x84000007,
    PSCI_CPU_FREEZE = (int)0x8400000b,
    PSCI_NODE_HW_STATE = (int)0x8400000d,
    PSCI_SYSTEM_RESET2 = (int)0x84000012,
    SMCCC_ARCH_FEATURES = (int)0x80000001,
    PSCI64 = 0x40000000,
};

static const struct call calls[] = {
    {(uint32_t)PSCI_VERSION, 0, PSCI_VERSION_1_1},
    {(uint32_t)SMCCC_VERSION, 0, SMCCC_VERSION_1_2},
    {(uint32_t)PSCI_MIGRATE_INFO_TYPE, 0, PSCI_MIGRATE_NOT_REQUIRED},
    {(uint32_t)PSCI_AFFINITY_INFO, 0, PSCI_AFFINITY_ON},
    {(uint32_t)PSCI_CPU_ON, 0, PSCI_ALREADY_ON},
    {PSCI_0_1_CPU_ON, 0, PSCI_ALREADY_ON},
    {(uint32_t)PSCI_CPU_ON, 1, PSCI_INVALID_PARAMETERS},
    {(uint32_t)PSCI_CPU_ON, 0x100, PSCI_INVALID_PARAMETERS},
    {(uint32_t)PSCI_CPU_ON, 0xffffff, PSCI_INVALID_PARAMETERS},
};

static const uint32_t unknown[] = {
    0,
    3,
    (uint32_t)PSCI_MIGRATE,
    (uint32_t)PSCI_MIGRATE_INFO_UP_CPU,
    (uint32_t)PSCI_CPU_FREEZE,
    (uint32_t)PSCI_NODE_HW_STATE,
    (uint32_t)PSCI_SYSTEM_SUSPEND,
    (uint32_t)PSCI_SYSTEM_RESET2,
    (uint32_t)SMCCC_ARCH_FEATURES,
    0x8400001f,
    0x7fffffff,
    0xffffffff,
};

static const uint32_t known[] = {
    (uint32_t)PSCI_VERSION,       (uint32_t)PSCI_CPU_SUSPEND,
    (uint32_t)PSCI_CPU_OFF,       (uint32_t)PSCI_CPU_ON,
    (uint32_t)PSCI_AFFINITY_INFO, (uint32_t)PSCI_MIGRATE_INFO_TYPE,
    (uint32_t)PSCI_SYSTEM_OFF,    (uint32_t)PSCI_SYSTEM_RESET,
    (uint32_t)PSCI_FEATURES,      (uint32_t)SMCCC_VERSION,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

TEST(psci, every_call_has_its_result, IDS "S1-20", WHY "guests decide by these numbers", NEEDS "system=solo")
{
    for (uint32_t n = 0; n < COUNT(calls); n++)
        if (!expect_eq(psci(calls[n].function, calls[n].argument, 0, 0), calls[n].result))
            note("function 0x%x argument 0x%x", calls[n].function, calls[n].argument);
}

TEST(psci, an_unknown_function_is_not_supported, IDS "S1-20", WHY "never a fault, never something else",
     NEEDS "system=solo")
{
    for (uint32_t n = 0; n < COUNT(unknown); n++)
        if (!expect_eq(psci(unknown[n], 0, 0, 0), PSCI_NOT_SUPPORTED))
            note("function 0x%x", unknown[n]);
}

TEST(psci, a_64_bit_function_is_not_supported, IDS "S1-20", WHY "most have none, and a 32-bit guest has no 64-bit calls", NEEDS "system=solo")
{
    for (uint32_t n = 0; n < COUNT(known); n++)
        if (!has_64_bit_form(known[n]) && !expect_eq(psci(known[n] | PSCI64, 0, 0, 0), PSCI_NOT_SUPPORTED))
            note("function 0x%x", known[n] | PSCI64);
}

TEST(psci, features_name_what_is_there, IDS "S1-20", WHY "guests ask before they call", NEEDS "system=solo")
{
    for (uint32_t n = 0; n < COUNT(known); n++)
        if (!expect_eq(psci((uint32_t)PSCI_FEATURES, known[n], 0, 0), PSCI_SUCCESS))
            note("function 0x%x", known[n]);
    for (uint32_t n = 0; n < COUNT(unknown); n++)
        if (!expect_eq(psci((uint32_t)PSCI_FEATURES, unknown[n], 0, 0), PSCI_NOT_SUPPORTED))
            note("function 0x%x", unknown[n]);
    for (uint32_t n = 0; n < COUNT(known); n++)
        expect_eq(psci((uint32_t)PSCI_FEATURES, known[n] | PSCI64, 0, 0),
                  has_64_bit_form(known[n]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED);
}

TEST(psci, affinity_info_takes_levels_0_to_3, IDS "S1-20", WHY "a level above 0 means anybody below",
     NEEDS "system=solo")
{
    for (uint32_t level = 0; level <= 3; level++)
        expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 0, level, 0), PSCI_AFFINITY_ON);
    expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 0, 4, 0), PSCI_INVALID_PARAMETERS);
    expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 0, 0xffffffff, 0), PSCI_INVALID_PARAMETERS);
    expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 1, 0, 0), PSCI_AFFINITY_OFF);
    expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 1, 1, 0), PSCI_AFFINITY_ON);
    expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 0x100, 1, 0), PSCI_AFFINITY_OFF);
    expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 0x100, 2, 0), PSCI_AFFINITY_ON);
}

TEST(psci, an_hvc_with_another_immediate_is_undefined, IDS "S1-20", WHY "0 and 0xea1 are all there is",
     NEEDS "system=solo")
{
    static const uint32_t immediates[] = {1, 0xea0, 0xea2, 0xffff};

    for (uint32_t n = 0; n < COUNT(immediates); n++) {
        uintptr_t registers[4] = {(uint32_t)PSCI_VERSION, 0, 0, 0};

        expect_eq(try_instruction(INSTRUCTION_HVC(immediates[n]), registers).kind, FAULT_UNDEFINED);
        expect_eq(registers[0], (uint32_t)PSCI_VERSION);
    }
}

/* ---- CPU_SUSPEND: standby until an interrupt ---- */

static volatile uint32_t fired;

static void on_timer(uint32_t intid)
{
    (void)intid;
    timer_disarm();
    fired++;
}

TEST(psci, cpu_suspend_sleeps_until_an_interrupt, IDS "S1-20", WHY "treated as standby", NEEDS "system=solo")
{
    irq_init();
    irq_set_handler(INTID_TIMER, on_timer);
    irq_enable_source(INTID_TIMER);
    const uint64_t before = now_ns();

    timer_arm_ns(100000);
    expect_eq(psci((uint32_t)PSCI_CPU_SUSPEND, 0, 0, 0), PSCI_SUCCESS);
    expect_true(now_ns() - before >= 100000);
    expect_eq(fired, 0);
    irq_unmask();
    __asm__ volatile("isb");
    irq_mask();
    expect_eq(fired, 1);
}

TEST(psci, cpu_suspend_returns_at_once_when_an_interrupt_is_pending, IDS "S1-20", WHY "else it would be slept through",
     NEEDS "system=solo")
{
    irq_init();
    irq_enable_source(1);
    irq_send_sgi(1, 0);
    expect_eq(psci((uint32_t)PSCI_CPU_SUSPEND, 0, 0, 0), PSCI_SUCCESS);
    expect_eq(psci((uint32_t)PSCI_CPU_SUSPEND, 0x10000, 0, 0), PSCI_SUCCESS);
}

/* ---- the end of a domain; domain 2 ends, domain 1 sees its port lose its other end ---- */

static void wait_for_the_peers_end(void)
{
    struct evtchn_status_args status;

    do {
        sched_yield();
        require_eq(evtchn_status(DOMID_SELF, peer_port(1), &status), 0);
    } while (status.status == EVTCHNSTAT_interdomain);
    expect_eq(status.status, EVTCHNSTAT_unbound);
}

TEST(psci, system_off_ends_the_domain, IDS "S1-20", WHY "and only this one", NEEDS "system=pair")
{
    peers_meet();
    peer_signal(0);
    wait_for_the_peers_end();
}

PEER(2, psci, system_off_ends_the_domain)
{
    peers_meet();
    peer_wait(0);
    psci((uint32_t)PSCI_SYSTEM_OFF, 0, 0, 0);
    fail_("SYSTEM_OFF came back");
}

TEST(psci, system_reset_ends_the_domain, IDS "S1-20", WHY "without a restart policy it stays down", NEEDS "system=pair")
{
    peers_meet();
    peer_signal(0);
    wait_for_the_peers_end();
}

PEER(2, psci, system_reset_ends_the_domain)
{
    peers_meet();
    peer_wait(0);
    psci((uint32_t)PSCI_SYSTEM_RESET, 0, 0, 0);
    fail_("SYSTEM_RESET came back");
}
