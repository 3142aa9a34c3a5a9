# SPDX-License-Identifier: Apache-2.0
# The three axes of the build for this board: register width, memory protection, machine.
set(FENCEPOST_ARCH aarch32)
set(FENCEPOST_PROTECT mpu)
set(FENCEPOST_UART uart_cmsdk)
set(FENCEPOST_GIC gicv3)
set(FENCEPOST_BUS_FIREWALL bus_firewall)
add_compile_options(-mcpu=cortex-r52 -marm -mfloat-abi=soft -ffreestanding)
