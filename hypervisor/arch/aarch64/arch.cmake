# SPDX-License-Identifier: Apache-2.0
# What the compiler must know of this architecture. x9 ... x15 survive calls and x18 is nobody's, so that a trap saves six
# pairs of registers and no more (entry.S). The hypervisor itself uses no floating point. FENCEPOST_ARCH_FAST: what every
# emulated access runs through, -O2.
set(FENCEPOST_ARCH_OPTIONS -mgeneral-regs-only -mstrict-align -fno-pic -mno-outline-atomics -ffixed-x18
    -fcall-saved-x9 -fcall-saved-x10 -fcall-saved-x11 -fcall-saved-x12 -fcall-saved-x13 -fcall-saved-x14 -fcall-saved-x15)
set(FENCEPOST_ARCH_FAST core/trap.c virt/vuart.c)
