/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's `edu`: a PCI device that copies between memory and a buffer of its own, with the addresses that it is given. A copy
 * takes 100 ms of the machine's time and happens at their end, all at once; then perhaps an interrupt, a level until it is
 * acknowledged. Each domain of the systems `edu...` has one. Source: QEMU docs/specs/edu.rst.
 */
#ifndef GUESTS_EDU_H
#define GUESTS_EDU_H

#include "../marks.h"

enum {
    EDU_BYTES = 4096, /* its buffer */
    EDU_MS = 100,
    EDU_LEAST_NS = 99 * 1000 * 1000, /* its clock counts milliseconds */
    EDU_DONE = 0x100, /* interrupt status: a copy came to its end */

    CONFIG_ID = 0,    /* words of its configuration space */
    CONFIG_COMMAND = 1,
    CONFIG_BASE_0 = 4,

    PLACE_BYTES = 0x40000,
    D1_PLACE = RAM(0x21000000), /* the second bank of domain 1; that of domain 2 begins where it ends */
    D2_PLACE = D1_PLACE + PLACE_BYTES,
    SHARED = RAM(0x22000000),   /* static shared memory: domain 2 owns it, domain 1 borrows it */
};

enum edu_end { EDU_SILENT = 0, EDU_INTERRUPT = 4 };

struct edu {
    volatile uint32_t *config; /* its page of configuration space */
    uintptr_t registers;       /* what base address 0 gives access to */
    uint32_t intid;
};

/* Finds it in the tree, gives it its base address and lets it master the bus. */
void edu_open(struct edu *edu);

/* Its interrupt at the pin, without a copy: any bits; a level until each of them is acknowledged. */
void edu_raise(const struct edu *edu, uint32_t bits);
void edu_acknowledge(const struct edu *edu, uint32_t bits);
uint32_t edu_raised(const struct edu *edu);

/* A copy from memory into its buffer, or from there to memory. */
void edu_start_fetch(const struct edu *edu, uintptr_t from, uint32_t bytes, enum edu_end end);
void edu_start_store(const struct edu *edu, uintptr_t to, uint32_t bytes, enum edu_end end);
bool edu_is_busy(const struct edu *edu);
void edu_wait(const struct edu *edu); /* asleep, until it is not */

static inline void edu_fetch(const struct edu *edu, uintptr_t from, uint32_t bytes)
{
    edu_start_fetch(edu, from, bytes, EDU_SILENT);
    edu_wait(edu);
}

static inline void edu_store(const struct edu *edu, uintptr_t to, uint32_t bytes)
{
    edu_start_store(edu, to, bytes, EDU_SILENT);
    edu_wait(edu);
}

/* The word that its buffer is filled with from `page`, which the caller may use; the copy takes its time. */
void edu_load(const struct edu *edu, uintptr_t page, uint32_t word);

static inline void sleep_ms(uint32_t ms)
{
    sched_poll(NULL, 0, now_ns() + ms * 1000000ull);
}

#endif
