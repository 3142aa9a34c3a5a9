/* SPDX-License-Identifier: Apache-2.0 */
/* PSTATE at the entry of a vCPU. */
#ifndef GUESTS_PSCI_ENTRY_MODE_H
#define GUESTS_PSCI_ENTRY_MODE_H

enum { ENTRY_MODE_MASK = 0x1df, ENTRY_MODE = 0x1d3 }; /* SVC */

#endif
