/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end, wanted or not. The last line carries the nonce the loader placed, which no guest can read.
 */
#include "hv/panic.h"

#include <stdarg.h>

#include "hv/arch.h"
#include "hv/board.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/lock.h"
#include "hv/page.h"
#include "hv/probe.h"
#include "hv/smp.h"

static void sleep_for_ever(void)
{
    for (;;)
        arch_wfi();
}

noreturn_fn void system_end(bool panicked)
{
    const uint32_t *const nonce = (const uint32_t *)board_boot_block;
    static struct lock lock;

    PROBE("irq.out");
    if (!panicked) {
        lock_acquire(&memory_lock); /* nobody is half way through a change */
        panicked = !page_audit();
    }
    lock_acquire(&lock); /* neither is ever released: there is one end */
    smp_stop_others();
    for (uint32_t i = 0; i < nr_domains; i++)
        console_domain_flush(&domains[i]);
    console_line_begin();
    console_line_add("END %08x%08x", (unsigned)nonce[1], (unsigned)nonce[0]);
    if (panicked)
        console_line_add(" panic");
    for (uint32_t i = 0; !panicked && i < nr_domains; i++)
        console_line_add(" d%u=%s", (unsigned)domains[i].domid, domain_state_name(&domains[i]));
    console_line_end();
    sleep_for_ever();
    __builtin_unreachable();
}

noreturn_fn void panic(const char *format, ...)
{
    static bool panicking;
    va_list arguments;

    if (panicking)
        sleep_for_ever();
    panicking = true;
    va_start(arguments, format);
    console_line_begin();
    console_line_add("PANIC ");
    console_line_vadd(format, arguments);
    console_line_end();
    va_end(arguments);
    system_end(true);
}
