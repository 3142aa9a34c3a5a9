/* SPDX-License-Identifier: Apache-2.0 */
/* What a board with translation keeps for each CPU: nothing, VTTBR_EL2 is the loaded domain's. */
#ifndef PROTECT_MMU_CPU_UNIT_H
#define PROTECT_MMU_CPU_UNIT_H

struct protect_cpu {
};

#endif
