/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State that is switched only between vCPUs that use it: floating point. The registers of the last user stay in the
 * hardware; any other vCPU traps before it can see or change them.
 */
#ifndef ARCH_AARCH64_LAZY_H
#define ARCH_AARCH64_LAZY_H

struct vcpu;

/* The loaded vCPU touched it for the first time since it was switched in: it becomes the owner. */
void lazy_own_fp(struct vcpu *v);

/* From switch.S when anybody uses it: trap on or off for `next`, eager restore if it is a user. */
void lazy_switch(struct vcpu *next);

/* The vCPU starts anew: what the hardware still holds of it is nobody's. On its own CPU. */
void lazy_forget(struct vcpu *v);

/* state.S */
struct fp_state;
void fp_save(struct fp_state *state);
void fp_load(const struct fp_state *state);

#endif
