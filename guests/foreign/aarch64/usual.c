/* SPDX-License-Identifier: Apache-2.0 */
/* The short way with translation: it is for pages at their own numbers, and another page may lie at one of those. */
#include "../foreign.h"

enum { FIRST_BANK_2 = RAM(0x20490000), FEW = 4, ELSEWHERE = 5 }; /* behind the image of domain 2 of `pair` */

static uint32_t few(uint32_t n)
{
    return (uint32_t)FIRST_BANK_2 + n * PAGE;
}

/* Page 2 appears at the number of page 5. */
TEST(foreign, a_page_at_anothers_number_is_let_go_as_what_it_is, IDS "S2-01 S2-02 X-37", WHY "the number says nothing of the page",
     NEEDS "system=pair")
{
    static struct batch batch;

    peers_meet();
    batch_fill(&batch, 2, FIRST_BANK_2, PAGE, FEW);
    batch.gpfns[2] = frame_of(few(ELSEWHERE));
    expect_eq(batch_call(&batch), 0);
    for (uint32_t n = 0; n < FEW; n++) {
        expect_eq(batch.errs[n], 0);
        expect_true(n == 2 ? is_out(few(n)) : is_in(few(n)));
    }
    expect_in(few(ELSEWHERE));
    expect_eq(map_run(2, few(ELSEWHERE), PAGE, 1), 0); /* its place is taken */
    peer_signal(0);
    peer_wait(0);
    expect_eq(unmap(few(2)), -XEN_ENOENT);
    expect_eq(unmap(few(ELSEWHERE)), 0);
    expect_out(few(ELSEWHERE));
    peer_signal(0);
    peer_wait(0);
    expect_eq(map_run(2, few(ELSEWHERE), PAGE, 1), 1);
}

PEER(2, foreign, a_page_at_anothers_number_is_let_go_as_what_it_is)
{
    peers_meet();
    peer_wait(0);
    expect_eq(balloon_out(few(2)), 1);
    expect_eq(balloon_out(few(ELSEWHERE)), 1);
    expect_eq(balloon_in(few(2)), 0); /* it is the one that is held */
    expect_eq(balloon_in(few(ELSEWHERE)), 1);
    peer_signal(0);
    peer_wait(0);
    expect_eq(balloon_in(few(2)), 1);
    peer_signal(0);
}

TEST(foreign, the_short_way_leaves_no_table_behind, IDS "S2-02", WHY "one that it took in vain goes back", NEEDS "system=map-tables")
{
    enum { BELOW = 0x7fe10000, FAR_BELOW = 0x7fc90000 };
    const uintptr_t above = 0x80000000u;

    for (uint32_t round = 0; round < 3; round++) {
        expect_eq(map_frame(2, frame_of(BELOW), frame_of(BELOW)), 0);
        expect_eq(map_frame(2, frame_of(above), frame_of(above)), -XEN_ENOSPC); /* the second of two tables is missing */
        expect_out(above);
        expect_eq(map_frame(2, frame_of(FAR_BELOW), frame_of(FAR_BELOW)), 0); /* the first is free again */
        expect_eq(unmap(FAR_BELOW), 0);
        expect_eq(unmap(BELOW), 0);
        expect_eq(map_frame(2, frame_of(above), frame_of(above)), 0);
        expect_in(above);
        expect_eq(map_frame(2, frame_of(BELOW), frame_of(BELOW)), -XEN_ENOSPC);
        expect_out(BELOW);
        expect_eq(unmap(above), 0);
    }
}
