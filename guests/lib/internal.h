/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the guest library say to each other. A guest includes fencepost.h only.
 */
#ifndef GUEST_INTERNAL_H
#define GUEST_INTERNAL_H

#include "context.h"
#include "fencepost.h"

enum fault_state { FAULT_UNEXPECTED, FAULT_CAUGHT, FAULT_CAUGHT_EL0 };

struct fp_cpu {
    struct fp_context context;
    enum fault_state state;
    struct fault fault;
};

/* What a vCPU that is switched on is to do. */
struct cpu_start {
    void (*function)(void *);
    void *argument;
};

struct fp_cpu *fp_this_cpu(void);
void machine_read(const void *tree, uintptr_t image_base);
void report_plan(const char *suite, const char *name);
void report_crash(const char *vector, const struct fault *fault, uintptr_t link_register);

/* Called by assembly. */
_Noreturn void fp_main(const void *tree, uintptr_t image_base);
_Noreturn void fp_secondary_main(const struct cpu_start *start);
void fp_secondary(void);
void fp_irq(void);
void fp_catch(void (*function)(void *), void *argument, struct fp_context *context);
void fp_catch_user(void (*function)(void *), void *argument, struct fp_context *context);

#endif
