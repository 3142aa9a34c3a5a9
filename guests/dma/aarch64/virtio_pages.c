/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that leave a domain's map while its virtio devices have them: its own, which no other domain ever gets, and borrowed
 * ones, which their owner does not get back before they are let go (founding document 002). No firewall stops these
 * devices: the last test shows what trust in a backend means. Domain 2's steps are numbered in both functions.
 */
#include "disk.h"
#include "random.h"
#include "virtio_places.h"

#define VIRTIO NEEDS "system=virtio"

enum { OWN = D1_BUFFERS + 5 * PAGE, LENT = D2_BUFFERS + 5 * PAGE, SOME = 16, SEED = 1, FRESH = 0xf2e5 };

static struct virtio disk, source;
static struct virtqueue disk_queue, source_queue;
static struct disk_request request, requests[QUEUE_SIZE / 3];

static void open_disk(void)
{
    virtio_find(&disk, VIRTIO_BLOCK);
    virtio_start(&disk, &disk_queue);
    mark(D1_BUFFERS, BUFFERS_BYTES, SEED);
}

/* Its ration is used up: what is offered next is written when the period is over. */
static void open_source(void)
{
    virtio_find(&source, VIRTIO_RANDOM);
    virtio_start(&source, &source_queue);
    random_use_up(&source, D1_BUFFERS);
    mark(D1_BUFFERS, BUFFERS_BYTES, SEED);
}

static void expect_denied(uintptr_t page)
{
    uint32_t value;

    expect_eq(try_read32(page, &value).fsr, FSR_DENIED);
    expect_eq(try_write32(page + PAGE - 4, 0).fsr, FSR_DENIED | FSR_WRITE);
}

static void expect_on_its_way(void)
{
    struct virtio_used used;

    expect_true(!virtio_take(&source, &used));
}

static void wait_for_random_bytes(void)
{
    expect_on_its_way();
    sched_poll(NULL, 0, now_ns() + PERIOD_NS);
    expect_eq(virtio_wait(&source).bytes, SOME);
}

/* Domain 2 tries to get domain 1's page in every way, and pages of its own come and go. */
static void try_to_get_it(void)
{
    expect_eq(map(1, OWN), -XEN_EINVAL);
    expect_eq(balloon_in(OWN), 0);
    expect_denied(OWN);
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 1);
    expect_true(is_marked(D2_BUFFERS, BUFFERS_BYTES, 2));
}

/* ---- own pages ---- */

TEST(dma, a_disk_writes_a_page_that_was_given_back, IDS "S2-01 S1-05 S3-03", WHY "it stays the domain's own, and nobody else gets it", VIRTIO)
{
    open_disk();
    peers_meet();
    require_eq(balloon_out(OWN), 1);
    expect_denied(OWN);
    expect_eq(disk_read(&disk, &request, 4, OWN + 8, SECTOR), DISK_OK);
    hand_over(); /* 1: cannot have it */
    expect_eq(disk_read(&disk, &request, 6, OWN + PAGE - SECTOR / 2, SECTOR), DISK_OK); /* and one that it kept */
    expect_denied(OWN);
    require_eq(balloon_in(OWN), 1);
    expect_true(disk_is(OWN + 8, 4 * SECTOR, SECTOR));
    expect_true(disk_is(OWN + PAGE - SECTOR / 2, 6 * SECTOR, SECTOR));
    expect_true(is_marked(D1_BUFFERS, OWN + 8 - D1_BUFFERS, SEED));
    expect_true(is_marked(OWN + 8 + SECTOR, PAGE - 8 - SECTOR - SECTOR / 2, SEED));
    expect_true(is_marked(OWN + PAGE + SECTOR / 2, D2_BUFFERS - OWN - PAGE - SECTOR / 2, SEED));
}

PEER(2, dma, a_disk_writes_a_page_that_was_given_back)
{
    mark(D2_BUFFERS, BUFFERS_BYTES, 2);
    peers_meet();
    peer_wait(0);
    try_to_get_it();
    peer_signal(0);
}

TEST(dma, a_page_given_back_under_a_transfer_reaches_nobody_else, IDS "S2-01 S1-05 S0-11",
     WHY "the device has the address, and writes when it is ready", VIRTIO)
{
    open_source();
    peers_meet();
    random_offer(&source, OWN + 100, SOME);
    require_eq(balloon_out(OWN), 1);
    hand_over(); /* 1: cannot have it */
    wait_for_random_bytes();
    expect_denied(OWN);
    hand_over(); /* 2: the same */
    require_eq(balloon_in(OWN), 1);
    expect_true(!is_marked(OWN + 100, SOME, SEED));
    expect_true(is_marked(D1_BUFFERS, OWN + 100 - D1_BUFFERS, SEED));
    expect_true(is_marked(OWN + 100 + SOME, D2_BUFFERS - OWN - 100 - SOME, SEED));
}

PEER(2, dma, a_page_given_back_under_a_transfer_reaches_nobody_else)
{
    mark(D2_BUFFERS, BUFFERS_BYTES, 2);
    peers_meet();
    peer_wait(0);
    try_to_get_it();
    hand_over();
    try_to_get_it();
    peer_signal(0);
}

TEST(dma, pages_come_and_go_under_many_requests, IDS "S2-01 S1-05", WHY "no order of the two is wrong", VIRTIO)
{
    enum { NR = QUEUE_SIZE / 3 };

    open_disk();
    for (uint32_t i = 0; i < NR; i++) {
        const struct virtio_piece data = {OWN + i * SECTOR, SECTOR, DEVICE_WRITES}; /* into three pages */

        disk_offer(&disk, &requests[i], DISK_READ, i, &data, 1);
    }
    virtio_notify(&disk);
    for (uintptr_t page = OWN; page < OWN + 3 * PAGE; page += PAGE) {
        require_eq(balloon_out(page), 1);
        require_eq(unmap(page + 3 * PAGE), 0); /* beside it: other tables, other flushes */
    }
    for (uint32_t i = 0; i < NR; i++)
        virtio_wait(&disk);
    for (uintptr_t page = OWN; page < OWN + 3 * PAGE; page += PAGE)
        require_eq(balloon_in(page), 1);
    expect_true(disk_is(OWN, 0, NR * SECTOR));
    expect_true(is_marked(OWN + NR * SECTOR, 3 * PAGE - NR * SECTOR, SEED));
}

TEST(dma, a_disk_writes_a_page_that_was_removed_from_the_map, IDS "S2-01", WHY "reserved is the domain's own too", VIRTIO)
{
    open_disk();
    require_eq(unmap(OWN), 0);
    expect_eq(disk_read(&disk, &request, 4, OWN, PAGE), DISK_OK);
    require_eq(balloon_in(OWN), 1);
    expect_true(disk_is(OWN, 4 * SECTOR, PAGE));
}

/* ---- pages of domain 2 that domain 1 borrows for its devices ---- */

TEST(dma, a_borrowed_page_under_a_real_master_is_not_used_again, IDS "S2-01 S2-02 S0-11",
     WHY "the owner takes it back while the request is on its way", VIRTIO)
{
    open_source();
    peers_meet();
    require_eq(map(2, LENT), 0);
    mark(LENT, PAGE, SEED);
    random_offer(&source, LENT + 100, SOME);
    hand_over(); /* 1: ballooned out, and not to be had again */
    wait_for_random_bytes();
    expect_true(!is_marked(LENT + 100, SOME, SEED));
    expect_true(is_marked(LENT + 100 + SOME, PAGE - 100 - SOME, SEED));
    hand_over(); /* 2: still not */
    require_eq(unmap(LENT), 0);
    hand_over(); /* 3: has it again, and writes */
    expect_denied(LENT);
    sched_poll(NULL, 0, now_ns() + 3 * PERIOD_NS);
    hand_over(); /* 4: finds what it wrote */
}

PEER(2, dma, a_borrowed_page_under_a_real_master_is_not_used_again)
{
    peers_meet();
    peer_wait(0);
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 0);
    hand_over();
    expect_eq(balloon_in(LENT), 0);
    hand_over();
    require_eq(balloon_in(LENT), 1);
    mark(LENT, PAGE, FRESH);
    hand_over();
    expect_true(is_marked(LENT, PAGE, FRESH));
    peer_signal(0);
}

TEST(dma, a_borrowed_page_that_was_let_go_in_time_is_free_at_once, IDS "S2-01 S0-11",
     WHY "the other order: the data is there, the page is unmapped, its owner takes it back", VIRTIO)
{
    open_disk();
    peers_meet();
    require_eq(map(2, LENT), 0);
    expect_eq(disk_read(&disk, &request, 9, LENT, PAGE), DISK_OK);
    require_eq(unmap(LENT), 0);
    hand_over(); /* 1: finds the data, ballooned out and in */
    expect_eq(disk_read(&disk, &request, 1, OWN, SECTOR), DISK_OK);
    hand_over(); /* 2: finds what it wrote, ballooned out */
    expect_eq(map(2, LENT), -XEN_EINVAL);
}

PEER(2, dma, a_borrowed_page_that_was_let_go_in_time_is_free_at_once)
{
    peers_meet();
    peer_wait(0);
    expect_true(disk_is(LENT, 9 * SECTOR, PAGE));
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 1);
    mark(LENT, PAGE, FRESH);
    hand_over();
    expect_true(is_marked(LENT, PAGE, FRESH));
    expect_eq(balloon_out(LENT), 1);
    peer_signal(0);
}

TEST(dma, a_page_let_go_too_early_is_written_in_its_owners_hands, IDS "S0-22 S0-14 S2-01",
     WHY "no firewall: a backend that is trusted must wait for its device before it unmaps", VIRTIO)
{
    open_source();
    peers_meet();
    require_eq(map(2, LENT), 0);
    random_offer(&source, LENT + 100, SOME);
    require_eq(unmap(LENT), 0);
    expect_on_its_way();
    hand_over(); /* 1: has it again, and writes */
    wait_for_random_bytes();
    hand_over(); /* 2: finds something else */
}

PEER(2, dma, a_page_let_go_too_early_is_written_in_its_owners_hands)
{
    peers_meet();
    peer_wait(0);
    expect_eq(balloon_out(LENT), 1);
    require_eq(balloon_in(LENT), 1);
    mark(LENT, PAGE, FRESH);
    hand_over();
    expect_true(is_marked(LENT, 100, FRESH));
    expect_true(!is_marked(LENT + 100, SOME, FRESH));
    expect_true(is_marked(LENT + 100 + SOME, PAGE - 100 - SOME, FRESH));
    peer_signal(0);
}
