/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU TCG plugin: marks what the hypervisor executes in a coverage map.
 *
 *   -plugin cover.so,map=FILE
 *
 * An instruction is marked when it begins at EL2, whether or not its own condition holds; a conditional branch
 * also by the direction it is about to go, read from the flags or the register it tests. So no state is kept
 * between instructions, and it does not matter which CPU runs: the index a callback receives is wrong with two
 * CPUs under icount. What is fully marked when a block is translated gets no callback any more.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "condition.h"
#include "cover_map.h"
#include "qemu_api.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = QEMU_API_VERSION;

enum { NR_GENERAL = 31 }; /* x31 of a branch reads as zero */

static struct cover_map map;
static struct qemu_plugin_register *cpsr, *general[NR_GENERAL];
static struct g_byte_array *buffer;

static uint64_t read_register(struct qemu_plugin_register *handle)
{
    uint64_t value = 0;

    g_byte_array_set_size(buffer, 0);
    int size = handle ? qemu_plugin_read_register(handle, buffer) : 0;
    if (size > 0) {
        memcpy(&value, buffer->data, size < 8 ? (size_t)size : 8);
    }
    return value;
}

static bool is_taken(const struct cover_branch *branch, uint32_t flags)
{
    if (branch->test == BRANCH_FLAGS) {
        return condition_holds(branch->code, flags);
    }
    uint64_t value = branch->code < NR_GENERAL ? read_register(general[branch->code]) : 0;
    return register_test_holds(branch->test, branch->narrow ? (uint32_t)value : value, branch->bit);
}

static void on_insn(unsigned vcpu, void *data)
{
    uint8_t *executed = data;
    (void)vcpu;

    if (!*executed && is_el2((uint32_t)read_register(cpsr))) {
        *executed = 1;
    }
}

static void on_branch(unsigned vcpu, void *data)
{
    const struct cover_branch *branch = data;
    uint8_t *directions = cover_map_directions(&map, branch);
    (void)vcpu;

    if (directions[0] && directions[1]) {
        return;
    }
    const uint32_t flags = (uint32_t)read_register(cpsr);
    if (is_el2(flags)) {
        *cover_map_executed(&map, branch->address) = 1;
        directions[is_taken(branch, flags)] = 1;
    }
}

static void on_translate(uint64_t id, struct qemu_plugin_tb *tb)
{
    (void)id;

    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const uint64_t address = qemu_plugin_insn_vaddr(insn);
        uint8_t *executed = cover_map_executed(&map, address);
        struct cover_branch *branch = executed ? cover_map_branch(&map, address) : NULL;
        const uint8_t *directions = branch ? cover_map_directions(&map, branch) : NULL;

        if (branch && !(directions[0] && directions[1])) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_branch, QEMU_CB_R_REGS, branch);
        } else if (executed && !*executed) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_CB_R_REGS, executed);
        }
    }
}

/* "r7" and "x7" are general register 7; no branch tests r13 to r15 alone. */
static void take_register(const qemu_plugin_reg_descriptor *found)
{
    unsigned number;
    char end;

    if (strcmp(found->name, "cpsr") == 0) {
        cpsr = found->handle;
    } else if (sscanf(found->name, "%*1[rx]%u%c", &number, &end) == 1 && number < NR_GENERAL) {
        general[number] = found->handle;
    }
}

static int refuse(const char *what, const char *why)
{
    fprintf(stderr, "cover.so: %s: %s\n", what, why);
    return 1;
}

static void on_vcpu_init(uint64_t id, unsigned vcpu)
{
    struct g_array *array = qemu_plugin_get_registers();
    const qemu_plugin_reg_descriptor *registers = (const void *)array->data;
    (void)id;
    (void)vcpu;

    for (unsigned i = 0; i < array->len; i++) {
        take_register(&registers[i]);
    }
    if (!cpsr) {
        refuse("registers", "this emulator shows no cpsr");
        exit(1);
    }
}

static int open_map(const char *path)
{
    const char *why = NULL;
    struct stat status;
    int file = open(path, O_RDWR | O_CLOEXEC);

    if (file < 0 || fstat(file, &status) != 0) {
        return refuse(path, "cannot be opened");
    }
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (bytes == MAP_FAILED) {
        return refuse(path, "cannot be mapped");
    }
    return cover_map_take(&map, bytes, (size_t)status.st_size, &why) ? 0 : refuse(path, why);
}

EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc, char **argv)
{
    (void)info;

    if (argc != 1 || strncmp(argv[0], "map=", 4) != 0) {
        return refuse("options", "map=FILE is needed, and nothing else");
    }
    if (open_map(argv[0] + 4) != 0) {
        return 1;
    }
    buffer = g_byte_array_new();
    qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    return 0;
}
