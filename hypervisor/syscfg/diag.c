// SPDX-License-Identifier: Apache-2.0
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned errors;

static void say(const char *severity, const char *path, const char *property, const char *format, va_list args)
{
    fprintf(stderr, "%s: %s: ", severity, path);
    if (property)
        fprintf(stderr, "%s: ", property);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void diag_error(const char *path, const char *property, const char *format, ...)
{
    va_list args;

    errors++;
    va_start(args, format);
    say("error", path, property, format, args);
    va_end(args);
}

void diag_warn(const char *path, const char *property, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("warning", path, property, format, args);
    va_end(args);
}

unsigned diag_errors(void)
{
    return errors;
}
