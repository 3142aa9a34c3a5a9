/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with the system. Every finding names the node, the property, the values and the rule, and
 * none ends the run: one run shows all of them. `path` is a node path or an option; `property` may be NULL.
 */
#ifndef SYSCFG_DIAG_H
#define SYSCFG_DIAG_H

void diag_error(const char *path, const char *property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diag_warn(const char *path, const char *property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Errors so far. */
unsigned diag_errors(void);

#endif
