/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct vcpu_context and struct trap_frame of the linked architecture.
 */
#ifndef HV_CONTEXT_H
#define HV_CONTEXT_H

#include <context.h> /* not "": this file would find itself */

#endif
