/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch leaves behind: errs[], and what of it is mapped when it ends early. */
#include "foreign.h"

#define ONE NEEDS "system=foreign"

static struct batch batch;

/* The last bytes of the RAM of domain 1; what follows belongs to domain 2. */
static void *at_the_edge(uint32_t bytes)
{
    return (uint8_t *)event_page(3) + PAGE - bytes;
}

static void expect_mapped(uintptr_t from, uint32_t count)
{
    for (uint32_t n = from; n < from + count; n++)
        expect_in(lent(2, n));
    expect_eq(unmap(lent(2, from + count)), -XEN_ENOENT);
    expect_out(lent(2, from + count));
}

TEST(foreign, each_element_has_its_own_result, IDS "S2-06", WHY "a bad one in the middle stops nobody", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 6);
    batch.gpfns[1]++;
    batch.idxs[3] = batch.gpfns[3] = frame_of(NO_PLACE);
    batch.idxs[4] = batch.gpfns[4] = batch.idxs[0];
    expect_eq(batch_call(&batch), 0);
    expect_eq(batch.errs[0], 0);
    expect_eq(batch.errs[1], -XEN_EINVAL);
    expect_eq(batch.errs[2], 0);
    expect_eq(batch.errs[3], -XEN_EINVAL);
    expect_eq(batch.errs[4], -XEN_EBUSY);
    expect_eq(batch.errs[5], 0);
    expect_eq(batch.errs[6], NOT_WRITTEN);
    expect_in(lent(2, 2));
    expect_in(lent(2, 5));
    expect_out(lent(2, 1));
    expect_out(lent(2, 3));
    expect_out(lent(2, 4));
}

TEST(foreign, a_batch_succeeds_though_every_element_failed, IDS "S2-06 X-35", WHY "the results are in errs", ONE)
{
    static const uint16_t owners[] = {1, DOMID_SELF, 0x1234};
    static const int32_t expected[] = {-XEN_EPERM, -XEN_EPERM, -XEN_ESRCH};

    for (uint32_t i = 0; i < 3; i++) {
        batch_fill(&batch, owners[i], LENT_2, PAGE, 20);
        expect_eq(batch_call(&batch), 0);
        for (uint32_t n = 0; n < 20; n++)
            expect_eq(batch.errs[n], expected[i]);
    }
    expect_out(LENT_2);
}

TEST(foreign, frames_that_end_at_an_edge_end_the_call_there, IDS "X-35 S1-07", WHY "EFAULT; earlier ones stay", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 8);
    batch.arg.idxs = (uintptr_t)memcpy(at_the_edge(24), batch.idxs, 24);
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    expect_mapped(0, 3);
    expect_eq(batch.errs[2], 0);
    expect_eq(batch.errs[3], NOT_WRITTEN);
}

TEST(foreign, places_that_end_at_an_edge_end_the_call_there, IDS "X-35 S1-07", WHY "EFAULT; earlier ones stay", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 20);
    batch.arg.gpfns = (uintptr_t)memcpy(at_the_edge(104), batch.gpfns, 104);
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    expect_mapped(0, 13); /* more than one episode of the call */
    expect_eq(batch.errs[12], 0);
    expect_eq(batch.errs[13], NOT_WRITTEN);
}

TEST(foreign, half_an_element_at_an_edge_ends_the_call_there, IDS "X-35 S1-07", WHY "no part of it is read", ONE)
{
    struct batch *const beside = event_page(2); /* the edge is that of its memory */

    batch_fill(beside, 2, LENT_2, PAGE, 4);
    beside->arg.idxs = (uintptr_t)memcpy(at_the_edge(20), beside->idxs, 20);
    expect_eq(batch_call(beside), -XEN_EFAULT);
    expect_mapped(0, 2);
    expect_eq(beside->errs[2], NOT_WRITTEN);

    batch_fill(beside, 2, lent(2, 8), PAGE, 4);
    beside->arg.gpfns = (uintptr_t)memcpy(at_the_edge(20), beside->gpfns, 20);
    expect_eq(batch_call(beside), -XEN_EFAULT);
    expect_mapped(8, 2);
    expect_eq(beside->errs[2], NOT_WRITTEN);
}

TEST(foreign, places_may_lie_on_any_address, IDS "X-35", WHY "one of the three lists, and the others on words", ONE)
{
    struct batch *const beside = event_page(2);

    for (uint32_t odd = 1; odd < 4; odd++) {
        batch_fill(beside, 2, lent(2, 8 * odd), PAGE, 3);
        beside->arg.gpfns = (uintptr_t)memcpy((uint8_t *)event_page(3) + odd, beside->gpfns, 24);
        expect_eq(batch_call(beside), 0);
        expect_mapped(8 * odd, 3);
    }
}

TEST(foreign, results_that_end_at_an_edge_end_the_call_there, IDS "X-35 S1-07", WHY "EFAULT; earlier ones stay", ONE)
{
    int32_t *const errs = memcpy(at_the_edge(8), (const int32_t[]){7, 7}, 8);

    batch_fill(&batch, 2, LENT_2, PAGE, 8);
    batch.arg.errs = (uintptr_t)errs;
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    expect_eq(errs[0], 0);
    expect_eq(errs[1], 0);
    expect_in(LENT_2);
    expect_in(lent(2, 1));
    expect_out(lent(2, 3)); /* no further than the element that had no place for its result */
}

TEST(foreign, an_element_cut_by_an_edge_is_not_done, IDS "X-35", WHY "half a frame number is none", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 2);
    batch.arg.idxs = (uintptr_t)memcpy(at_the_edge(12), batch.idxs, 12);
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    expect_mapped(0, 1);
}

TEST(foreign, pointers_above_4_gib_are_refused, IDS "S1-07 X-27", WHY "a handle is 64 bits wide and is not cut", ONE)
{
    guest_handle_t *const handles[] = {&batch.arg.idxs, &batch.arg.gpfns, &batch.arg.errs};

    for (uint32_t i = 0; i < 3; i++) {
        batch_fill(&batch, 2, LENT_2, PAGE, 1);
        *handles[i] |= 1ull << 32;
        expect_eq(batch_call(&batch), -XEN_EFAULT);
        expect_eq(batch.errs[0], NOT_WRITTEN);
    }
}

TEST(foreign, arrays_at_the_end_of_the_address_space_are_refused, IDS "S1-07", WHY "no sum wraps", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 4);
    batch.arg.idxs = 0xfffffff8;
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    batch_fill(&batch, 2, LENT_2, PAGE, 4);
    batch.arg.gpfns = 0xfffffffc;
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    expect_out(LENT_2);
}

TEST(foreign, a_place_of_all_ones_ends_the_call, IDS "X-35", WHY "EINVAL; its result is not written", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 6);
    batch.gpfns[2] = ~0ull;
    expect_eq(batch_call(&batch), -XEN_EINVAL);
    expect_mapped(0, 2);
    expect_eq(batch.errs[1], 0);
    expect_eq(batch.errs[2], NOT_WRITTEN);
    expect_eq(batch.errs[3], NOT_WRITTEN);
}

TEST(foreign, a_place_of_all_ones_comes_before_the_owner, IDS "X-35", WHY "it ends the call whoever owns what", ONE)
{
    batch_fill(&batch, 0x1234, LENT_2, PAGE, 1);
    batch.gpfns[0] = ~0ull;
    expect_eq(batch_call(&batch), -XEN_EINVAL);
    batch.arg.space = XENMAPSPACE_gmfn;
    expect_eq(batch_call(&batch), -XEN_EINVAL);
    expect_eq(batch.errs[0], NOT_WRITTEN);
}

TEST(foreign, arrays_need_no_alignment, IDS "S1-07", WHY "guest memory is read as bytes", ONE)
{
    static uint8_t bytes[2 * PAGE] __attribute__((aligned(4096)));

    for (uint32_t shift = 0; shift < 8; shift++) {
        uint8_t *const idxs = bytes + PAGE - 12 + shift, *const errs = bytes + 100 + shift; /* across two pages */
        int32_t err[2];

        batch_fill(&batch, 2, lent(2, 2 * shift), PAGE, 2);
        batch.arg.idxs = (uintptr_t)memcpy(idxs, batch.idxs, 16);
        batch.arg.errs = (uintptr_t)errs;
        expect_eq(batch_call(&batch), 0);
        memcpy(err, errs, sizeof(err));
        expect_eq(err[0], 0);
        expect_eq(err[1], 0);
        expect_in(lent(2, 2 * shift + 1));
    }
}

TEST(foreign, frames_and_places_may_be_one_array, IDS "S2-04", WHY "they are equal here anyway", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 9);
    batch.arg.gpfns = batch.arg.idxs;
    expect_eq(batch_call(&batch), 0);
    expect_mapped(0, 9);
}

TEST(foreign, results_may_overwrite_the_frames, IDS "S1-07", WHY "an element is read before its result is written", ONE)
{
    batch_fill(&batch, 2, LENT_2, PAGE, 1);
    batch.arg.errs = batch.arg.idxs;
    expect_eq(batch_call(&batch), 0);
    expect_eq((uint32_t)batch.idxs[0], 0);
    expect_in(LENT_2);
}
