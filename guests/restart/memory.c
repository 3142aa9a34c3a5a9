/* SPDX-License-Identifier: Apache-2.0 */
/* What a new life finds in memory: the same pages, nothing of the old life in them, its image and its tree. */
#include "restart.h"

#define ALL NEEDS "system=restart strategies=window,switch,switch-entry,mask"
#define ONE NEEDS "system=restart"

extern const uint8_t __image_start[], __rel_end[], __image_end[];

enum { MARK = 0x0ddba11, FIRST = 1, SECOND = 2 };

static uint32_t in_data = MARK;
static uint32_t in_bss;

static uint32_t sum(uintptr_t from, uintptr_t to)
{
    uint32_t total = 0;

    for (; from < to; from += 4)
        total = (total << 1 | total >> 31) + *word_at(from);
    return total;
}

/* RAM of domain 2 in which the image keeps nothing. */
struct piece {
    uintptr_t from, to;
};

static void find_free_pieces(struct piece pieces[3])
{
    pieces[0] = (struct piece){((uintptr_t)__image_end + 3) & ~3u, (uintptr_t)machine.device_tree & ~(uint32_t)(PAGE - 1)};
    pieces[1] = (struct piece){SPARE_2, SPARE_2 + SPARE_2_PAGES * PAGE};
    pieces[2] = (struct piece){EVENTS_2, EVENTS_2 + 4 * PAGE};
}

static uint32_t count_words_that_are(uint32_t value)
{
    struct piece pieces[3];
    uint32_t count = 0;

    find_free_pieces(pieces);
    for (uint32_t i = 0; i < 3; i++)
        for (uintptr_t at = pieces[i].from; at < pieces[i].to; at += 4)
            count += *word_at(at) == value;
    return count;
}

static uint32_t fill_free_pieces(uint32_t value)
{
    struct piece pieces[3];

    find_free_pieces(pieces);
    for (uint32_t i = 0; i < 3; i++)
        for (uintptr_t at = pieces[i].from; at < pieces[i].to; at += 4)
            *word_at(at) = value;
    return count_words_that_are(value);
}

static void wait_for_the_second_life(void)
{
    expect_soon(board->done == SECOND);
    expect_never(board->lives != SECOND);
}

TEST(restart, nothing_of_the_old_life_is_left, IDS "S0-05 S0-10 X-31", WHY "all its RAM is scrubbed", ALL)
{
    wait_for_the_second_life();
    expect_true(board->word[0] > 20 * PAGE / 4);
}

PEER(2, restart, nothing_of_the_old_life_is_left)
{
    if (begin_life() == FIRST) {
        expect_eq(count_words_that_are(0), fill_free_pieces(MARK)); /* scrubbed at the first start, too */
        board->word[0] = count_words_that_are(MARK);
        reboot();
    }
    expect_eq(count_words_that_are(MARK), 0);
    expect_eq(count_words_that_are(0), board->word[0]);
    end_part();
}

TEST(restart, the_same_pages_come_back, IDS "S0-05 S1-11", WHY "by right, not by luck: addresses are equal", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, the_same_pages_come_back)
{
    const uint32_t words[] = {machine.image_base, (uintptr_t)machine.device_tree, machine.nr_banks,
                              (uint32_t)machine.bank[0].base, (uint32_t)machine.bank[0].size,
                              (uint32_t)machine.bank[1].base, (uint32_t)machine.bank[1].size,
                              (uint32_t)machine.bank[2].base, (uint32_t)machine.bank[2].size};
    const bool first = begin_life() == FIRST;

    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (first)
            board->word[i] = words[i];
        expect_eq(board->word[i], words[i]);
    }
    expect_eq(machine.image_base, IMAGE_2);
    for (uintptr_t page = IMAGE_2; page < IMAGE_2_LIMIT; page += PAGE)
        expect_true(is_reachable(page));
    for (uint32_t n = 0; n < SPARE_2_PAGES; n++)
        expect_true(is_reachable(spare(n)));
    if (first)
        reboot();
    end_part();
}

TEST(restart, the_image_is_whole_again, IDS "S0-05", WHY "copied from the module, whatever the old life did to it", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, the_image_is_whole_again)
{
    const uint32_t now = sum((uintptr_t)__image_start, (uintptr_t)__rel_end & ~3u);
    const uint32_t life = begin_life();

    expect_eq(in_data, MARK);
    expect_eq(in_bss, 0);
    if (life == FIRST) {
        board->word[0] = now;
        in_data = in_bss = 77;
        memset((void *)(uintptr_t)__image_start, 0xff, PAGE); /* its entry, too; nothing runs there any more */
        expect_true(sum((uintptr_t)__image_start, (uintptr_t)__rel_end & ~3u) != now);
        reboot();
    }
    expect_eq(now, board->word[0]);
    end_part();
}

TEST(restart, the_device_tree_is_whole_again, IDS "S0-05", WHY "the next life reads it", ONE)
{
    wait_for_the_second_life();
}

PEER(2, restart, the_device_tree_is_whole_again)
{
    const uint32_t tree = (uintptr_t)machine.device_tree, now = sum(tree, IMAGE_2_LIMIT);

    if (begin_life() == FIRST) {
        board->word[0] = now;
        memset((void *)(uintptr_t)tree, 0xff, IMAGE_2_LIMIT - tree);
        reboot();
    }
    expect_eq(now, board->word[0]);
    end_part();
}

/* ---- the view as configured ---- */

TEST(restart, pages_that_were_ballooned_out_are_back, IDS "S0-05 S1-05", WHY "a new life starts with all of them", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, pages_that_were_ballooned_out_are_back)
{
    if (begin_life() == FIRST) {
        for (uint32_t n = 0; n < SPARE_2_PAGES; n++)
            require_eq(balloon_out(spare(n)), 1);
        require_eq(balloon_out(EVENTS_2), 1);
        reboot();
    }
    for (uint32_t n = 0; n < SPARE_2_PAGES; n++)
        expect_true(is_reachable(spare(n)));
    expect_true(is_reachable(EVENTS_2));
    expect_eq(balloon_out(spare(3)), 1);
    expect_eq(balloon_in(spare(3)), 1);
    end_part();
}

TEST(restart, pages_that_were_removed_are_back, IDS "S0-05 X-26", WHY "reserved is not for ever", ONE)
{
    wait_for_the_second_life();
}

PEER(2, restart, pages_that_were_removed_are_back)
{
    if (begin_life() == FIRST) {
        require_eq(unmap(spare(0)), 0);
        require_eq(unmap(spare(7)), 0);
        reboot();
    }
    expect_true(is_reachable(spare(0)));
    expect_true(is_reachable(spare(7)));
    expect_eq(unmap(spare(7)), 0);
    end_part();
}

/* Single pages out of a bank until no slot is left for one more hole. */
static uint32_t make_holes(void)
{
    uint32_t holes = 0;

    while (holes < 7 && balloon_out(spare(2 * holes + 1)) == 1)
        holes++;
    return holes;
}

TEST(restart, the_view_is_as_configured, IDS "S0-05 X-29", WHY "holes are closed, all slots are there again", ALL)
{
    wait_for_the_second_life();
    expect_true(board->word[0] > 0);
}

PEER(2, restart, the_view_is_as_configured)
{
    const uint32_t life = begin_life(), holes = make_holes();

    if (life == FIRST) {
        board->word[0] = holes;
        reboot();
    }
    expect_eq(holes, board->word[0]);
    end_part();
}

TEST(restart, reservations_are_as_before, IDS "S0-05 S1-05", WHY "who owns what survives", ONE)
{
    wait_for_the_second_life();
}

PEER(2, restart, reservations_are_as_before)
{
    const struct xen_memory_domain self = {.domid = DOMID_SELF};
    static const uint32_t queries[] = {XENMEM_current_reservation, XENMEM_maximum_reservation, XENMEM_maximum_gpfn};
    const bool first = begin_life() == FIRST;

    for (uint32_t i = 0; i < 3; i++) {
        const uint32_t now = (uint32_t)hypercall_memory_op(queries[i], &self);

        if (first)
            board->word[i] = now;
        expect_eq(now, board->word[i]);
    }
    if (first) {
        balloon_out(spare(0));
        reboot();
    }
    end_part();
}
