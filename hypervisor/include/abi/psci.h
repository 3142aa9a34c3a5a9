/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI and SMCCC function ids, function id in r0 / w0 of HVC #0 or SMC #0.
 * Source: Arm DEN 0022 (PSCI 1.1), Arm DEN 0028 (SMCCC 1.2).
 */
#ifndef ABI_PSCI_H
#define ABI_PSCI_H

enum psci_function {
    PSCI_0_1_CPU_OFF = 1,
    PSCI_0_1_CPU_ON = 2,
    PSCI_VERSION = (int)0x84000000,
    PSCI_CPU_SUSPEND = (int)0x84000001,
    PSCI_CPU_OFF = (int)0x84000002,
    PSCI_CPU_ON = (int)0x84000003,
    PSCI_AFFINITY_INFO = (int)0x84000004,
    PSCI_MIGRATE_INFO_TYPE = (int)0x84000006,
    PSCI_SYSTEM_OFF = (int)0x84000008,
    PSCI_SYSTEM_RESET = (int)0x84000009,
    PSCI_FEATURES = (int)0x8400000A,
    PSCI_SYSTEM_SUSPEND = (int)0x8400000E,
    SMCCC_VERSION = (int)0x80000000,
};

enum psci_result {
    PSCI_SUCCESS = 0,
    PSCI_NOT_SUPPORTED = -1,
    PSCI_INVALID_PARAMETERS = -2,
    PSCI_DENIED = -3,
    PSCI_ALREADY_ON = -4,
    PSCI_ON_PENDING = -5,
    PSCI_INTERNAL_FAILURE = -6,
    PSCI_INVALID_ADDRESS = -9,
};

enum {
    PSCI_VERSION_1_1 = 0x10001,
    SMCCC_VERSION_1_2 = 0x10002,
    PSCI_AFFINITY_ON = 0,
    PSCI_AFFINITY_OFF = 1,
    PSCI_AFFINITY_ON_PENDING = 2,
    PSCI_MIGRATE_NOT_REQUIRED = 2,
};

#endif
