/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the guest library say to each other. A guest includes fencepost.h only.
 */
#ifndef GUEST_INTERNAL_H
#define GUEST_INTERNAL_H

#include "fencepost.h"
#include "layout.h"

/* A point to come back to from an exception; vectors.S knows the offsets. */
struct fp_context {
    uint32_t r4_r11[8];
    uint32_t sp, lr, cpsr;
};

enum fault_state { FAULT_UNEXPECTED, FAULT_CAUGHT, FAULT_CAUGHT_EL0 };

struct fp_cpu {
    struct fp_context context;
    enum fault_state state;
    struct fault fault;
};

/* Registers as vectors.S pushes them. */
struct fp_frame {
    uint32_t r[13];
    uint32_t pc;
};

/* What a vCPU that is switched on is to do. */
struct cpu_start {
    void (*function)(void *);
    void *argument;
};

void machine_read(const void *tree, uint32_t image_base);
void report_plan(const char *suite, const char *name);
_Noreturn void report_crash(const char *vector, const struct fault *fault, const struct fp_frame *frame);

/* Called by assembly. */
_Noreturn void fp_main(const void *tree, uint32_t image_base);
_Noreturn void fp_secondary_main(const struct cpu_start *start);
void fp_secondary(void);
struct fp_context *fp_exception(const struct fp_frame *frame, uint32_t kind, uint32_t spsr);
_Noreturn void fp_unexpected_fiq(void);
void fp_irq(void);
void fp_catch(void (*function)(void *), void *argument, struct fp_context *context);
void fp_catch_user(void (*function)(void *), void *argument, struct fp_context *context);

#endif
