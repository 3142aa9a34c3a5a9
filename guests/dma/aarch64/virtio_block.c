/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio disk, whose content is known to the byte: what it writes where, and its interrupt, a physical SPI that the
 * guest ends. Nobody here wrote the device, and no stage 2 filters it.
 */
#include "disk.h"
#include "virtio_places.h"

#define VIRTIO NEEDS "system=virtio"

enum { SEED = 1, END = D1_BUFFERS + BUFFERS_BYTES };

static struct virtio disk;
static struct virtqueue queue;
static struct disk_request request, requests[QUEUE_SIZE / 3];

static void open_disk(void)
{
    virtio_find(&disk, VIRTIO_BLOCK);
    virtio_start(&disk, &queue);
    mark(D1_BUFFERS, BUFFERS_BYTES, SEED);
}

/* `bytes` at `to` are the disk's from `sector` on, and nothing else of the bank was written. `to` is a word's address. */
static void expect_landed(uintptr_t to, uint32_t sector, uint32_t bytes)
{
    expect_true(disk_is(to, sector * SECTOR, bytes));
    expect_true(is_marked(D1_BUFFERS, (uint32_t)(to - D1_BUFFERS), SEED));
    expect_true(is_marked(to + bytes, (uint32_t)(END - to) - bytes, SEED));
}

TEST(dma, a_virtio_disk_is_what_it_says, IDS "S3-10", WHY "its registers are the domain's", VIRTIO)
{
    virtio_find(&disk, VIRTIO_BLOCK);
    expect_eq(disk.intid, 32 + 47);
    expect_eq(disk.registers->configuration[0], DISK_SECTORS);
    expect_eq(disk.registers->configuration[1], 0);
    disk.registers->device_features_select = 0;
    expect_true((disk.registers->device_features & DISK_READ_ONLY) != 0);
    virtio_start(&disk, &queue);
    expect_eq(disk.registers->status, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK);
}

TEST(dma, the_registers_of_a_disk_are_its_domains_alone, IDS "S4-23 S3-10", WHY "who can start a transfer owns the memory", VIRTIO)
{
    open_disk();
    peers_meet();
    hand_over(); /* 1: cannot even ask what it is */
    expect_eq(disk_read(&disk, &request, 5, D1_BUFFERS, SECTOR), DISK_OK);
}

PEER(2, dma, the_registers_of_a_disk_are_its_domains_alone)
{
    static const uintptr_t pages[] = {0x0a002000, 0x0a003000}; /* of the source's registers, and of the disk's */

    peers_meet();
    peer_wait(0);
    for (uint32_t i = 0; i < 2; i++) {
        for (uintptr_t at = pages[i]; at < pages[i] + PAGE; at += 0x70) { /* a status among them: 0x0a003e70 */
            uint32_t value;

            expect_eq(try_read32(at, &value).fsr, FSR_DENIED);
            expect_eq(try_write32(at, 0).fsr, FSR_DENIED | FSR_WRITE);
        }
    }
    peer_signal(0);
}

TEST(dma, a_disk_writes_exactly_where_a_direct_mapped_domain_asks, IDS "S3-03 S1-13",
     WHY "guest frame, physical frame and bus frame are one", VIRTIO)
{
    open_disk();
    expect_eq(disk_read(&disk, &request, 5, D1_BUFFERS + 104, SECTOR), DISK_OK);
    expect_landed(D1_BUFFERS + 104, 5, SECTOR);
}

TEST(dma, a_disk_writes_up_to_the_end_of_a_bank_and_not_behind, IDS "S3-03", WHY "the next bank is another domain's", VIRTIO)
{
    open_disk();
    peers_meet();
    expect_eq(disk_read(&disk, &request, DISK_SECTORS - 8, END - PAGE, PAGE), DISK_OK);
    expect_landed(END - PAGE, DISK_SECTORS - 8, PAGE);
    hand_over();
}

PEER(2, dma, a_disk_writes_up_to_the_end_of_a_bank_and_not_behind)
{
    mark(D2_BUFFERS, BUFFERS_BYTES, 2);
    peers_meet();
    peer_wait(0);
    expect_true(is_marked(D2_BUFFERS, BUFFERS_BYTES, 2));
    peer_signal(0);
}

TEST(dma, a_request_may_cross_pages, IDS "S3-03", WHY "neighbours of the guest are neighbours of the device", VIRTIO)
{
    open_disk();
    expect_eq(disk_read(&disk, &request, 0, D1_BUFFERS + PAGE - 252, SECTOR), DISK_OK);
    expect_landed(D1_BUFFERS + PAGE - 252, 0, SECTOR);
    mark(D1_BUFFERS, BUFFERS_BYTES, SEED);
    expect_eq(disk_read(&disk, &request, 0, D1_BUFFERS + PAGE - 4, DISK_SECTORS * SECTOR), DISK_OK); /* the whole disk */
    expect_landed(D1_BUFFERS + PAGE - 4, 0, DISK_SECTORS * SECTOR);
}

TEST(dma, a_scatter_list_is_filled_in_its_order, IDS "S3-03", WHY "each piece has an address of its own", VIRTIO)
{
    /* two sectors; the pieces lie backwards, one of them across two pages */
    static const struct virtio_piece pieces[] = {
        {D1_BUFFERS + 6 * PAGE + 8, 4, DEVICE_WRITES},         {D1_BUFFERS + 5 * PAGE - 100, 300, DEVICE_WRITES},
        {D1_BUFFERS + 3 * PAGE, 208, DEVICE_WRITES},           {D1_BUFFERS + 2 * PAGE + 1024, 256, DEVICE_WRITES},
        {D1_BUFFERS + 2 * PAGE + 512, 256, DEVICE_WRITES},
    };
    uint32_t offset = 7 * SECTOR;
    uintptr_t above = END;

    open_disk();
    disk_offer(&disk, &request, DISK_READ, 7, pieces, 5);
    virtio_notify(&disk);
    virtio_wait(&disk);
    expect_eq(request.status, DISK_OK);
    for (uint32_t i = 0; i < 5; i++) {
        const uintptr_t end = pieces[i].address + pieces[i].bytes;

        expect_true(disk_is(pieces[i].address, offset, pieces[i].bytes));
        expect_true(is_marked(end, (uint32_t)(above - end), SEED));
        offset += pieces[i].bytes;
        above = pieces[i].address;
    }
    expect_true(is_marked(D1_BUFFERS, (uint32_t)(above - D1_BUFFERS), SEED));
}

TEST(dma, many_requests_are_on_their_way_at_once, IDS "S3-03", WHY "each comes back once, whatever the order", VIRTIO)
{
    enum { NR = QUEUE_SIZE / 3 };
    uint32_t heads[NR], seen = 0;

    open_disk();
    for (uint32_t i = 0; i < NR; i++) {
        const struct virtio_piece data = {D1_BUFFERS + i * PAGE + 8, SECTOR, DEVICE_WRITES};

        heads[i] = disk_offer(&disk, &requests[i], DISK_READ, 3 * i, &data, 1);
    }
    virtio_notify(&disk);
    for (uint32_t n = 0; n < NR; n++) {
        const struct virtio_used used = virtio_wait(&disk);

        for (uint32_t i = 0; i < NR; i++)
            seen ^= used.head == heads[i] ? 1u << i : 0;
        expect_eq(used.bytes, SECTOR + 1);
    }
    expect_eq(seen, (1u << NR) - 1);
    for (uint32_t i = 0; i < NR; i++) {
        expect_eq(requests[i].status, DISK_OK);
        expect_true(disk_is(D1_BUFFERS + i * PAGE + 8, 3 * i * SECTOR, SECTOR));
        expect_true(is_marked(D1_BUFFERS + i * PAGE, 8, SEED));
        expect_true(is_marked(D1_BUFFERS + i * PAGE + 8 + SECTOR, PAGE - SECTOR - 8, SEED));
    }
}

/* ---- refusals of the device ---- */

static void expect_refused(enum disk_request_type type, uint64_t sector, uint32_t bytes, enum disk_status status)
{
    const struct virtio_piece data = {D1_BUFFERS, bytes, type == DISK_WRITE ? DEVICE_READS : DEVICE_WRITES};

    disk_offer(&disk, &request, type, sector, &data, 1);
    virtio_notify(&disk);
    virtio_wait(&disk);
    expect_eq(request.status, status);
    expect_true(is_marked(D1_BUFFERS, BUFFERS_BYTES, SEED));
}

TEST(dma, a_disk_says_what_it_cannot_do, IDS "S3-10", WHY "and writes its status alone", VIRTIO)
{
    open_disk();
    expect_refused(DISK_READ, DISK_SECTORS, SECTOR, DISK_ERROR);
    expect_refused(DISK_READ, DISK_SECTORS - 1, 2 * SECTOR, DISK_ERROR);
    expect_refused(DISK_READ, UINT64_MAX / SECTOR, SECTOR, DISK_ERROR);
    expect_refused(DISK_WRITE, 1, SECTOR, DISK_ERROR); /* the host's file is open for reading */
    expect_refused(DISK_NONSENSE, 1, SECTOR, DISK_UNSUPPORTED);
    expect_eq(disk_read(&disk, &request, 1, D1_BUFFERS, SECTOR), DISK_OK);
    expect_landed(D1_BUFFERS, 1, SECTOR);
}

/* ---- the interrupt ---- */

static volatile uint32_t interrupts;

static void acknowledge(uint32_t intid)
{
    expect_eq(intid, disk.intid);
    expect_eq(virtio_acknowledge(&disk), VIRTIO_USED_BUFFER);
    interrupts++;
}

static void sleep_until_interrupt(uint32_t number)
{
    while (interrupts < number) {
        wait_for_interrupt(); /* masked: it wakes, and is taken below */
        irq_unmask();
        irq_mask();
    }
    expect_eq(interrupts, number);
}

TEST(dma, a_completion_interrupts_its_owner_once, IDS "S3-10 S3-01", WHY "an edge for each, and the guest's EOI is the device's", VIRTIO)
{
    struct virtio_used used;

    open_disk();
    irq_init();
    irq_set_handler(disk.intid, acknowledge);
    irq_enable_source(disk.intid);
    for (uint32_t n = 1; n <= 4; n++) {
        const struct virtio_piece data = {D1_BUFFERS, SECTOR, DEVICE_WRITES};
        const uint32_t head = disk_offer(&disk, &request, DISK_READ, n, &data, 1);

        virtio_notify(&disk);
        sleep_until_interrupt(n);
        require_true(virtio_take(&disk, &used));
        expect_eq(used.head, head);
        expect_eq(request.status, DISK_OK);
        expect_landed(D1_BUFFERS, n, SECTOR);
        expect_eq(disk.registers->interrupt_status, 0);
    }
    irq_unmask();
    delay_ns(20 * 1000);
    irq_mask();
    expect_eq(interrupts, 4);
    expect_true(!virtio_take(&disk, &used));
}

TEST(dma, a_completion_nobody_wants_to_hear_of_waits, IDS "S3-10", WHY "a disabled source is pending, not lost", VIRTIO)
{
    open_disk();
    irq_init();
    irq_set_handler(disk.intid, acknowledge);
    expect_eq(disk_read(&disk, &request, 2, D1_BUFFERS, SECTOR), DISK_OK);
    irq_unmask();
    delay_ns(20 * 1000);
    expect_eq(interrupts, 0);
    irq_enable_source(disk.intid);
    spin_until(interrupts == 1);
    irq_mask();
}
