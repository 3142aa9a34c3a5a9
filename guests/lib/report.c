/* SPDX-License-Identifier: Apache-2.0 */
/* The report protocol, version 1: one record a line through console_io. See guests/README.md. */
#include "internal.h"

enum { LINE_BYTES = 242 }; /* 240 characters, newline, terminator */

static bool failed;
static bool planned; /* a plan line is out, so an end line is owed */

void console_write(const char *text, size_t bytes)
{
    hypercall_console_io(CONSOLEIO_write, (uint32_t)bytes, text);
}

static void line_v(const char *start, const char *format, va_list arguments)
{
    char line[LINE_BYTES];
    size_t used = (size_t)format_text(line, sizeof(line) - 1, "%s", start);

    used += (size_t)format_text_v(line + used, sizeof(line) - 1 - used, format, arguments);
    for (size_t i = 0; i < used; i++)
        if (line[i] == '\n')
            line[i] = ' '; /* a record is one line */
    line[used++] = '\n';
    console_write(line, used);
}

static void line(const char *start, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line_v(start, format, arguments);
    va_end(arguments);
}

void print(const char *format, ...)
{
    char text[LINE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    int length = format_text_v(text, sizeof(text), format, arguments);
    va_end(arguments);
    console_write(text, (size_t)length);
}

void note(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line_v("fp1 note ", format, arguments);
    va_end(arguments);
}

void metric(const char *name, uint64_t value, const char *unit)
{
    line("fp1 metric ", "%s %llu %s", name, (unsigned long long)value, unit);
}

void report_plan(const char *suite, const char *name)
{
    planned = true;
    line("fp1 plan ", "%s.%s", suite, name);
}

void shutdown(uint32_t reason)
{
    const struct sched_shutdown argument = {.reason = reason};

    hypercall_sched_op(SCHEDOP_shutdown, &argument);
    idle_for_ever();
}

void skip_(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line_v("fp1 skip ", format, arguments);
    va_end(arguments);
    line("fp1 end ", failed ? "fail" : "skip");
    shutdown(SHUTDOWN_poweroff);
}

void finish(void)
{
    if (planned)
        line("fp1 end ", failed ? "fail" : "pass");
    shutdown(SHUTDOWN_poweroff);
}

void fp_fail(const char *file, int line_number, const char *format, ...)
{
    char start[96];
    va_list arguments;

    failed = true;
    format_text(start, sizeof(start), "fp1 fail %s:%d: ", file, line_number);
    va_start(arguments, format);
    line_v(start, format, arguments);
    va_end(arguments);
}

bool fp_expect_eq(const char *file, int line_number, const char *text, int64_t actual, int64_t expected)
{
    if (actual == expected)
        return true;
    fp_fail(file, line_number, "%s is %lld (0x%llx), expected %lld (0x%llx)", text, (long long)actual,
            (unsigned long long)actual, (long long)expected, (unsigned long long)expected);
    return false;
}

bool fp_expect_true(const char *file, int line_number, const char *text, bool holds)
{
    if (!holds)
        fp_fail(file, line_number, "expected: %s", text);
    return holds;
}

/* The registers follow as notes; the caller knows which there are. */
void report_crash(const char *vector, const struct fault *fault, uintptr_t link_register)
{
    line("fp1 exception ", "%s pc=0x%x lr=0x%x far=0x%x fsr=0x%x image=0x%x", vector, fault->pc, link_register,
         fault->far, fault->fsr, machine.image_base);
}
