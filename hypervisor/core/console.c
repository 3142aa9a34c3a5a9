/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to the board's UART, polled. The formatter writes straight to the UART: no buffer to overflow, a few
 * dozen bytes of stack, and a line that ends in a crash shows how far it came.
 */
#include "hv/board.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/lock.h"
#include "hv/probe.h"

static struct lock console_lock;

enum { LINE_FULL = sizeof(((struct domain *)0)->console_line) - 1 }; /* the newline has room behind it */

static void put_text(const char *text, uint32_t length)
{
    uart_write(board_uart_base, text, length);
}

static uint32_t length_of(const char *text)
{
    uint32_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}

/* At least `width` digits, and not more of them than a number may have. */
static void put_number(unsigned long value, uint32_t base, uint32_t width)
{
    char digits[sizeof(value) * 5 / 2 + 1]; /* log10(256) < 5 / 2 */
    char *const end = digits + sizeof(digits), *first = end;

    do {
        *--first = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0 || (uint32_t)(end - first) < width);
    put_text(first, (uint32_t)(end - first));
}

void console_line_vadd(const char *format, va_list args)
{
    for (; *format != '\0'; format++) {
        const char *const plain = format;
        uint32_t width = 0;
        bool is_long;

        while (*format != '%' && *format != '\0')
            format++;
        put_text(plain, (uint32_t)(format - plain));
        if (*format == '\0')
            break;
        while (*++format >= '0' && *format <= '9')
            width = width * 10 + (uint32_t)(*format - '0');
        is_long = *format == 'l';
        if (is_long)
            format++;
        if (*format == 's') {
            const char *const text = va_arg(args, const char *);

            put_text(text, length_of(text));
        } else {
            put_number(is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned int), *format == 'x' ? 16 : 10, width);
        }
    }
}

void console_line_add(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    console_line_vadd(format, args);
    va_end(args);
}

void console_line_begin(void)
{
    lock_acquire(&console_lock);
    put_text("(hv) ", 5);
}

void console_line_end(void)
{
    put_text("\n", 1);
    lock_release(&console_lock);
}

void console_log(const char *format, ...)
{
    va_list args;

    PROBE("console");
    console_line_begin();
    va_start(args, format);
    console_line_vadd(format, args);
    va_end(args);
    console_line_end();
    PROBE("console.end");
}

/* With the lock held. */
static void write_domain_line(struct domain *d)
{
    char prefix[] = "(d0) ";

    prefix[2] = (char)(prefix[2] + d->domid);
    put_text(prefix, sizeof(prefix) - 1);
    d->console_line[d->console_used++] = '\n';
    put_text(d->console_line, d->console_used);
    d->console_used = 0;
}

/* The characters up to the end of the line or of its buffer. */
static uint32_t collect(struct domain *d, const char *text, uint32_t length)
{
    uint32_t taken = 0, used = d->console_used;

    for (; taken < length && text[taken] != '\n' && used < LINE_FULL; taken++) {
        if ((text[taken] >= ' ' && text[taken] <= '~') || text[taken] == '\t')
            d->console_line[used++] = text[taken];
    }
    d->console_used = used;
    return taken;
}

uint32_t console_domain_write(struct domain *d, const char *text, uint32_t length)
{
    uint32_t taken;

    lock_acquire(&console_lock); /* a domain may write from two CPUs */
    if (text[0] == '\n' || d->console_used == LINE_FULL) {
        write_domain_line(d);
        taken = text[0] == '\n';
    } else {
        taken = collect(d, text, length);
    }
    lock_release(&console_lock);
    return taken;
}

void console_domain_put(struct domain *d, char c)
{
    while (console_domain_write(d, &c, 1) == 0)
        ;
}

void console_domain_flush(struct domain *d)
{
    lock_acquire(&console_lock);
    if (d->console_used != 0)
        write_domain_line(d);
    lock_release(&console_lock);
}
