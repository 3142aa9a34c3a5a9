/* SPDX-License-Identifier: Apache-2.0 */
/* Events: the words shared with the hypervisor, the upcall, waiting, and talking to a peer. */
#include "internal.h"

enum { SHARED_INFO_PAGE = 0, NR_PORTS = EVTCHN_DOM0LESS_MAX_PORT + 1 };

static uint8_t image_pages[EVENT_PAGES][XEN_PAGE_SIZE] __attribute__((aligned(4096), section(".bss.page_aligned")));
static struct shared_info *registered_page;
static struct vcpu_info *registered_info[FP_MAX_CPUS];
static irq_handler_t own_upcall_handler;
static void (*port_handlers[NR_PORTS])(uint32_t port);
static volatile uint32_t port_counts[NR_PORTS];
static volatile uint32_t upcalls[FP_MAX_CPUS];

void *event_page(uint32_t n)
{
    uint32_t last = machine.nr_banks - 1;

    if (machine.nr_banks > 1)
        return (void *)((uintptr_t)machine.bank[last].base + n * XEN_PAGE_SIZE);
    return image_pages[n];
}

/* ---- registration ---- */

/* An upcall may come before the call returns, so the handler must find the new place at once. */
int32_t events_register_shared_info(void *page)
{
    struct shared_info *old_page = registered_page;
    struct vcpu_info *old_info = registered_info[0];
    const struct xen_add_to_physmap request = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_shared_info,
        .gpfn = (uintptr_t)page >> XEN_PAGE_SHIFT,
    };

    registered_page = page;
    if (old_info == NULL || old_info == &old_page->vcpu_info[0])
        registered_info[0] = &registered_page->vcpu_info[0];
    int32_t result = (int32_t)hypercall_memory_op(XENMEM_add_to_physmap, &request);
    if (result < 0) {
        registered_page = old_page;
        registered_info[0] = old_info;
    }
    return result;
}

int32_t events_init(void)
{
    return events_register_shared_info(event_page(SHARED_INFO_PAGE));
}

int32_t events_register_vcpu_info(uint32_t vcpu, void *info)
{
    struct vcpu_info *old = registered_info[vcpu];
    const struct vcpu_register_vcpu_info request = {
        .gfn = (uintptr_t)info >> XEN_PAGE_SHIFT,
        .offset = (uintptr_t)info & (XEN_PAGE_SIZE - 1),
    };

    registered_info[vcpu] = info;
    int32_t result = (int32_t)hypercall_vcpu_op(VCPUOP_register_vcpu_info, vcpu, &request);
    if (result < 0)
        registered_info[vcpu] = old;
    return result;
}

struct shared_info *shared_info(void)
{
    return registered_page;
}

struct vcpu_info *vcpu_info(uint32_t vcpu)
{
    return registered_info[vcpu];
}

/* ---- the words: LDREX/STREX on the 32-bit half that holds the bit ---- */

static uint32_t *half_of(uint64_t *words, uint32_t port)
{
    return (uint32_t *)(void *)words + port / 32;
}

static bool test_and_clear(uint32_t *word, uint32_t bit)
{
    return (__atomic_fetch_and(word, ~(1u << bit), __ATOMIC_SEQ_CST) >> bit & 1u) != 0;
}

static bool test_and_set(uint32_t *word, uint32_t bit)
{
    return (__atomic_fetch_or(word, 1u << bit, __ATOMIC_SEQ_CST) >> bit & 1u) != 0;
}

static bool test(const uint32_t *word, uint32_t bit)
{
    return (__atomic_load_n(word, __ATOMIC_SEQ_CST) >> bit & 1u) != 0;
}

bool event_is_pending(uint32_t port)
{
    return test(half_of(registered_page->evtchn_pending, port), port % 32);
}

bool event_clear(uint32_t port)
{
    return test_and_clear(half_of(registered_page->evtchn_pending, port), port % 32);
}

void event_set(uint32_t port)
{
    test_and_set(half_of(registered_page->evtchn_pending, port), port % 32);
}

bool event_is_masked(uint32_t port)
{
    return test(half_of(registered_page->evtchn_mask, port), port % 32);
}

bool event_mask(uint32_t port)
{
    return test_and_set(half_of(registered_page->evtchn_mask, port), port % 32);
}

bool event_unmask_bit(uint32_t port)
{
    return test_and_clear(half_of(registered_page->evtchn_mask, port), port % 32);
}

bool upcall_flag(uint32_t vcpu)
{
    return __atomic_load_n(&registered_info[vcpu]->evtchn_upcall_pending, __ATOMIC_SEQ_CST) != 0;
}

void upcall_clear(uint32_t vcpu)
{
    __atomic_store_n(&registered_info[vcpu]->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
}

uint64_t selector(uint32_t vcpu)
{
    const uint32_t *half = (const uint32_t *)(const void *)&registered_info[vcpu]->evtchn_pending_sel;

    return __atomic_load_n(&half[0], __ATOMIC_SEQ_CST) |
           (uint64_t)__atomic_load_n(&half[1], __ATOMIC_SEQ_CST) << 32;
}

uint64_t selector_take(uint32_t vcpu)
{
    uint32_t *half = (uint32_t *)(void *)&registered_info[vcpu]->evtchn_pending_sel;

    return __atomic_exchange_n(&half[0], 0, __ATOMIC_SEQ_CST) |
           (uint64_t)__atomic_exchange_n(&half[1], 0, __ATOMIC_SEQ_CST) << 32;
}

void events_quiet(uint32_t vcpu)
{
    upcall_clear(vcpu);
    selector_take(vcpu);
    for (uint32_t word = 0; word < NR_PORTS / 32; word++)
        __atomic_store_n(half_of(registered_page->evtchn_pending, word * 32), 0, __ATOMIC_SEQ_CST);
}

/* ---- the upcall ---- */

static void deliver(uint32_t port)
{
    if (!event_clear(port)) /* before the work: an event during it must not be lost */
        return;
    port_counts[port]++;
    if (port_handlers[port] != NULL)
        port_handlers[port](port);
}

static void scan_word(uint32_t word)
{
    uint64_t news = registered_page->evtchn_pending[word] & ~registered_page->evtchn_mask[word];

    for (; news != 0; news &= news - 1)
        deliver(word * 64 + (uint32_t)__builtin_ctzll(news));
}

void event_scan(uint32_t vcpu)
{
    upcall_clear(vcpu);
    for (uint64_t words = selector_take(vcpu); words != 0; words &= words - 1) {
        uint32_t word = (uint32_t)__builtin_ctzll(words);

        if (word < NR_PORTS / 64)
            scan_word(word);
    }
}

static void on_upcall(uint32_t intid)
{
    uint32_t vcpu = this_cpu();

    upcalls[vcpu]++;
    if (own_upcall_handler != NULL)
        own_upcall_handler(intid);
    else
        event_scan(vcpu);
}

void upcall_enable(void)
{
    const struct vcpu_info *info = registered_info[this_cpu()];

    irq_set_handler(INTID_EVENT_UPCALL, on_upcall);
    irq_enable_source(INTID_EVENT_UPCALL);
    if (info != NULL && !upcall_flag(this_cpu()))
        irq_drop(INTID_EVENT_UPCALL);
}

void upcall_disable(void)
{
    irq_disable_source(INTID_EVENT_UPCALL);
}

void upcall_set_handler(irq_handler_t handler)
{
    own_upcall_handler = handler;
}

void event_set_handler(uint32_t port, void (*function)(uint32_t port))
{
    port_handlers[port] = function;
}

uint32_t event_count(uint32_t port)
{
    return port_counts[port];
}

uint32_t upcall_count(uint32_t vcpu)
{
    return upcalls[vcpu];
}

/* ---- waiting ---- */

int32_t sched_poll(const uint32_t *ports, uint32_t count, uint64_t deadline_ns)
{
    const struct sched_poll poll = {.ports = (uintptr_t)ports, .nr_ports = count, .timeout = deadline_ns};

    return (int32_t)hypercall_sched_op(SCHEDOP_poll, &poll);
}

bool event_wait_ns(uint32_t port, uint64_t nanoseconds)
{
    uint64_t deadline = nanoseconds == 0 ? 0 : now_ns() + nanoseconds;

    while (!event_clear(port)) {
        if (deadline != 0 && now_ns() >= deadline)
            return false;
        if (sched_poll(&port, 1, deadline) < 0)
            return false;
    }
    return true;
}

void event_wait(uint32_t port)
{
    require_true(event_wait_ns(port, 0));
}

/* ---- a peer over the static channels of the system `pair` ---- */

uint32_t peer_port(uint32_t lane)
{
    static const uint32_t ports[2][PEER_LANES] = {{10, 12}, {11, 13}};

    return ports[machine.domain == 1 ? 0 : 1][lane];
}

void peer_signal(uint32_t lane)
{
    require_eq(evtchn_send(peer_port(lane)), 0);
}

void peer_wait(uint32_t lane)
{
    event_wait(peer_port(lane));
}

void peers_meet(void)
{
    if (registered_page == NULL)
        require_eq(events_init(), 0);
    if (machine.domain == 1) {
        peer_wait(0);
        peer_signal(1);
        peer_wait(1);
        return;
    }
    for (uint32_t lane = 0; lane < PEER_LANES; lane++)
        event_clear(peer_port(lane)); /* nobody sent these: see xen,evtchn */
    peer_signal(0);
    peer_wait(1);
    peer_signal(1);
}
