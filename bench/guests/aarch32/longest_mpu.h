/* SPDX-License-Identifier: Apache-2.0 */
/* A part of longest.c, included there once: calls under an EL1 MPU. */

/* ---- an EL1 MPU with all its regions next to each other ---- */

enum { REGION_BYTES = 64, REGIONS = 16 };

static void regions(char *base, enum mpu_access access)
{
    for (uint32_t n = 0; n < REGIONS; n++) {
        const uintptr_t at = (uintptr_t)base + n * REGION_BYTES;
        mpu_set_region(n, at, at + REGION_BYTES, access, MPU_NORMAL, MPU_NO_EXECUTE);
    }
    mpu_enable();
}

static void mpu_walked(void)
{
    char *const crossing = area + 5 * REGION_BYTES - 4;

    memset(area, 0, sizeof(area));
    regions(area, MPU_EL1_RW);
    LONGEST("mpu.version", , every_version(area + 1));
    LONGEST("mpu.poll.128", , poll_128(area + 61));
    LONGEST("mpu.evtchn.reset", , evtchn_reset(DOMID_SELF));
    LONGEST("mpu.evtchn.alloc", , hypercall_event_channel_op(EVTCHNOP_alloc_unbound, crossing));
    LONGEST("mpu.evtchn.bind_virq", memset(crossing, 0, 8), hypercall_event_channel_op(EVTCHNOP_bind_virq, crossing));
    LONGEST("mpu.console.line", memset(area, '#', 256); area[255] = '\n', say(area, 256));

    static struct xen_memory_reservation extents __attribute__((aligned(64)));
    list_pages(1);
    memcpy(area + 4, frames, sizeof(frames));
    extents = (struct xen_memory_reservation){.extent_start = (uintptr_t)area + 4, .nr_extents = EXTENTS, .domid = DOMID_SELF};
    LONGEST("mpu.memory.out", , hypercall_memory_op(XENMEM_decrease_reservation, &extents));
    LONGEST("mpu.memory.in", , hypercall_memory_op(XENMEM_populate_physmap, &extents));
    regions(area, MPU_EL1_RO);
    LONGEST("mpu.memory.out.ro", , hypercall_memory_op(XENMEM_decrease_reservation, &extents));
    LONGEST("mpu.memory.in.ro", , hypercall_memory_op(XENMEM_populate_physmap, &extents));
    mpu_disable();
}
