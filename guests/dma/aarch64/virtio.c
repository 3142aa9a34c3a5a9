/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio.h"

enum { MAGIC = 0x74726976, VERSION = 2, FIRST_SPI = 32, MORE_PIECES = 1, IS_WRITTEN = 2 };

static void barrier(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

static bool is_kind(struct virtio *v, const struct fdt_node *node, enum virtio_kind kind)
{
    uint32_t bytes;
    const void *const reg = fdt_property(machine.device_tree, node, "reg", &bytes);

    v->registers = (volatile struct virtio_registers *)(uintptr_t)fdt_word(reg, 1); /* of two cells the lower one */
    v->intid = FIRST_SPI + fdt_word(fdt_property(machine.device_tree, node, "interrupts", &bytes), 1);
    return v->registers->magic == MAGIC && v->registers->version == VERSION && v->registers->device == kind;
}

void virtio_find(struct virtio *v, enum virtio_kind kind)
{
    struct fdt_node node;
    bool more = fdt_first_node(machine.device_tree, &node), found = false;

    for (; more && !found; more = fdt_next_node(machine.device_tree, &node))
        found = fdt_is_compatible(machine.device_tree, &node, "virtio,mmio") && is_kind(v, &node, kind);
    require_true(found);
}

static void set_address(volatile uint32_t *pair, const volatile void *memory)
{
    pair[0] = (uint32_t)(uintptr_t)memory;
    pair[1] = (uint32_t)((uintptr_t)memory >> 32);
}

static void give_queue(struct virtio *v)
{
    volatile struct virtio_registers *const r = v->registers;

    r->queue_select = 0;
    require_eq(r->queue_ready, 0);
    require_true(r->queue_size_max >= QUEUE_SIZE);
    r->queue_size = QUEUE_SIZE;
    set_address(r->descriptors, v->queue->descriptor);
    set_address(r->driver_area, &v->queue->offered);
    set_address(r->device_area, &v->queue->used);
    barrier();
    r->queue_ready = 1;
}

/* Of all features the one that makes it modern. */
static void negotiate(volatile struct virtio_registers *r)
{
    r->device_features_select = 1;
    require_true((r->device_features & VIRTIO_VERSION_1) != 0);
    r->driver_features_select = 0;
    r->driver_features = 0;
    r->driver_features_select = 1;
    r->driver_features = VIRTIO_VERSION_1;
    r->status |= VIRTIO_FEATURES_OK;
    require_true((r->status & VIRTIO_FEATURES_OK) != 0);
}

void virtio_start(struct virtio *v, volatile struct virtqueue *queue)
{
    volatile struct virtio_registers *const r = v->registers;

    r->status = 0;
    spin_until(r->status == 0);
    memset((void *)(uintptr_t)queue, 0, sizeof(*queue));
    v->queue = queue;
    v->next = 0;
    v->taken = 0;
    r->status = VIRTIO_ACKNOWLEDGE;
    r->status |= VIRTIO_DRIVER;
    negotiate(r);
    give_queue(v);
    r->status |= VIRTIO_DRIVER_OK;
}

uint32_t virtio_offer(struct virtio *v, const struct virtio_piece *pieces, uint32_t nr)
{
    volatile struct virtqueue *const q = v->queue;
    const uint32_t head = v->next % QUEUE_SIZE;

    for (uint32_t i = 0; i < nr; i++) {
        const uint32_t at = v->next++ % QUEUE_SIZE;

        q->descriptor[at].address = pieces[i].address;
        q->descriptor[at].bytes = pieces[i].bytes;
        q->descriptor[at].flags = (uint16_t)((pieces[i].use == DEVICE_WRITES ? IS_WRITTEN : 0) | (i + 1 < nr ? MORE_PIECES : 0));
        q->descriptor[at].next = (uint16_t)(v->next % QUEUE_SIZE);
    }
    q->offered.head[q->offered.index % QUEUE_SIZE] = (uint16_t)head;
    barrier();
    q->offered.index = (uint16_t)(q->offered.index + 1);
    return head;
}

void virtio_notify(const struct virtio *v)
{
    barrier();
    v->registers->queue_notify = 0;
}

bool virtio_take(struct virtio *v, struct virtio_used *used)
{
    const uint32_t at = v->taken % QUEUE_SIZE;

    if (v->queue->used.index == v->taken)
        return false;
    barrier();
    *used = (struct virtio_used){v->queue->used.chain[at].head, v->queue->used.chain[at].bytes};
    v->taken++;
    return true;
}

struct virtio_used virtio_wait(struct virtio *v)
{
    struct virtio_used used;

    spin_until(virtio_take(v, &used));
    return used;
}

uint32_t virtio_acknowledge(const struct virtio *v)
{
    const uint32_t status = v->registers->interrupt_status;

    v->registers->interrupt_acknowledge = status;
    barrier();
    return status;
}
