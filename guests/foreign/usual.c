/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way: pages of the lender's first bank, in lists of a few, with nothing unusual about them. What the other
 * files say of the long way holds here too.
 */
#include "foreign.h"

enum { FIRST_BANK_2 = RAM(0x20490000), FEW = 4 }; /* behind the image of domain 2 of `pair` */

static uint32_t few(uint32_t n)
{
    return (uint32_t)FIRST_BANK_2 + n * PAGE;
}

/* Domain 2: all are out, and come back when nobody maps them. */
static void expect_comes_back(uint32_t count, int32_t comes)
{
    for (uint32_t n = 0; n < count; n++)
        expect_eq(balloon_in(few(n)), comes);
}

TEST(foreign, the_short_way_takes_pins_and_gives_them_back, IDS "S2-01 S2-02", WHY "one page, then a list of a few",
     NEEDS "system=pair strategies=all")
{
    peers_meet();
    for (uint32_t count = 1; count <= FEW; count += FEW - 1) {
        require_eq(map_run(2, FIRST_BANK_2, PAGE, count), count);
        peer_signal(0); /* they go out, and do not come back */
        peer_wait(0);
        for (uint32_t n = 0; n < count; n++) {
            expect_in(few(n));
            expect_eq(unmap(few(n)), 0);
            expect_out(few(n));
            expect_eq(unmap(few(n)), -XEN_ENOENT);
        }
        peer_signal(0); /* now they do */
        peer_wait(0);
    }
}

PEER(2, foreign, the_short_way_takes_pins_and_gives_them_back)
{
    peers_meet();
    for (uint32_t count = 1; count <= FEW; count += FEW - 1) {
        peer_wait(0);
        for (uint32_t n = 0; n < count; n++)
            expect_eq(balloon_out(few(n)), 1);
        expect_comes_back(count, 0);
        peer_signal(0);
        peer_wait(0);
        expect_comes_back(count, 1);
        peer_signal(0);
    }
}

TEST(foreign, the_short_way_hands_over_what_is_not_usual, IDS "S2-01 S2-06", WHY "from the element on at which it shows",
     NEEDS "system=pair strategies=all")
{
    static struct batch batch;

    batch_fill(&batch, 2, FIRST_BANK_2, PAGE, FEW);
    batch.gpfns[2]++; /* not its own place */
    expect_eq(batch_call(&batch), 0);
    for (uint32_t n = 0; n < FEW; n++) {
        expect_eq(batch.errs[n], n == 2 ? -XEN_EINVAL : 0);
        expect_true(n == 2 ? is_out(few(n)) : is_in(few(n)));
    }
}
