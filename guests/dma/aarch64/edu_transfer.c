/* SPDX-License-Identifier: Apache-2.0 */
/* A PCI master of a direct-mapped domain: data lands where the domain asked, and its interrupt is the domain's own. */
#include "edu.h"

#define EDU NEEDS "system=edu"

enum { PATTERN = 0x5eaf00d5, WORK = D1_PLACE, TARGET = D1_PLACE + 4 * PAGE };

static struct edu edu;

static void enable_interrupt(irq_handler_t handler)
{
    irq_init();
    irq_set_handler(edu.intid, handler);
    irq_enable_source(edu.intid);
}

TEST(dma, a_pci_device_writes_where_a_direct_mapped_domain_asks, IDS "S3-03", WHY "memory, device, memory: not a byte beside it", EDU)
{
    enum { AT = TARGET + 100, BYTES = 1000 };

    edu_open(&edu);
    mark(WORK, EDU_BYTES, 1);
    mark(TARGET, 2 * PAGE, 2);
    edu_fetch(&edu, WORK, EDU_BYTES);
    mark(WORK, EDU_BYTES, 3); /* what it has read counts */
    edu_store(&edu, AT, BYTES);
    expect_true(is_marked(WORK, EDU_BYTES, 3));
    expect_true(is_marked(TARGET, AT - TARGET, 2));
    for (uint32_t i = 0; i < BYTES; i += 4)
        expect_eq(*word_at(AT + i), (WORK + i) ^ 1);
    expect_true(is_marked(AT + BYTES, 2 * PAGE - BYTES - (AT - TARGET), 2));
}

TEST(dma, a_whole_page_goes_to_a_pci_device_and_back, IDS "S3-03", WHY "the device's whole buffer", EDU)
{
    edu_open(&edu);
    mark(WORK, EDU_BYTES, 1);
    edu_fetch(&edu, WORK, EDU_BYTES);
    mark(WORK, EDU_BYTES, 2);
    edu_store(&edu, WORK, EDU_BYTES);
    expect_true(is_marked(WORK, EDU_BYTES, 1));
}

static void acknowledge_all(uint32_t intid)
{
    (void)intid;
    edu_acknowledge(&edu, edu_raised(&edu));
}

TEST(dma, a_finished_copy_interrupts_a_sleeping_domain_once, IDS "S3-03 S3-10", WHY "a level SPI, 1:1, down when it is acknowledged", EDU)
{
    edu_open(&edu);
    edu_load(&edu, WORK, PATTERN);
    enable_interrupt(acknowledge_all); /* IRQs stay masked */
    edu_start_store(&edu, TARGET, EDU_BYTES, EDU_INTERRUPT);
    const uint64_t begin = now_ns();
    wait_for_interrupt();
    expect_true(now_ns() - begin >= EDU_LEAST_NS);
    expect_true(!edu_is_busy(&edu));
    expect_eq(edu_raised(&edu), EDU_DONE);
    expect_true(irq_is_pending(edu.intid));
    expect_true(is_filled(TARGET, EDU_BYTES, PATTERN));
    irq_unmask();
    sleep_ms(1);
    expect_eq(irq_count(0, edu.intid), 1);
    expect_true(!irq_is_pending(edu.intid));
}

static uint32_t left;

/* Each time one bit is acknowledged; the line is down after the last. */
static void acknowledge_one(uint32_t intid)
{
    (void)intid;
    edu_acknowledge(&edu, left & -left);
    left &= left - 1;
}

TEST(dma, an_interrupt_of_a_pci_device_comes_again_until_it_is_acknowledged, IDS "S3-10", WHY "a level: EOI alone does not end it", EDU)
{
    edu_open(&edu);
    left = 7;
    enable_interrupt(acknowledge_one);
    irq_unmask();
    edu_raise(&edu, left);
    spin_until(edu_raised(&edu) == 0);
    relax();
    expect_eq(irq_count(0, edu.intid), 3);
    edu_raise(&edu, left = 2);
    spin_until(edu_raised(&edu) == 0);
    expect_eq(irq_count(0, edu.intid), 4);
}

TEST(dma, pci_devices_of_two_domains_copy_at_the_same_time, IDS "S3-03", WHY "each has its own registers, memory and interrupt", EDU)
{
    edu_open(&edu);
    meet();
    edu_load(&edu, WORK, PATTERN);
    edu_start_store(&edu, TARGET, EDU_BYTES, EDU_SILENT);
    peer_signal(0);
    peer_wait(0); /* the peer's is on its way, and so is this one */
    expect_true(edu_is_busy(&edu));
    edu_wait(&edu);
    expect_true(is_filled(TARGET, EDU_BYTES, PATTERN));
    peer_wait(0);
}

PEER(2, dma, pci_devices_of_two_domains_copy_at_the_same_time)
{
    edu_open(&edu);
    edu_load(&edu, D2_PLACE, ~PATTERN);
    meet();
    peer_wait(0);
    edu_start_store(&edu, D2_PLACE + PAGE, EDU_BYTES, EDU_INTERRUPT);
    expect_true(edu_is_busy(&edu));
    peer_signal(0);
    edu_wait(&edu);
    expect_eq(edu_raised(&edu), EDU_DONE);
    expect_true(is_filled(D2_PLACE + PAGE, EDU_BYTES, ~PATTERN));
    peer_signal(0);
}

/* A function's registers, configuration space included, are one domain's. */
TEST(dma, registers_of_another_domains_pci_device_are_denied, IDS "S3-08", WHY "it could be told to write here", EDU)
{
    static const uintptr_t places[] = {0x3f000000, 0x3f007000, 0x3f009000, 0x3f010000, 0x10100000, 0x101ff000, 0x10200000};
    uint32_t value;

    edu_open(&edu);
    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        expect_eq(try_read32(places[i], &value).fsr, FSR_DENIED);
        expect_eq(try_write32(places[i], 0).fsr, FSR_DENIED | FSR_WRITE);
    }
}
