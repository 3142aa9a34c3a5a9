/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU TCG plugin: counts instructions of the hypervisor between the markers of a bench guest.
 *
 *   -plugin count.so,out=FILE,text=START-END[,probes=FILE][,isas=FILE][,smp=on]     (numbers hexadecimal)
 *
 * Plain callbacks and C counters only: inline scoreboard operations crash QEMU 10.0.2 with two CPUs under
 * icount. With two CPUs translated blocks are shared and the index a callback receives is wrong, so `smp=on`
 * tells them apart by TPIDR_EL2, the hypervisor's per-CPU pointer; it costs a register read an instruction.
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
    struct site site;
    uint32_t word;
    struct site_entry *next;
};

enum { SITE_BUCKETS = 16384 };

static struct site_entry *buckets[SITE_BUCKETS];
static struct probe_table probe_table;
static struct isa_map isa_map;
static struct tally_image image;
static struct tally *tally;
static bool smp;
static struct qemu_plugin_register *tpidr_el2;
static struct g_byte_array *register_buffer;
static uint64_t cpu_pointers[TALLY_MAX_CPUS];
static unsigned nr_cpu_pointers;

static struct site *site_at(uint32_t address, uint32_t word)
{
    struct site_entry **bucket = &buckets[(address >> 2) % SITE_BUCKETS];

    for (struct site_entry *entry = *bucket; entry; entry = entry->next) {
        if (entry->site.address == address && entry->word == word) {
            return &entry->site;
        }
    }
    struct site_entry *entry = malloc(sizeof(*entry));
    if (!entry) {
        abort();
    }
    entry->word = word;
    entry->next = *bucket;
    *bucket = entry;
    tally_prepare(tally, &entry->site, address, word);
    return &entry->site;
}

static uint64_t read_cpu_pointer(void)
{
    uint64_t value = 0;

    g_byte_array_set_size(register_buffer, 0);
    int size = qemu_plugin_read_register(tpidr_el2, register_buffer);
    if (size > 0) {
        memcpy(&value, register_buffer->data, size < 8 ? (size_t)size : 8);
    }
    return value;
}

/*
 * CPUs are numbered as their pointers appear; before boot code sets the first, all are CPU 0. After that, one
 * without a pointer is another that starts, and nobody's.
 */
static unsigned current_cpu(void)
{
    if (!smp || !tpidr_el2) {
        return 0;
    }
    uint64_t pointer = read_cpu_pointer();
    for (unsigned i = 0; i < nr_cpu_pointers; i++) {
        if (cpu_pointers[i] == pointer) {
            return i;
        }
    }
    if (pointer == 0 || nr_cpu_pointers == TALLY_MAX_CPUS) {
        return nr_cpu_pointers ? TALLY_MAX_CPUS : 0;
    }
    cpu_pointers[nr_cpu_pointers] = pointer;
    return nr_cpu_pointers++;
}

static void on_insn(unsigned vcpu, void *data)
{
    const unsigned cpu = current_cpu();

    (void)vcpu;
    if (cpu < TALLY_MAX_CPUS) {
        tally_insn(tally, cpu, data);
    }
}

static void on_access(unsigned vcpu, uint32_t info, uint64_t vaddr, void *data)
{
    const unsigned cpu = current_cpu();

    (void)vcpu;
    (void)vaddr;
    (void)data;
    if (cpu < TALLY_MAX_CPUS) {
        tally_access(tally, cpu, qemu_plugin_mem_is_store(info), 1u << qemu_plugin_mem_size_shift(info));
    }
}

static void on_translate(uint64_t id, struct qemu_plugin_tb *tb)
{
    int flags = smp ? QEMU_CB_R_REGS : QEMU_CB_NO_REGS;
    (void)id;

    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t word = 0;

        qemu_plugin_insn_data(insn, &word, sizeof(word));
        struct site *site = site_at((uint32_t)qemu_plugin_insn_vaddr(insn), word);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, flags, site);
        if (site->accesses) {
            qemu_plugin_register_vcpu_mem_cb(insn, on_access, flags, QEMU_MEM_RW, site);
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
        }
    }
}

static void on_atexit(uint64_t id, void *data)
{
    (void)id;
    (void)data;
    tally_finish(tally);
}

static int refuse(const char *what, const char *why)
{
    fprintf(stderr, "count.so: %s: %s\n", what, why);
    return 1;
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
    if (strncmp(option, "smp=", 4) == 0) {
        smp = strcmp(option + 4, "on") == 0;
        return 0;
    }
    if (sscanf(option, "text=%" SCNx32 "-%" SCNx32, &image.text_start, &image.text_end) == 2) {
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
    register_buffer = smp ? g_byte_array_new() : NULL;
    if (smp) {
        qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, on_atexit, NULL);
    return 0;
}
