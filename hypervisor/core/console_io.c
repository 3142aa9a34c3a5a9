/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console_io: a domain's text, taken in pieces of at most 127 bytes; the earlier pieces of a call that ends
 * in -EFAULT are printed. After each piece the call restarts, so that nobody's interrupts wait for the UART.
 */
#include "abi/console.h"

#include "abi/errno.h"
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

enum { CONSOLE_PIECE = 127 };

static int32_t console_write(struct vcpu *v, uint32_t count, uintptr_t from)
{
    const uint32_t bytes = count < CONSOLE_PIECE ? count : CONSOLE_PIECE;
    char piece[CONSOLE_PIECE];

    if (guest_read(v, piece, from, bytes))
        return -XEN_EFAULT;
    for (uint32_t i = 0; i < bytes; i++)
        console_domain_put(v->domain, piece[i]);
    return count == bytes ? 0 : arch_restart_hypercall(CONSOLEIO_write, count - bytes, (uint32_t)from + bytes);
}

int32_t hypercall_console_io(uint32_t cmd, uint32_t count, uint32_t buffer, struct vcpu *v)
{
    switch (cmd) {
    case CONSOLEIO_write:
        return console_write(v, count, buffer);
    case CONSOLEIO_read: /* 0 characters: what is typed goes to a vPL011 (hv/vuart.h) */
        return count > INT32_MAX ? -XEN_E2BIG : 0;
    default:
        return -XEN_ENOSYS;
    }
}
