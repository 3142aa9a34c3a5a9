/* SPDX-License-Identifier: Apache-2.0 */
/* A small printf: see fencepost.h for the conversions. Output that does not fit is cut. */
#include "internal.h"

struct output {
    char *at, *end; /* end points at the place of the terminator */
};

struct conversion {
    unsigned width;
    char pad;
    bool left, is_long_long;
};

static void put(struct output *out, char c)
{
    if (out->at < out->end)
        *out->at++ = c;
}

static void put_padded(struct output *out, const struct conversion *how, const char *text, size_t length)
{
    size_t fill = how->width > length ? how->width - length : 0;

    if (!how->left)
        for (; fill > 0; fill--)
            put(out, how->pad);
    for (size_t i = 0; i < length; i++)
        put(out, text[i]);
    for (; fill > 0; fill--)
        put(out, ' ');
}

static void put_number(struct output *out, const struct conversion *how, uint64_t value, unsigned base,
                       const char *digits, bool negative)
{
    char text[24];
    char *at = text + sizeof(text);

    do {
        *--at = digits[value % base];
        value /= base;
    } while (value != 0);
    if (negative)
        *--at = '-';
    put_padded(out, how, at, (size_t)(text + sizeof(text) - at));
}

static const char *read_flags(const char *format, struct conversion *how)
{
    *how = (struct conversion){.pad = ' '};
    for (;; format++) {
        if (*format == '0')
            how->pad = '0';
        else if (*format == '-')
            how->left = true;
        else if (*format != '#')
            break;
    }
    for (; *format >= '0' && *format <= '9'; format++)
        how->width = how->width * 10 + (unsigned)(*format - '0');
    for (; *format == 'l' || *format == 'z'; format++)
        how->is_long_long = format[0] == 'l' && format[1] == 'l' ? true : how->is_long_long;
    return format;
}

static uint64_t next_unsigned(const struct conversion *how, va_list *arguments)
{
    return how->is_long_long ? va_arg(*arguments, unsigned long long) : va_arg(*arguments, unsigned int);
}

static int64_t next_signed(const struct conversion *how, va_list *arguments)
{
    return how->is_long_long ? va_arg(*arguments, long long) : va_arg(*arguments, int);
}

static void convert(struct output *out, char kind, struct conversion *how, va_list *arguments)
{
    static const char lower[] = "0123456789abcdef";

    switch (kind) {
    case 'd':
    case 'i': {
        int64_t value = next_signed(how, arguments);

        put_number(out, how, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, lower, value < 0);
        break;
    }
    case 'u':
        put_number(out, how, next_unsigned(how, arguments), 10, lower, false);
        break;
    case 'o':
        put_number(out, how, next_unsigned(how, arguments), 8, lower, false);
        break;
    case 'x':
        put_number(out, how, next_unsigned(how, arguments), 16, lower, false);
        break;
    case 'X':
        put_number(out, how, next_unsigned(how, arguments), 16, "0123456789ABCDEF", false);
        break;
    case 'p':
        put(out, '0');
        put(out, 'x');
        how->width = 8;
        how->pad = '0';
        put_number(out, how, next_unsigned(how, arguments), 16, lower, false);
        break;
    case 'c': {
        char c = (char)va_arg(*arguments, int);

        put_padded(out, how, &c, 1);
        break;
    }
    case 's': {
        const char *text = va_arg(*arguments, const char *);

        text = text != NULL ? text : "(null)";
        put_padded(out, how, text, strlen(text));
        break;
    }
    default:
        put(out, kind);
    }
}

int format_text_v(char *buffer, size_t size, const char *format, va_list arguments)
{
    struct output out = {buffer, buffer + size - 1};
    va_list rest;

    va_copy(rest, arguments);
    while (*format != '\0') {
        struct conversion how;

        if (*format != '%') {
            put(&out, *format++);
            continue;
        }
        format = read_flags(format + 1, &how);
        if (*format == '\0')
            break;
        convert(&out, *format++, &how, &rest);
    }
    va_end(rest);
    *out.at = '\0';
    return (int)(out.at - buffer);
}

int format_text(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = format_text_v(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}
