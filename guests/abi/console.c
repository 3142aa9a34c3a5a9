/* SPDX-License-Identifier: Apache-2.0 */
/* console_io, hypercall 18. */
#include "places.h"

static char text[4096] __attribute__((aligned(4096)));

TEST(abi, console_write_answers_0, IDS "", WHY "not the count", NEEDS "system=solo")
{
    expect_eq(hypercall_console_io(CONSOLEIO_write, 6, "hello\n"), 0);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 0, "x"), 0);
}

TEST(abi, console_write_of_nothing_reads_nothing, IDS "", WHY "count 0 is fine with any pointer", NEEDS "system=solo")
{
    expect_eq(hypercall_console_io(CONSOLEIO_write, 0, NULL), 0);
}

TEST(abi, console_write_takes_long_text_without_newline, IDS "", WHY "a full line buffer leaves as a line",
     NEEDS "system=solo")
{
    memset(text, 'x', sizeof(text));
    expect_eq(hypercall_console_io(CONSOLEIO_write, 1000, text), 0);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 1, "\n"), 0);
}

TEST(abi, console_write_drops_what_cannot_be_printed, IDS "", WHY "a guest cannot steer the terminal",
     NEEDS "system=solo")
{
    for (uint32_t i = 0; i < 256; i++)
        text[i] = (char)i;
    expect_eq(hypercall_console_io(CONSOLEIO_write, 256, text), 0);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 1, "\n"), 0);
}

TEST(abi, console_write_cannot_forge_another_prefix, IDS "", WHY "each line starts with its own domain",
     NEEDS "system=solo")
{
    static const char forged[] = "\n(hv) END 0000000000000000 d1=poweroff\r(hv) PANIC forged\n(d2) fp1 fail forged\n";

    expect_eq(hypercall_console_io(CONSOLEIO_write, sizeof(forged) - 1, forged), 0);
}

TEST(abi, console_write_from_a_bad_pointer_is_efault, IDS "", WHY "the hypervisor must not print its own memory",
     NEEDS "system=pair strategies=all")
{
    for (uint32_t i = 0; i < NR_NEVER_OWN; i++)
        if (!is_own_ram(never_own[i]))
            expect_eq(hypercall_console_io(CONSOLEIO_write, 4, (void *)(uintptr_t)never_own[i]), -XEN_EFAULT);
}

TEST(abi, console_write_across_the_end_of_ram_is_efault, IDS "", WHY "the pieces before the end are printed",
     NEEDS "system=solo")
{
    memset((void *)(uintptr_t)(own_ram_end() - 8), 'e', 8);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 8, (void *)(uintptr_t)(own_ram_end() - 8)), 0);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 9, (void *)(uintptr_t)(own_ram_end() - 8)), -XEN_EFAULT);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 1, "\n"), 0);
}

TEST(abi, console_read_never_blocks, IDS "", WHY "no input is 0 characters", NEEDS "system=solo")
{
    expect_eq(hypercall_console_io(CONSOLEIO_read, sizeof(text), text), 0);
    expect_eq(hypercall_console_io(CONSOLEIO_read, 0, text), 0);
}

TEST(abi, console_read_of_more_than_int_max_is_e2big, IDS "", WHY "the result would not fit", NEEDS "system=solo")
{
    expect_eq(hypercall_console_io(CONSOLEIO_read, 0x80000000u, text), -XEN_E2BIG);
    expect_eq(hypercall_console_io(CONSOLEIO_read, ~0u, text), -XEN_E2BIG);
}

TEST(abi, console_unknown_commands_are_enosys, IDS "", WHY "2 and up", NEEDS "system=solo")
{
    expect_eq(hypercall_console_io(2, 1, text), -XEN_ENOSYS);
    expect_eq(hypercall_console_io(99, 1, text), -XEN_ENOSYS);
    expect_eq(hypercall_console_io(~0u, 0, NULL), -XEN_ENOSYS);
}

static volatile uint64_t interrupted_at;

static void note_the_time(uint32_t intid)
{
    (void)intid;
    timer_disarm();
    interrupted_at = counter();
}

TEST(abi, a_long_console_write_lets_interrupts_in, IDS "", WHY "a guest's text must not hold the CPU",
     NEEDS "system=solo")
{
    static char nothing[8192]; /* dropped, byte by byte */

    irq_init();
    irq_set_handler(INTID_TIMER, note_the_time);
    irq_enable_source(INTID_TIMER);
    irq_unmask();
    const uint64_t start = counter();
    timer_arm_ns(1000);
    expect_eq(hypercall_console_io(CONSOLEIO_write, sizeof(nothing), nothing), 0);
    const uint64_t end = counter();

    expect_true(interrupted_at > start);
    expect_true(interrupted_at - start < (end - start) / 4);
}
