/* SPDX-License-Identifier: Apache-2.0 */
/* The two lines a hosted test needs: a check that names itself and both values, and a result for main(). */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <stdio.h>

static unsigned check_failures;

#define CHECK_EQUAL(actual, expected) \
    check_equal(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(expected))

static inline void check_equal(const char *file, int line, const char *what, long long actual, long long expected)
{
    if (actual == expected)
        return;
    check_failures++;
    fprintf(stderr, "%s:%d: %s is %lld (0x%llx), expected %lld (0x%llx)\n", file, line, what, actual,
            (unsigned long long)actual, expected, (unsigned long long)expected);
}

static inline int check_result(void)
{
    return check_failures == 0 ? 0 : 1;
}

#endif
