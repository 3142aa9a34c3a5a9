/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SMMU between PCI and memory. In the system `edu-smmu` it stops the device of domain 1 and lets that of domain 2 pass; in
 * `edu-bypass` both pass. Whether one is stopped its driver does not see: the device says that the copy is done.
 */
#include "edu.h"

#define SMMU NEEDS "system=edu-smmu"

enum { PATTERN = 0x5eaf00d5, WORK = D1_PLACE, TARGET = D1_PLACE + 4 * PAGE, SMMU_BASE = 0x09050000, SMMU_PAGE_1 = 0x10000 };

static struct edu edu;

TEST(dma, the_smmu_stops_a_pci_device_that_is_not_trusted, IDS "S0-12 S0-13 S0-14 S3-05", WHY "it says that it is done, and nothing is written",
     SMMU)
{
    static const uint32_t places[] = {TARGET, D2_PLACE, D2_PLACE + PLACE_BYTES - PAGE, SHARED, EVENTS_2};

    edu_open(&edu);
    meet();
    edu_load(&edu, WORK, PATTERN);
    mark(TARGET, PAGE, 1);
    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        edu_start_store(&edu, places[i], EDU_BYTES, EDU_INTERRUPT);
        edu_wait(&edu);
        expect_eq(edu_raised(&edu), EDU_DONE);
        edu_acknowledge(&edu, EDU_DONE);
    }
    expect_true(is_marked(TARGET, PAGE, 1));
    hand_over(); /* 1: everything of its own is as it was */
}

PEER(2, dma, the_smmu_stops_a_pci_device_that_is_not_trusted)
{
    mark(D2_PLACE, PLACE_BYTES, 2);
    mark(SHARED, PAGE, 2);
    meet();
    peer_wait(0);
    expect_true(is_marked(D2_PLACE, PLACE_BYTES, 2));
    expect_true(is_marked(SHARED, PAGE, 2));
    peer_signal(0);
}

TEST(dma, one_pci_device_bypasses_the_smmu_while_another_is_stopped, IDS "S0-13", WHY "a policy for each stream, not for the machine", SMMU)
{
    edu_open(&edu);
    mark(TARGET, PAGE, 1);
    meet();
    edu_start_store(&edu, TARGET, EDU_BYTES, EDU_SILENT);
    hand_over(); /* 1: its own lands, and this one is under way */
    edu_wait(&edu);
    expect_true(is_marked(TARGET, PAGE, 1));
}

PEER(2, dma, one_pci_device_bypasses_the_smmu_while_another_is_stopped)
{
    edu_open(&edu);
    edu_load(&edu, D2_PLACE, PATTERN);
    meet();
    peer_wait(0);
    edu_store(&edu, D2_PLACE + PAGE, EDU_BYTES);
    expect_true(is_filled(D2_PLACE + PAGE, EDU_BYTES, PATTERN));
    peer_signal(0);
}

static void acknowledge(uint32_t intid)
{
    (void)intid;
    edu_acknowledge(&edu, edu_raised(&edu));
}

/* Both sleep; the SMMU interrupts one CPU, the device that passes the other. */
TEST(dma, pci_devices_of_both_cpus_pass_and_are_stopped_at_the_same_time, IDS "S0-13 S3-10", WHY "one SMMU for both CPUs",
     NEEDS "system=edu-smp")
{
    edu_open(&edu);
    mark(TARGET, PAGE, 1);
    meet();
    for (uint32_t round = 0; round < 3; round++) {
        edu_start_store(&edu, TARGET, EDU_BYTES, EDU_SILENT);
        hand_over(); /* 1, 2, 3: has been interrupted */
        edu_wait(&edu);
        expect_true(is_marked(TARGET, PAGE, 1));
    }
}

PEER(2, dma, pci_devices_of_both_cpus_pass_and_are_stopped_at_the_same_time)
{
    edu_open(&edu);
    edu_load(&edu, D2_PLACE, PATTERN);
    irq_init();
    irq_set_handler(edu.intid, acknowledge);
    irq_enable_source(edu.intid);
    meet();
    for (uint32_t round = 0; round < 3; round++) {
        peer_wait(0);
        edu_start_store(&edu, D2_PLACE + (1 + round) * PAGE, EDU_BYTES, EDU_INTERRUPT);
        wait_for_interrupt();
        expect_true(!edu_is_busy(&edu));
        irq_unmask();
        irq_mask();
        expect_eq(irq_count(0, edu.intid), round + 1);
        expect_true(is_filled(D2_PLACE + (1 + round) * PAGE, EDU_BYTES, PATTERN));
        peer_signal(0);
    }
}

TEST(dma, no_guest_reaches_the_smmu, IDS "S0-14 S4-23", WHY "whoever has it opens every stream", SMMU)
{
    static const uint32_t places[] = {SMMU_BASE, SMMU_BASE + 0x20, SMMU_BASE + 0x44, SMMU_BASE + SMMU_PAGE_1, SMMU_BASE + 0x1fffc};
    uint32_t value;

    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        expect_eq(try_read32(places[i], &value).fsr, FSR_DENIED);
        expect_eq(try_write32(places[i], 0).fsr, FSR_DENIED | FSR_WRITE);
        expect_eq(try_write32_el0(places[i], 0).fsr, FSR_DENIED | FSR_WRITE);
    }
}

TEST(dma, a_pci_device_that_bypasses_the_smmu_writes_where_its_domain_asks, IDS "S0-12 S0-13 S3-03",
     WHY "the same guest as with no SMMU in the machine", NEEDS "system=edu-bypass")
{
    edu_open(&edu);
    mark(TARGET, 3 * PAGE, 1);
    edu_load(&edu, WORK, PATTERN);
    edu_store(&edu, TARGET + PAGE, EDU_BYTES);
    expect_true(is_marked(TARGET, PAGE, 1));
    expect_true(is_filled(TARGET + PAGE, EDU_BYTES, PATTERN));
    expect_true(is_marked(TARGET + 2 * PAGE, PAGE, 1));
}

/* What the domain calls its page is on the bus the hypervisor's image. */
TEST(dma, the_smmu_stops_a_pci_device_whose_domain_knows_other_addresses, IDS "S0-12 S0-14 S3-09",
     WHY "without a stop the next hypercall would be the last", NEEDS "system=edu-translated")
{
    enum { IMAGE = 0x40200000 };
    static uint32_t page[EDU_BYTES / 4] __attribute__((aligned(EDU_BYTES)));

    edu_open(&edu);
    mark((uintptr_t)page, EDU_BYTES, 1);
    edu_store(&edu, (uintptr_t)page, EDU_BYTES);
    expect_true(is_marked((uintptr_t)page, EDU_BYTES, 1));
    for (uintptr_t at = IMAGE; at < IMAGE + 4 * EDU_BYTES; at += EDU_BYTES)
        edu_store(&edu, at, EDU_BYTES);
    expect_true(hypercall_xen_version(XENVER_version, NULL) > 0);
}
