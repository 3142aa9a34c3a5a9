/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console: whole lines only, each with the name of who speaks, `(hv) ` or `(d1) `. A guest's text never
 * starts a line. Non-printable characters but tab are dropped from guest text. Lines of two CPUs do not mix.
 *
 * Rules: any CPU, any time, also in a panic: console_lock can be taken again by the CPU that holds it, and
 * nothing is called while it is held. Formats: %s, %u, %x; a number with at least so many digits (%08x), and with l
 * for an argument of type long. Nothing else: a test looks at every call.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <stdarg.h>

#include "hv/types.h"

struct domain;

/* One `(hv) ` line. */
void console_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same in pieces; other CPUs' lines wait from begin to end. */
void console_line_begin(void);
void console_line_add(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_line_vadd(const char *format, va_list args);
void console_line_end(void);

/*
 * Takes the next of a domain's output, at least one byte of it at most every other time, and says how many: either
 * a line leaves, whole, or characters are collected, so that one call is bounded. A line leaves at '\n' and when the
 * character after 255 comes.
 */
uint32_t console_domain_write(struct domain *d, const char *text, uint32_t length);

/* One byte, taken for sure. */
void console_domain_put(struct domain *d, char c);

/* What is left in the domain's line buffer leaves as a line (domain stop, panic). */
void console_domain_flush(struct domain *d);

#endif
