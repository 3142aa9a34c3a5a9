/* SPDX-License-Identifier: Apache-2.0 */
/* PSTATE at the entry of a vCPU. D is left out: it differs between hypervisors. */
#ifndef GUESTS_PSCI_ENTRY_MODE_H
#define GUESTS_PSCI_ENTRY_MODE_H

enum { ENTRY_MODE_MASK = 0x1cd, ENTRY_MODE = 0x1c5 }; /* EL1h */

#endif
