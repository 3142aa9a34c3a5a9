/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to the board's UART, polled. The formatter writes straight to the UART: no buffer to overflow, a few
 * dozen bytes of stack, and a line that ends in a crash shows how far it came.
 */
#include "hv/board.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/lock.h"

static struct lock console_lock;

static void put(char c)
{
    uart_put(board_uart_base, c);
}

static void put_padded(const char *text, uint32_t length, uint32_t width, char pad)
{
    for (; width > length; width--)
        put(pad);
    while (length-- > 0)
        put(*text++);
}

static void put_string(const char *text, uint32_t width)
{
    uint32_t length = 0;

    while (text[length] != '\0')
        length++;
    put_padded(text, length, width, ' ');
}

static void put_number(unsigned long value, uint32_t base, bool negative, uint32_t width, char pad)
{
    char digits[sizeof(value) * 5 / 2 + 2]; /* log10(256) < 5 / 2, and a sign */
    char *first = digits + sizeof(digits);

    do {
        *--first = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (negative)
        *--first = '-';
    put_padded(first, (uint32_t)(digits + sizeof(digits) - first), width, pad);
}

void console_line_vadd(const char *format, va_list args)
{
    for (; *format != '\0'; format++) {
        uint32_t width = 0;
        char pad = ' ';
        bool is_long = false;
        long number;

        if (*format != '%') {
            put(*format);
            continue;
        }
        if (*++format == '0')
            pad = '0';
        for (; *format >= '0' && *format <= '9'; format++)
            width = width * 10 + (uint32_t)(*format - '0');
        if (*format == 'l') {
            is_long = true;
            format++;
        }
        switch (*format) {
        case 's':
            put_string(va_arg(args, const char *), width);
            break;
        case 'd':
            number = is_long ? va_arg(args, long) : va_arg(args, int);
            put_number(number < 0 ? 0ul - (unsigned long)number : (unsigned long)number, 10, number < 0, width, pad);
            break;
        case 'u':
        case 'x':
            put_number(is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned int),
                       *format == 'x' ? 16 : 10, false, width, pad);
            break;
        case 'c':
            put((char)va_arg(args, int));
            break;
        default:
            put(*format);
            break;
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
    put_string("(hv) ", 0);
}

void console_line_end(void)
{
    put('\n');
    lock_release(&console_lock);
}

void console_log(const char *format, ...)
{
    va_list args;

    console_line_begin();
    va_start(args, format);
    console_line_vadd(format, args);
    va_end(args);
    console_line_end();
}

/* With the lock held. */
static void write_domain_line(struct domain *d)
{
    console_line_add("(d%u) ", d->domid);
    put_padded(d->console_line, d->console_used, 0, ' ');
    put('\n');
    d->console_used = 0;
}

void console_domain_put(struct domain *d, char c)
{
    const bool printable = (c >= ' ' && c <= '~') || c == '\t';

    lock_acquire(&console_lock); /* a domain may write from two CPUs */
    if (printable)
        d->console_line[d->console_used++] = c;
    if (c == '\n' || d->console_used == sizeof(d->console_line) - 1)
        write_domain_line(d);
    lock_release(&console_lock);
}

void console_domain_flush(struct domain *d)
{
    lock_acquire(&console_lock);
    if (d->console_used != 0)
        write_domain_line(d);
    lock_release(&console_lock);
}
