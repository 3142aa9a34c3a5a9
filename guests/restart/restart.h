/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain with several lives. Domain 2 of the system `restart` runs its PEER function from the start in every
 * life; static shared memory counts the lives and carries from one to the next, and to domain 1, what is to be
 * known. Domain 1 runs the test and sleeps while it waits, so that time passes at no cost.
 *
 * The owner of a piece of shared memory is domain 1 (board) or domain 2 (diary).
 */
#ifndef RESTART_RESTART_H
#define RESTART_RESTART_H

#include "pages.h"

enum {
    BOARD = RAM(0x30000000),
    DIARY = RAM(0x30010000),
    EVENTS_1 = RAM(0x28000000),
    EVENTS_2 = RAM(0x28004000),
    IMAGE_2 = RAM(0x20400000),
    IMAGE_2_LIMIT = RAM(0x20440000),
    SPARE_2 = RAM(0x21000000), /* a bank of domain 2 in which nothing is */
    SPARE_2_PAGES = 16,
    OWN_1 = RAM(0x20090000), /* pages behind the image of domain 1 */
    SOON_NS = 200 * 1000 * 1000,
    A_WHILE_NS = 5 * 1000 * 1000,
    NAP_NS = 20 * 1000,
};

struct sheet {
    uint32_t lives;   /* domain 2: how often it was started */
    uint32_t done;    /* domain 2: the life that has finished its part */
    uint32_t go;      /* domain 1: lets domain 2 go on */
    uint32_t word[160]; /* whatever the test wants to keep */
};

#define board ((volatile struct sheet *)BOARD)
#define diary ((volatile struct sheet *)DIARY)

static inline uint32_t spare(uint32_t n)
{
    return (uint32_t)SPARE_2 + n * PAGE;
}

/* ---- waiting ---- */

static inline void nap_for(uint64_t ns)
{
    sched_poll(NULL, 0, now_ns() + ns);
}

static inline void nap(void)
{
    nap_for(NAP_NS);
}

#define becomes_true(condition, ns, nap_ns)                              \
    ({                                                                   \
        bool fp_held;                                                    \
        for (uint64_t fp_end = now_ns() + (ns);                          \
             !(fp_held = (condition)) && now_ns() < fp_end;)             \
            nap_for(nap_ns);                                             \
        fp_held;                                                         \
    })
#define expect_within(condition, ns) \
    fp_expect_true(__FILE__, __LINE__, #condition " soon", becomes_true(condition, ns, NAP_NS))
#define expect_soon(condition) expect_within(condition, SOON_NS)
#define require_soon(condition) (expect_soon(condition) ? (void)0 : finish())
#define expect_never_within(condition, ns) \
    fp_expect_true(__FILE__, __LINE__, "never " #condition, !becomes_true(condition, ns, (ns) / 250))
#define expect_never(condition) expect_never_within(condition, A_WHILE_NS)

/* ---- lives of domain 2 ---- */

static inline uint32_t begin_life(void)
{
    return ++board->lives;
}

/* The rest of this life is for others to look at. */
static inline void end_part(void)
{
    board->done = board->lives;
}

static inline void wait_for_go(uint32_t number)
{
    while (board->go < number)
        nap();
}

/* Both: event pages lie behind the banks, and the tree lists the shared memory last. */
static inline void register_events(void)
{
    require_eq(events_register_shared_info((void *)(uintptr_t)(uint32_t)(machine.domain == 1 ? EVENTS_1 : EVENTS_2)), 0);
}

_Noreturn static inline void reboot(void)
{
    shutdown(SHUTDOWN_reboot);
}

#endif
