/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console_io: a domain's text, taken in pieces; the earlier pieces of a call that ends in -EFAULT are printed. After
 * each piece, and after each line that leaves, the call restarts, so that nobody's interrupts wait for all of it.
 */
#include "abi/console.h"

#include "abi/errno.h"
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

enum { PIECE_BYTES = 64 };

static int32_t console_write(struct vcpu *v, reg_t count, uintptr_t from)
{
    char piece[PIECE_BYTES];
    uint32_t taken;

    if (count == 0)
        return 0;
    if (guest_read(v, piece, from, count < PIECE_BYTES ? (uint32_t)count : PIECE_BYTES))
        return -XEN_EFAULT;
    taken = console_domain_write(v->domain, piece, count < PIECE_BYTES ? (uint32_t)count : PIECE_BYTES);
    return count == taken ? 0 : arch_restart_hypercall(CONSOLEIO_write, count - taken, from + taken);
}

int32_t hypercall_console_io(uint32_t cmd, reg_t count, reg_t buffer, struct vcpu *v)
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
