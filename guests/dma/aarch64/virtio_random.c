/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio random source. It gives RATION bytes in PERIOD_NS and no more, so a request beyond them stays on its way for a
 * time that is known: whatever happens to its buffer meanwhile, the bytes come afterwards.
 */
#include "random.h"
#include "virtio_places.h"

#define VIRTIO NEEDS "system=virtio"

enum { SEED = 1, BUFFER = D1_BUFFERS + 3 * PAGE + 100 };

static struct virtio source;
static struct virtqueue queue;

static void open_source(void)
{
    virtio_find(&source, VIRTIO_RANDOM);
    virtio_start(&source, &queue);
    mark(D1_BUFFERS, BUFFERS_BYTES, SEED);
}

/* Of RATION bytes at BUFFER `bytes` may be new. */
static void expect_untouched_around(uint32_t bytes)
{
    expect_true(is_marked(D1_BUFFERS, BUFFER - D1_BUFFERS, SEED));
    expect_true(is_marked(BUFFER + bytes, D1_BUFFERS + BUFFERS_BYTES - BUFFER - bytes, SEED));
}

TEST(dma, random_bytes_arrive_and_their_number_is_told, IDS "S3-03", WHY "what they are nobody knows, what is beside them is known", VIRTIO)
{
    struct virtio_used used;
    uint32_t head;

    open_source();
    expect_eq(source.intid, 32 + 39);
    head = random_offer(&source, BUFFER, 32);
    used = virtio_wait(&source);
    expect_eq(used.head, head);
    expect_eq(used.bytes, 32);
    expect_untouched_around(32);
    expect_true(!is_marked(BUFFER, 32, SEED));
}

TEST(dma, a_ration_of_random_bytes_ends_in_the_middle_of_a_buffer, IDS "S3-03", WHY "the number says how far it came", VIRTIO)
{
    struct virtio_used used;

    open_source();
    random_offer(&source, BUFFER, RATION + 32);
    used = virtio_wait(&source);
    expect_eq(used.bytes, RATION);
    expect_untouched_around(RATION);
}

TEST(dma, a_request_beyond_the_ration_is_on_its_way_for_a_while, IDS "S3-03", WHY "what the tests of pages and restarts rely on", VIRTIO)
{
    struct virtio_used used;

    open_source();
    random_use_up(&source, D1_BUFFERS);
    mark(D1_BUFFERS, RATION, SEED);
    random_offer(&source, BUFFER, 16);
    sched_poll(NULL, 0, now_ns() + PERIOD_NS / 2);
    expect_true(!virtio_take(&source, &used));
    expect_untouched_around(0);
    sched_poll(NULL, 0, now_ns() + 2 * PERIOD_NS);
    used = virtio_wait(&source);
    expect_eq(used.bytes, 16);
    expect_untouched_around(16);
    expect_true(!is_marked(BUFFER, 16, SEED));
}

TEST(dma, two_devices_of_one_domain_interrupt_apart, IDS "S3-10", WHY "each has an SPI of its own", VIRTIO)
{
    static struct virtqueue second;
    struct virtio other;

    open_source();
    virtio_find(&other, VIRTIO_BLOCK);
    virtio_start(&other, &second);
    expect_true(!irq_is_pending(source.intid));
    random_offer(&source, BUFFER, 16);
    virtio_wait(&source);
    spin_until(irq_is_pending(source.intid));
    expect_true(!irq_is_pending(other.intid));
    expect_eq(other.registers->interrupt_status, 0);
    expect_eq(virtio_acknowledge(&source), VIRTIO_USED_BUFFER);
}
