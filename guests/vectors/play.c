/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that several groups make. */
#include "play.h"

static const char *group;
static uint32_t step;
static int64_t pages_at_start;

uint8_t buffer[PAGE] __attribute__((aligned(PAGE)));

uint32_t next_step(void)
{
    return step++;
}

const char *group_name(void)
{
    return group;
}

void *zeros(void)
{
    memset(buffer, 0, sizeof(buffer));
    return buffer;
}

static int64_t current_pages(void)
{
    const struct xen_memory_domain self = {.domid = DOMID_SELF};

    return hypercall_memory_op(XENMEM_current_reservation, &self);
}

static uint32_t own_domid(void)
{
    const int32_t a = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), b = evtchn_bind_interdomain(DOMID_SELF, (uint32_t)a);
    struct evtchn_status_args status;

    evtchn_status(DOMID_SELF, (uint32_t)b, &status);
    evtchn_close((uint32_t)a);
    evtchn_close((uint32_t)b);
    return status.u.interdomain.dom;
}

void group_begin(const char *name)
{
    group = name;
    pages_at_start = current_pages();
    tell("domid=%u", own_domid());
}

/* ---- memory ---- */

struct access {
    uintptr_t address;
    uint64_t value;
};

static void do_store(void *argument)
{
    const struct access *access = argument;

    *(volatile uint32_t *)access->address = (uint32_t)access->value;
    *(volatile uint32_t *)(access->address + 4) = (uint32_t)(access->value >> 32);
    __asm__ volatile("dsb sy" ::: "memory");
}

static void do_load(void *argument)
{
    struct access *access = argument;

    access->value = *(volatile uint32_t *)access->address;
    access->value |= (uint64_t)*(volatile uint32_t *)(access->address + 4) << 32;
}

static void told_fault(const struct fault *fault)
{
    tell("access=data-abort far=0x%llx", (unsigned long long)fault->far);
}

void store(uintptr_t address, uint64_t value)
{
    struct access access = {address, value};
    const struct fault fault = fault_catch(do_store, &access);

    if (fault.kind == FAULT_NONE)
        tell("access=%s", "ok");
    else
        told_fault(&fault);
}

void load(uintptr_t address)
{
    struct access access = {address, 0};
    const struct fault fault = fault_catch(do_load, &access);

    if (fault.kind == FAULT_NONE)
        tell("access=ok value=0x%llx", (unsigned long long)access.value);
    else
        told_fault(&fault);
}

void pages_changed(void)
{
    tell("pages=%lld", (long long)(current_pages() - pages_at_start));
}

int64_t extents_of(uint32_t domid, uint32_t command, const void *list, uint64_t count, uint32_t order, uint32_t flags)
{
    const struct xen_memory_reservation request = {.extent_start = (uintptr_t)list, .nr_extents = count,
        .extent_order = order, .mem_flags = flags, .domid = (uint16_t)domid};

    return hypercall_memory_op(command, &request);
}

int64_t extents(uint32_t command, const uint64_t *frames, uint64_t count, uint32_t order)
{
    return extents_of(DOMID_SELF, command, frames, count, order, 0);
}

int64_t extent(uint32_t command, uint64_t one, uint32_t order)
{
    return extents(command, &one, 1, order);
}

int64_t map_space(uint32_t domid, uint32_t space, uint64_t index, uint64_t gpfn)
{
    const struct xen_add_to_physmap request = {.domid = (uint16_t)domid, .space = space, .idx = index, .gpfn = gpfn};

    return hypercall_memory_op(XENMEM_add_to_physmap, &request);
}

int64_t unmap_frame(uint64_t gpfn)
{
    const struct xen_remove_from_physmap request = {.domid = DOMID_SELF, .gpfn = gpfn};

    return hypercall_memory_op(XENMEM_remove_from_physmap, &request);
}

/* ---- event channels ---- */

void told_status(uint32_t domid, uint32_t port)
{
    struct evtchn_status_args status;
    const int32_t answer = evtchn_status(domid, port, &status);

    if (answer != 0)
        return result(answer);
    switch (status.status) {
    case EVTCHNSTAT_unbound:
        tell("return=0 status=%u vcpu=%u remote_dom=%u", status.status, status.vcpu, status.u.unbound.dom);
        break;
    case EVTCHNSTAT_interdomain:
        tell("return=0 status=%u vcpu=%u remote_dom=%u remote_port=%u", status.status, status.vcpu,
             status.u.interdomain.dom, status.u.interdomain.port);
        break;
    case EVTCHNSTAT_virq:
        tell("return=0 status=%u vcpu=%u virq=%u", status.status, status.vcpu, status.u.virq);
        break;
    default:
        tell("return=0 status=%u vcpu=%u", status.status, status.vcpu);
    }
}

void told_bind_virq(uint32_t virq, uint32_t vcpu)
{
    const int32_t port = evtchn_bind_virq(virq, vcpu);

    if (port > 0)
        tell("return=0 port=%d", port);
    else
        result(port);
}

void events_clear(uint64_t mask)
{
    events_quiet(0);
    for (uint32_t word = 0; word < 64; word++)
        shared_info()->evtchn_mask[word] = mask;
    __asm__ volatile("dsb sy" ::: "memory");
}

void shared_info_to_hole(void)
{
    const int32_t answer = events_register_shared_info((void *)HOLE);

    result(answer);
    if (answer != 0)
        require_eq(events_init(), 0);
}
