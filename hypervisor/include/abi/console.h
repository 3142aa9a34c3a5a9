/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console_io (hypercall 18): command, count, pointer. Source: Xen include/public/xen.h.
 */
#ifndef ABI_CONSOLE_H
#define ABI_CONSOLE_H

enum console_op {
    CONSOLEIO_write = 0,
    CONSOLEIO_read = 1,
};

#endif
