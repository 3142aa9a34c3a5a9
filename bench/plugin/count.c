/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU TCG plugin: counts instructions of the hypervisor between the markers of a bench guest.
 *
 *   -plugin count.so,out=FILE,text=START-END[,isa=a64][,probes=FILE][,isas=FILE][,stacks=START+SIZE][,profile=on][,smp=on]
 *
 * Numbers are hexadecimal. Plain callbacks and C counters only: inline scoreboard operations crash QEMU 10.0.2 with
 * two CPUs under icount. Which CPU runs is TPIDR_EL2, the hypervisor's per-CPU pointer, and its level is CPSR: with
 * two CPUs translated blocks are shared, and the index a callback receives is wrong. Both are read at the start of
 * a block, within which neither changes; with one CPU only where the level can have changed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_api.h"
#include "tally.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = QEMU_API_VERSION;

/* Sites are found again by address: QEMU translates the same instruction many times. */
struct site_entry {
    struct site site; /* first: a pointer to it is one to the entry */
    uint32_t word;
    struct block *blocks; /* that begin here */
    struct site_entry *next;
};

struct block {
    const struct site *first;
    unsigned instructions;
    struct block *next;
};

enum { SITE_BUCKETS = 16384 };

static struct site_entry *buckets[SITE_BUCKETS];
static struct probe_table probe_table;
static struct isa_map isa_map;
static struct tally_image image;
static struct tally *tally;
static bool smp;
static unsigned current; /* who runs; TALLY_MAX_CPUS: nobody that is counted */
static struct qemu_plugin_register *tpidr_el2, *cpsr;
static struct g_byte_array *register_buffer;
static uint64_t cpu_pointers[TALLY_MAX_CPUS];
static unsigned nr_cpu_pointers;
static uint64_t stacks_start, stacks_size; /* a CPU's block, one after the other: its stack, then what TPIDR_EL2 points to */

static int refuse(const char *what, const char *why)
{
    fprintf(stderr, "count.so: %s: %s\n", what, why);
    return 1;
}

static void *must(void *memory)
{
    if (!memory) {
        refuse("memory", "none left");
        abort();
    }
    return memory;
}

static struct site *site_at(uint64_t address, uint32_t word)
{
    struct site_entry **bucket = &buckets[(address >> 2) % SITE_BUCKETS];

    for (struct site_entry *entry = *bucket; entry; entry = entry->next) {
        if (entry->site.address == address && entry->word == word) {
            return &entry->site;
        }
    }
    struct site_entry *entry = must(calloc(1, sizeof(*entry)));
    entry->word = word;
    entry->next = *bucket;
    *bucket = entry;
    tally_prepare(tally, &entry->site, address, word);
    return &entry->site;
}

static struct block *block_of(struct site *first, unsigned instructions)
{
    struct site_entry *entry = (struct site_entry *)(void *)first;
    struct block *block = entry->blocks;

    while (block && block->instructions != instructions) {
        block = block->next;
    }
    if (!block) {
        block = must(malloc(sizeof(*block)));
        *block = (struct block){first, instructions, entry->blocks};
        entry->blocks = block;
    }
    return block;
}

static uint64_t read_register(struct qemu_plugin_register *from)
{
    uint64_t value = 0;

    g_byte_array_set_size(register_buffer, 0);
    int size = qemu_plugin_read_register(from, register_buffer);
    if (size > 0) {
        memcpy(&value, register_buffer->data, size < 8 ? (size_t)size : 8);
    }
    return value;
}

static void learn_cpu(uint64_t pointer)
{
    if (stacks_size && pointer >= stacks_start) {
        tally_stack(tally, nr_cpu_pointers, pointer - (pointer - stacks_start) % stacks_size, pointer);
    }
    cpu_pointers[nr_cpu_pointers++] = pointer;
}

/*
 * CPUs are numbered as their pointers appear; before boot code sets the first, all are CPU 0. After that, one
 * without a pointer is another that starts, and nobody's.
 */
static unsigned current_cpu(void)
{
    if (!smp && nr_cpu_pointers > 0) {
        return 0;
    }
    uint64_t pointer = read_register(tpidr_el2);
    for (unsigned i = 0; i < nr_cpu_pointers; i++) {
        if (cpu_pointers[i] == pointer) {
            return i;
        }
    }
    if (pointer == 0 || nr_cpu_pointers == TALLY_MAX_CPUS) {
        return nr_cpu_pointers ? TALLY_MAX_CPUS : 0;
    }
    learn_cpu(pointer);
    return nr_cpu_pointers - 1;
}

/* M is 0x1a in Hyp mode; of AArch64, bit 4 is 0 and bits 3:2 are the level. */
static void tell_level(void)
{
    enum { M = 0x1f, M_AARCH32 = 0x10, M_HYP = 0x1a, I = 0x80 };
    const uint64_t status = read_register(cpsr);
    const bool at_el2 = status & M_AARCH32 ? (status & M) == M_HYP : (status >> 2 & 3) == 2;

    tally_level(tally, current, at_el2, status & I);
}

static void on_block(unsigned vcpu, void *data)
{
    const struct block *block = data;

    (void)vcpu;
    current = current_cpu();
    if (current == TALLY_MAX_CPUS) {
        return;
    }
    tally_block(tally, current, block->instructions);
    if (tally_asks_level(tally, current, block->first)) {
        tell_level();
    }
}

static void on_insn(unsigned vcpu, void *data)
{
    (void)vcpu;
    if (current < TALLY_MAX_CPUS) {
        tally_insn(tally, current, data);
    }
}

static void on_access(unsigned vcpu, uint32_t info, uint64_t vaddr, void *data)
{
    (void)vcpu;
    (void)data;
    if (current == TALLY_MAX_CPUS) {
        return;
    }
    tally_access(tally, current, qemu_plugin_mem_is_store(info), 1u << qemu_plugin_mem_size_shift(info));
    if (qemu_plugin_mem_is_store(info)) {
        tally_store(tally, current, vaddr);
    }
}

static void on_translate(uint64_t id, struct qemu_plugin_tb *tb)
{
    const size_t nr = qemu_plugin_tb_n_insns(tb);
    (void)id;

    for (size_t i = 0; i < nr; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t word = 0;

        qemu_plugin_insn_data(insn, &word, sizeof(word));
        struct site *site = site_at(qemu_plugin_insn_vaddr(insn), word);
        if (i == 0) {
            qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_CB_R_REGS,
                                                 block_of(site, (unsigned)nr));
        }
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_CB_NO_REGS, site);
        if (site->accesses) {
            qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_CB_NO_REGS, QEMU_MEM_RW, site);
        }
    }
}

static void on_vcpu_init(uint64_t id, unsigned vcpu)
{
    struct g_array *array = qemu_plugin_get_registers();
    const qemu_plugin_reg_descriptor *registers = (const void *)array->data;
    (void)id;
    (void)vcpu;

    for (unsigned i = 0; i < array->len; i++) {
        if (strcmp(registers[i].name, "TPIDR_EL2") == 0) {
            tpidr_el2 = registers[i].handle;
        } else if (strcmp(registers[i].name, "cpsr") == 0) {
            cpsr = registers[i].handle;
        }
    }
    if (!tpidr_el2 || !cpsr) {
        refuse("registers", "this core shows no TPIDR_EL2 or no cpsr");
        exit(1);
    }
}

static void on_atexit(uint64_t id, void *data)
{
    (void)id;
    (void)data;
    tally_finish(tally);
}

static int read_probes(const char *path)
{
    const char *why = "cannot be read";
    FILE *in = fopen(path, "r");

    if (!in || !probes_read(&probe_table, in, &why)) {
        return refuse(path, why);
    }
    fclose(in);
    image.probes = &probe_table;
    return 0;
}

static int read_isas(const char *path)
{
    const char *why = "cannot be read";
    FILE *in = fopen(path, "r");

    if (!in || !isa_map_read(&isa_map, in, &why)) {
        return refuse(path, why);
    }
    fclose(in);
    image.isas = &isa_map;
    return 0;
}

static int take_option(const char *option, FILE **out)
{
    if (strncmp(option, "out=", 4) == 0) {
        *out = fopen(option + 4, "w");
        return *out ? 0 : refuse(option + 4, "cannot be written");
    }
    if (strncmp(option, "probes=", 7) == 0) {
        return read_probes(option + 7);
    }
    if (strncmp(option, "isas=", 5) == 0) {
        return read_isas(option + 5);
    }
    if (strcmp(option, "smp=on") == 0 || strcmp(option, "profile=on") == 0) {
        *(option[0] == 's' ? &smp : &image.profile) = true;
        return 0;
    }
    if (strcmp(option, "isa=a64") == 0) {
        image.isa = ISA_A64;
        return 0;
    }
    if (sscanf(option, "stacks=%" SCNx64 "+%" SCNx64, &stacks_start, &stacks_size) == 2) {
        return 0;
    }
    if (sscanf(option, "text=%" SCNx64 "-%" SCNx64, &image.text_start, &image.text_end) == 2) {
        return 0;
    }
    return refuse(option, "unknown or malformed option");
}

EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc, char **argv)
{
    FILE *out = NULL;
    (void)info;

    for (int i = 0; i < argc; i++) {
        if (take_option(argv[i], &out) != 0) {
            return 1;
        }
    }
    if (!out || image.text_end <= image.text_start) {
        return refuse("options", "out= and text= are needed");
    }
    tally = tally_new(&image, out);
    if (!tally) {
        return refuse("memory", "none left");
    }
    register_buffer = g_byte_array_new();
    qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, on_atexit, NULL);
    return 0;
}
