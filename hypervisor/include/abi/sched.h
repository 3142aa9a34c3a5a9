/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sched_op (hypercall 29): command in argument 1, pointer in argument 2. Source: Xen include/public/sched.h.
 */
#ifndef ABI_SCHED_H
#define ABI_SCHED_H

#include <stddef.h>

#include "abi/xen.h"

enum sched_op {
    SCHEDOP_yield = 0,
    SCHEDOP_block = 1,
    SCHEDOP_shutdown = 2,
    SCHEDOP_poll = 3,
    SCHEDOP_remote_shutdown = 4,
    SCHEDOP_shutdown_code = 5,
    SCHEDOP_watchdog = 6,
    SCHEDOP_pin_override = 7,
};

enum shutdown_reason {
    SHUTDOWN_poweroff = 0,
    SHUTDOWN_reboot = 1,
    SHUTDOWN_suspend = 2,
    SHUTDOWN_crash = 3,
    SHUTDOWN_watchdog = 4,
    SHUTDOWN_soft_reset = 5,
};

enum {
    SCHED_POLL_MAX_PORTS = 128,
    SCHED_NR_WATCHDOGS = 2,
};

struct sched_shutdown {
    uint32_t reason;
};

struct sched_poll {
    guest_handle_t ports; /* uint32_t[] */
    uint32_t nr_ports;
    uint32_t pad;
    uint64_t timeout; /* absolute, nanoseconds since boot; 0: none */
};

struct sched_remote_shutdown {
    uint16_t domain_id;
    uint16_t pad;
    uint32_t reason;
};

struct sched_watchdog {
    uint32_t id;
    uint32_t timeout; /* seconds */
};

_Static_assert(sizeof(struct sched_shutdown) == 4, "ABI");
_Static_assert(sizeof(struct sched_poll) == 24, "ABI");
_Static_assert(offsetof(struct sched_poll, timeout) == 16, "ABI");
_Static_assert(sizeof(struct sched_remote_shutdown) == 8, "ABI");
_Static_assert(sizeof(struct sched_watchdog) == 8, "ABI");

#endif
