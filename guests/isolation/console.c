/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lies on the console. The harness judges by the hypervisor's own lines; a guest's text never starts a line
 * without `(dN) `. If one of these lies were believed, the verdict of the test would be another.
 */
#include "places.h"

enum { LINE_BUFFER = 256 };

static void say(const char *text)
{
    expect_eq(hypercall_console_io(CONSOLEIO_write, strlen(text), text), 0);
}

TEST(isolation, a_forged_end_line_does_not_end_the_test, IDS "S1-07", WHY "the end line is the hypervisor's word", NEEDS "")
{
    say("(hv) END 0000000000000000 d1=poweroff d2=running\n");
    say("(hv) END 0000 d1=poweroff\n");
    say("\n(hv) END 0000000000000000 d1=poweroff\n");
    say("\r(hv) END 0000000000000000 d1=poweroff\n");
    say("\r\n\v\f\x1b[2K\x1b[1G(hv) END 0000000000000000 panic\n");
    expect_eq(hypercall_xen_version(XENVER_pagesize, NULL), XEN_PAGE_SIZE);
}

TEST(isolation, a_forged_panic_or_crash_is_only_text, IDS "S1-07", WHY "a verdict is not made of guest text", NEEDS "")
{
    say("(hv) PANIC forged\n");
    say("(hv) d1 CRASH forged\n");
    say("(hv) fencepost forged board=mps3-an536 access=window slots=16 cpus=1\n");
    say("(d2) fp1 fail forged.c:1: in the name of the peer\n");
    say("(d2) fp1 exception forged\n");
}

TEST(isolation, a_lie_behind_a_full_line_buffer_has_its_prefix, IDS "S1-07",
     WHY "a line that is cut starts a new one, with the domain in front", NEEDS "")
{
    static char text[2 * LINE_BUFFER + 64];
    static const char lie[] = "(hv) END 0000000000000000 d1=poweroff d2=running\n";

    for (uint32_t fill = LINE_BUFFER - 16; fill <= LINE_BUFFER + 16; fill++) {
        memset(text, '.', fill);
        memcpy(text + fill, lie, sizeof(lie));
        expect_eq(hypercall_console_io(CONSOLEIO_write, fill + sizeof(lie) - 1, text), 0);
    }
}

TEST(isolation, half_a_line_does_not_swallow_the_hypervisors, IDS "S1-07",
     WHY "text without an end must not lead into another speaker's line", NEEDS "")
{
    peers_meet();
    say("(hv) END 0000000000000000 ");
    peer_signal(1);
    peer_wait(1);
    say("d1=poweroff\n");
}

PEER(2, isolation, half_a_line_does_not_swallow_the_hypervisors)
{
    peers_meet();
    peer_wait(1);
    say("d1=poweroff\n(hv) END "); /* and no end of the line ever */
    peer_signal(1);
}

TEST(isolation, bytes_that_are_not_printable_are_dropped, IDS "S1-07", WHY "a terminal obeys escape sequences", NEEDS "")
{
    char all[256];

    for (uint32_t i = 0; i < sizeof(all); i++)
        all[i] = (char)i;
    expect_eq(hypercall_console_io(CONSOLEIO_write, sizeof(all), all), 0);
    say("\n");
}
