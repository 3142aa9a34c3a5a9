/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain: its vCPUs, its event channels, its view, the pages it owns. Domids are 1, 2, ... in tree order.
 *
 * Locks: hv/lock.h. The send path takes none: a
 * channel is one word, written whole, and is only re-used after smp_quiesce().
 */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include "hv/config.h"
#include "hv/peer.h"
#include "hv/types.h"
#include "hv/vcpu.h"
#include "hv/view.h"
#include "hv/vuart.h"

enum domain_state {
    DOMAIN_RUNNING,
    DOMAIN_RESTARTING, /* stopped; its steps lead to its next life (hv/restart.h) */
    DOMAIN_STOPPING,   /* stopped for good; its ports, maps and masters are being taken down */
    DOMAIN_STOPPED,
};

/* Where its steps are. */
struct restart {
    uint8_t phase;
    uint8_t tries;
    bool told;
    uint32_t range, offset; /* the next bytes of its RAM, or of its modules */
    uint32_t count;         /* restarts so far */
};

/* Its first range in frames, when that is RAM of its view alone; else none. */
struct domain_bank {
    uint32_t first_frame, nr_frames;
    uint8_t *states, *pins; /* of its first page (hv/page.h) */
};

enum { SHUTDOWN_CODE_NONE = 0xff };

/* Pending bits before the guest registers shared_info; the mask is all zero until then. */
struct shared_info_early {
    uint32_t pending[CONFIG_MAX_PORTS / 32];
};

struct domain {
    /* The send path reads these and nothing else of the receiver. */
    uint32_t *pending;             /* evtchn_pending as 32-bit words */
    uint32_t *mask;                /* evtchn_mask as 32-bit words */
    uint32_t *channels;            /* one word a port, see evtchn.h */
    struct vcpu *vcpus;            /* vcpus[id] */
    uint32_t bit;                  /* 1 << (domid - 1) */
    uint32_t polling[CONFIG_MAX_CPUS]; /* bit per vCPU that sleeps in SCHEDOP_poll; each CPU writes its own word */
    struct peer_page shared_page;  /* the page `pending` and `mask` lie in */

    uint32_t nr_ports;
    uint32_t cpus;                 /* bit per physical CPU that one of its vCPUs is pinned to */
    domid_t domid;
    uint8_t nr_vcpus;
    uint8_t state;                 /* enum domain_state */
    uint8_t shutdown_code;         /* latched by SCHEDOP_shutdown_code, 0xff: none */
    uint8_t stop_reason;           /* enum shutdown_reason, valid when stopped */
    bool shared_registered;
    uint8_t pin_weight;            /* counted pins that one foreign map by this domain puts on a page (hv/page.h) */
    bool balloons_usually;         /* one CPU, one vCPU: core/balloon.c's short way */
    const char *crash_why;         /* set by domain_crash */
    uint64_t watchdog[2];          /* counter ticks, DEADLINE_NONE: off */
    uint32_t watchdog_in_use;
    struct restart restart;

    const struct config_domain *config;
    const struct config_range *ranges; /* its view, config->nr_ranges of them */
    struct domain_bank bank;
    uint32_t usual_owners; /* core/foreign.c's short ways: domains whose pages it may map; 0: several CPUs, a checked master */
    struct view view;
    struct vgic_domain vgic;
    struct shared_info_early early;
    char console_line[256];
    uint32_t console_used;
    struct vuart vuart;
} __attribute__((aligned(DOMAIN_BYTES)));

_Static_assert(sizeof(struct domain) == DOMAIN_BYTES, "found by shifting its index");

extern struct domain domains[CONFIG_MAX_DOMAINS];
extern uint32_t nr_domains;
extern uint64_t ram_limit; /* end of the highest RAM the hypervisor may reach */

/* The domain with that id as a guest names it (DOMID_SELF included), or NULL. */
struct domain *domain_find(domid_t domid, struct domain *caller);

/* "running", or why it stopped. */
const char *domain_state_name(const struct domain *d);

/*
 * Stops every vCPU and says so on the console; the rest is done in steps (hv/restart.h). `reason`: enum shutdown_reason.
 */
void domain_shutdown(struct domain *d, uint32_t reason);

/* A guest is broken beyond repair: registers on the console, then shutdown(crash). `why`: a constant string. */
void domain_crash(struct domain *d, const char *why);

/* It will not run again: ends the system if the domain is essential or nobody else is left. */
void domain_ended(const struct domain *d);

#endif
