/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static event channels: made from the configuration at boot, and again for a domain that restarts.
 */
#include "core/evtchn_port.h"
#include "hv/console.h"
#include "hv/main.h"

static const struct config_channel *channels_of(const struct config_header *config)
{
    return (const struct config_channel *)((const char *)config + config->channels);
}

void evtchn_make_static(const struct config_header *config)
{
    const struct config_channel *const list = channels_of(config);

    for (uint32_t i = 0; i < config->nr_channels; i++) {
        struct domain *const b = &domains[list[i].domain_b];

        evtchn_connect(&domains[list[i].domain_a], list[i].port_a, b, list[i].port_b);
        evtchn_notify(b, list[i].port_b);
    }
}

/* One channel of `d`, all of whose ports are free. False: the other end has become something else. */
static bool remake(struct domain *d, port_t port, struct domain *other, port_t other_port)
{
    const uint32_t word = other->channels[other_port];

    if (word == 0 && other != d && other->state != DOMAIN_RUNNING) { /* it finds us waiting when it restarts */
        port_open(d, port, channel_make(EVTCHNSTAT_unbound, 0, index_of(other), 0));
        return true;
    }
    if (word != 0 && (channel_state(word) != EVTCHNSTAT_unbound || channel_domain(word) != d))
        return false;
    evtchn_connect(d, port, other, other_port);
    if (other != d)
        evtchn_notify(other, other_port);
    return true;
}

/* False: the channel is none of the domain's. */
static bool remake_channel(struct domain *d, const struct config_channel *c)
{
    struct domain *const a = &domains[c->domain_a], *const b = &domains[c->domain_b];

    if (a != d && b != d)
        return false;
    if (!(a == d ? remake(d, c->port_a, b, c->port_b) : remake(d, c->port_b, a, c->port_a)))
        console_log("d%u static channel d%u:%u-d%u:%u is not remade: its other end is in use", (unsigned)d->domid,
                    (unsigned)a->domid, (unsigned)c->port_a, (unsigned)b->domid, (unsigned)c->port_b);
    else if (b == d)
        evtchn_notify(b, c->port_b);
    return true;
}

bool evtchn_remake_static(struct domain *d)
{
    enum { LOOKS_AT_ONCE = 64 };
    static uint16_t cursor[CONFIG_MAX_DOMAINS];
    const struct config_channel *const list = channels_of(config_verified);
    uint32_t next = cursor[index_of(d)];
    bool made = false;

    lock_acquire(&channels_lock);
    for (uint32_t looks = LOOKS_AT_ONCE; next < config_verified->nr_channels && looks > 0 && !made; looks--)
        made = remake_channel(d, &list[next++]);
    lock_release(&channels_lock);
    const bool all = next == config_verified->nr_channels;
    cursor[index_of(d)] = (uint16_t)(all ? 0 : next);
    return all;
}
