/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"

static void no_such_calls(void)
{
    static const uint32_t numbers[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 13, 14, 15, 16, 19, 21, 22, 23, 25,
                                       26, 27, 28, 30, 31, 37, 38, 39, 40, 42, 43, 47, 48, 49, 54, 55, 56, 63, 64, 70};

    for (uint32_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        result(hypercall(numbers[i], 0, 0, 0, 0, 0));
}

static int64_t control_op(uint32_t number)
{
    uint32_t *const block = zeros();

    block[1] = 0x15; /* interface version */
    return hypercall(number, (uintptr_t)block, 0, 0, 0, 0);
}

static void control_calls(void)
{
    result(hypercall(35, 0, 0, 0, 0, 0));
    result(hypercall(36, 0, 0, 0, 0, 0));
    result(control_op(35));
    result(control_op(36));
    result(control_op(7));
    result(hypercall(41, DOMID_SELF, 0, 0, 0, 0));
    result(hypercall(33, 99, (uintptr_t)zeros(), 0, 0, 0));
    result(hypercall(33, 28, (uintptr_t)zeros(), 0, 0, 0));
}

static void firmware(void)
{
    uintptr_t registers[4] = {0, 0, 0, 0};
    const struct fault fault = try_instruction(INSTRUCTION_HVC(0x123), registers);

    tell("faults=%u", fault.kind == FAULT_UNDEFINED);
    result(psci((uint32_t)PSCI_VERSION, 0, 0, 0));
    registers[0] = (uint32_t)PSCI_VERSION;
    const struct fault smc = try_instruction(INSTRUCTION_SMC(0), registers);
    if (smc.kind == FAULT_NONE)
        result((int32_t)registers[0]);
    else
        tell("faults=%u", smc.kind == FAULT_UNDEFINED);
    result(psci((uint32_t)SMCCC_VERSION, 0, 0, 0));
    result(psci(0x8600ff01u, 0, 0, 0));
    result(psci((uint32_t)PSCI_FEATURES, PSCI_CPU_ON_NATIVE, 0, 0));
    result(psci(PSCI_CPU_ON_NATIVE, 1, machine.image_base, 0));
    result(psci(PSCI_AFFINITY_INFO_NATIVE, 0, 0, 0));
    result(psci(0x84001234u, 0, 0, 0));
}

static void parameter(uint32_t index)
{
    struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index, .value = 77};
    const int64_t answer = hypercall_hvm_op(HVMOP_get_param, &param);

    if (answer == 0)
        tell("return=0 value=0x%llx", (unsigned long long)param.value);
    else
        result(answer);
}

static void parameters(void)
{
    struct xen_hvm_param upcall = {.domid = DOMID_SELF, .value = 2ull << 56 | INTID_EVENT_UPCALL};

    parameter(HVM_PARAM_CALLBACK_IRQ);
    parameter(HVM_PARAM_STORE_PFN);
    parameter(HVM_PARAM_STORE_EVTCHN);
    parameter(HVM_PARAM_CONSOLE_PFN);
    parameter(HVM_PARAM_CONSOLE_EVTCHN);
    parameter(5);
    result(hypercall_hvm_op(HVMOP_set_param, &upcall));
    result(hypercall_hvm_op(99, buffer));
}

static void grant_table_size(void)
{
    struct {
        uint16_t domid;
        uint32_t frames, max_frames;
        int16_t status;
    } query = {.domid = DOMID_SELF, .status = 77};
    const int64_t answer = hypercall(20, 6, (uintptr_t)&query, 1, 0, 0);

    if (answer == 0)
        tell("return=0 frames=%u max_frames=%u status=%d", query.frames, query.max_frames, query.status);
    else
        result(answer);
}

static void several_in_one(void)
{
    struct {
        uint64_t number, result, arguments[6];
    } calls[3] = {{.number = 17, .arguments = {XENVER_version}}, {.number = 17, .arguments = {XENVER_pagesize}}, {.number = 99}};

    result(hypercall(13, (uintptr_t)calls, 3, 0, 0, 0));
    for (uint32_t i = 0; i < 3; i++)
        result((int64_t)calls[i].result);
}

TEST(vectors, misc, IDS "", WHY "as recorded", SYSTEM)
{
    group_begin("misc");
    no_such_calls();
    control_calls();
    firmware();
    parameters();
    grant_table_size();
    several_in_one();
}
