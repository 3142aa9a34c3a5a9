# SPDX-License-Identifier: Apache-2.0
# The guest library as libfencepost.a, and
#
#   fencepost_guest(name sources...)
#
# which makes <name>.elf and <name>.bin in the binary folder of the caller: a position-independent image
# with the header of a Linux kernel, linked at 0, that runs in any bank of any domain.
set(guest_lib_dir ${CMAKE_CURRENT_LIST_DIR})
set(guest_isa_dir ${guest_lib_dir}/${FENCEPOST_ARCH})
set(guest_include_dirs ${guest_lib_dir} ${guest_isa_dir} ${guest_lib_dir}/../../hypervisor/include
    ${guest_lib_dir}/../../boards/${FENCEPOST_BOARD})
# Nothing unaligned, and no FP registers that a library function would have to save.
set(guest_alignment_aarch32 -mno-unaligned-access)
set(guest_alignment_aarch64 -mstrict-align -mgeneral-regs-only)
set(guest_compile_options -O2 -g -fpie -fvisibility=hidden -fno-common -ffunction-sections -fdata-sections
    -fno-delete-null-pointer-checks -fno-tree-loop-distribute-patterns ${guest_alignment_${FENCEPOST_ARCH}})

file(GLOB guest_isa_sources CONFIGURE_DEPENDS ${guest_isa_dir}/*.S ${guest_isa_dir}/*.c)
add_library(fencepost_guest_lib STATIC ${guest_isa_sources}
    ${guest_lib_dir}/main.c ${guest_lib_dir}/report.c ${guest_lib_dir}/format.c ${guest_lib_dir}/fault.c
    ${guest_lib_dir}/fdt.c ${guest_lib_dir}/irq.c ${guest_lib_dir}/events.c ${guest_lib_dir}/evtchn.c
    ${guest_lib_dir}/time.c ${guest_lib_dir}/cpu.c ${guest_lib_dir}/string.c ${guest_lib_dir}/dma.c)
target_compile_options(fencepost_guest_lib
    PUBLIC ${guest_compile_options} PRIVATE $<$<COMPILE_LANGUAGE:C>:-Wconversion>)
target_include_directories(fencepost_guest_lib PUBLIC ${guest_include_dirs})
target_link_options(fencepost_guest_lib PUBLIC
    -nostdlib -static -Wl,-pie,--no-dynamic-linker,--gc-sections,-z,text,-z,max-page-size=4096,--build-id=none
    -Wl,-T,${guest_lib_dir}/guest.ld)
target_link_libraries(fencepost_guest_lib PUBLIC gcc)
set_target_properties(fencepost_guest_lib PROPERTIES
    OUTPUT_NAME fencepost LINK_DEPENDS ${guest_lib_dir}/guest.ld)

function(fencepost_guest name)
    file(RELATIVE_PATH folder ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../.. ${CMAKE_CURRENT_SOURCE_DIR})
    string(REPLACE "/" "-" target "${folder}-${name}")
    add_executable(${target} ${ARGN})
    target_link_libraries(${target} PRIVATE fencepost_guest_lib)
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME ${name} SUFFIX .elf RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
        LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/guest.ld)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} -O binary $<TARGET_FILE:${target}> ${CMAKE_CURRENT_BINARY_DIR}/${name}.bin
        BYPRODUCTS ${CMAKE_CURRENT_BINARY_DIR}/${name}.bin)
endfunction()
