# SPDX-License-Identifier: Apache-2.0
# The three axes of the build for this board: register width, memory protection, machine.
set(FENCEPOST_ARCH aarch64)
set(FENCEPOST_PROTECT mmu)
set(FENCEPOST_UART uart_pl011)
set(FENCEPOST_GIC gicv3)
set(FENCEPOST_BUS_FIREWALL smmu_v3)
add_compile_options(-mcpu=cortex-a53 -ffreestanding)
