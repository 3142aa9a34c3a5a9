/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain stops while its virtio devices have requests. The hypervisor resets them by their status before the memory is used
 * again (fencepost,reset of the board), for no firewall would stop them. Domain 2 runs its PEER function in each of its
 * lives; the shared memory that it owns keeps what is to be known of them.
 */
#include "disk.h"
#include "random.h"
#include "virtio_places.h"

#define VIRTIO NEEDS "system=virtio-restart"

enum { SHARED = RAM(0x22000000), OWN = D1_BUFFERS + 5 * PAGE, SOME = 16, SEED = 1, NAP_NS = 100 * 1000, NR = QUEUE_SIZE / 3 };

struct diary {
    uint32_t lives; /* of domain 2, this one included */
    uint32_t done;  /* the life that came to its end */
};

#define diary ((volatile struct diary *)SHARED)

static struct virtio device;
static struct virtqueue queue;
static struct disk_request requests[NR];

static void sleep_ns(uint64_t ns)
{
    sched_poll(NULL, 0, now_ns() + ns);
}

static void wait_for_life(uint32_t life)
{
    while (diary->done != life)
        sleep_ns(NAP_NS);
}

/* As at power on: no driver, no queue, no interrupt. */
static void expect_fresh(const struct virtio *v)
{
    v->registers->queue_select = 0;
    expect_eq(v->registers->status, 0);
    expect_eq(v->registers->queue_ready, 0);
    expect_eq(v->registers->interrupt_status, 0);
    irq_init();
    expect_true(!irq_is_pending(v->intid));
}

/* Scrubbed, and nothing comes any more. */
static void expect_clean(void)
{
    expect_true(is_filled(D2_BUFFERS, BUFFERS_BYTES, 0));
    sleep_ns(3 * PERIOD_NS);
    expect_true(is_filled(D2_BUFFERS, BUFFERS_BYTES, 0));
}

TEST(dma, a_request_of_the_life_before_never_arrives, IDS "S1-11 S2-01 S3-10",
     WHY "a random source that owes bytes is reset before the first page is scrubbed", VIRTIO)
{
    wait_for_life(3);
}

PEER(2, dma, a_request_of_the_life_before_never_arrives)
{
    const uint32_t life = ++diary->lives;

    virtio_find(&device, VIRTIO_RANDOM);
    expect_fresh(&device);
    expect_clean();
    virtio_start(&device, &queue);
    random_use_up(&device, D2_BUFFERS);
    random_offer(&device, D2_BUFFERS + 8 * PAGE, SOME);
    if (life < 3)
        shutdown(SHUTDOWN_reboot);
    sleep_ns(PERIOD_NS);
    expect_eq(virtio_wait(&device).bytes, SOME);
    diary->done = life;
}

TEST(dma, a_restart_under_many_requests_gives_a_clean_memory, IDS "S1-11 S2-01",
     WHY "what the disk has begun is over before, or it is not begun", VIRTIO)
{
    wait_for_life(3);
}

PEER(2, dma, a_restart_under_many_requests_gives_a_clean_memory)
{
    const uint32_t life = ++diary->lives;

    virtio_find(&device, VIRTIO_BLOCK);
    expect_fresh(&device);
    expect_clean();
    virtio_start(&device, &queue);
    for (uint32_t i = 0; i < NR; i++) {
        const struct virtio_piece data = {D2_BUFFERS + i * PAGE, PAGE, DEVICE_WRITES};

        disk_offer(&device, &requests[i], DISK_READ, i, &data, 1);
    }
    virtio_notify(&device);
    if (life < 3)
        shutdown(SHUTDOWN_reboot);
    for (uint32_t i = 0; i < NR; i++)
        virtio_wait(&device);
    for (uint32_t i = 0; i < NR; i++)
        expect_true(disk_is(D2_BUFFERS + i * PAGE, i * SECTOR, PAGE));
    diary->done = life;
}

/* Domain 2 borrows OWN, has its device write it later, and ends. */
TEST(dma, the_page_of_a_borrower_that_ended_before_its_request_is_free, IDS "S2-01 S2-08",
     WHY "first the device is reset, then the pin goes", VIRTIO)
{
    wait_for_life(1);
    expect_eq(balloon_out(OWN), 1);
    while (balloon_in(OWN) != 1)
        sleep_ns(NAP_NS);
    mark(OWN, PAGE, SEED);
    sleep_ns(3 * PERIOD_NS);
    expect_true(is_marked(OWN, PAGE, SEED));
}

PEER(2, dma, the_page_of_a_borrower_that_ended_before_its_request_is_free)
{
    virtio_find(&device, VIRTIO_RANDOM);
    virtio_start(&device, &queue);
    random_use_up(&device, D2_BUFFERS);
    require_eq(map(1, OWN), 0);
    random_offer(&device, OWN, SOME);
    diary->done = 1;
    shutdown(SHUTDOWN_poweroff);
}
