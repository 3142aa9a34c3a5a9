# SPDX-License-Identifier: Apache-2.0
# What the compiler must know of this architecture. ISA_HOT: functions that are marked hot are A32, the rest is Thumb-2.
set(FENCEPOST_ARCH_OPTIONS -mthumb -masm-syntax-unified -mno-unaligned-access "-DISA_HOT=target(\"arm\")")
