/* SPDX-License-Identifier: Apache-2.0 */
/* An access that carries no syndrome. */
#include "../uart.h"

TEST(vuart, an_access_of_two_registers_is_an_abort, IDS "S0-08", WHY "no syndrome: nobody emulates it",
     NEEDS "system=vuart")
{
    uintptr_t registers[4] = {machine.uart, 0, 0, 0};

    const struct fault fault = try_instruction(0x29400c02, registers); /* ldp w2, w3, [x0] */

    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.far, machine.uart);
    expect_eq(fault.fsr, FSR_DENIED);
}
