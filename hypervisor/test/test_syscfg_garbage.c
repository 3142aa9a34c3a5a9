// SPDX-License-Identifier: Apache-2.0
/*
 * syscfg against trees that no compiler would make: it must exit 2, whatever it is given, and never die of a
 * signal. Usage: test_syscfg_garbage SYSCFG FOLDER.
 */
#include "check.h"

#include <fcntl.h>
#include <libfdt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOB_BYTES = 4096, MUTANTS = 300 };

static const char *syscfg, *folder;

static void write_blob(const char *path, const void *blob, size_t bytes)
{
    FILE *stream = fopen(path, "wb");

    if (!stream || fwrite(blob, 1, bytes, stream) != bytes || fclose(stream) != 0) {
        perror(path);
        exit(1);
    }
}

/* Exit status, or 256 + signal. */
static int run(const void *blob, size_t bytes)
{
    char path[512];
    int status = 0;
    pid_t child;

    snprintf(path, sizeof(path), "%s/tree.dtb", folder);
    write_blob(path, blob, bytes);
    child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);

        dup2(null, 1);
        dup2(null, 2);
        execl(syscfg, syscfg, path, "--out", folder, "--access", "shared", (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static void put_cells(void *fdt, const char *name, unsigned nr, uint32_t value)
{
    fdt32_t cells[16];

    for (unsigned i = 0; i < nr; i++)
        cells[i] = cpu_to_fdt32(value);
    (void)fdt_property(fdt, name, cells, (int)(4 * nr));
}

/* A domain with every property the reader knows, each of them wrong: `nr` cells of `value`. */
static void make_wrong_system(void *fdt, unsigned nr, uint32_t value)
{
    static const char *const properties[] = {
        "memory", "cpus", "xen,static-mem", "xen,enhanced", "fencepost,may-connect", "fencepost,may-map",
        "fencepost,priority", "fencepost,max-port", "fencepost,restart", "reg", "id", "hard-affinity", "xen,evtchn",
        "xen,shm-id", "xen,shared-mem", "role", "xen,reg", "xen,path", "bootargs", "phandle",
        "fencepost,event-pages", "fencepost,windows", "xen,static-heap", "fencepost,el2-regions", "device_type",
        "fencepost,bus-firewall", "fencepost,master", "fencepost,idle", "fencepost,reset", "fencepost,cpu1",
        "fencepost,restart-pinned",
    };
    static const char *const nodes[] = {"multiboot,kernel", "multiboot,device-tree", "xen,vcpu", "xen,evtchn-v1",
                                        "xen,domain-shared-memory-v1", "xen,domain"};

    (void)fdt_create(fdt, BLOB_BYTES * 8);
    (void)fdt_finish_reservemap(fdt);
    (void)fdt_begin_node(fdt, "");
    (void)fdt_begin_node(fdt, "fencepost");
    for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
        put_cells(fdt, properties[i], nr, value);
    (void)fdt_end_node(fdt);
    (void)fdt_begin_node(fdt, "chosen");
    put_cells(fdt, "#address-cells", 1, 1);
    put_cells(fdt, "#size-cells", 1, 1);
    for (unsigned depth = 0; depth < sizeof(nodes) / sizeof(nodes[0]); depth++) {
        char name[16];

        snprintf(name, sizeof(name), "d%u", depth);
        (void)fdt_begin_node(fdt, name);
        (void)fdt_property(fdt, "compatible", "xen,domain", sizeof("xen,domain"));
        put_cells(fdt, "#address-cells", 1, 1);
        put_cells(fdt, "#size-cells", 1, 1);
        for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
            put_cells(fdt, properties[i], nr, value);
        (void)fdt_begin_node(fdt, "part");
        (void)fdt_property(fdt, "compatible", nodes[depth], (int)strlen(nodes[depth]) + 1);
        for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
            put_cells(fdt, properties[i], nr, value);
        (void)fdt_end_node(fdt);
        (void)fdt_end_node(fdt);
    }
    (void)fdt_end_node(fdt);
    (void)fdt_end_node(fdt);
    (void)fdt_finish(fdt);
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

int main(int argc, char **argv)
{
    static uint8_t blob[BLOB_BYTES * 8], mutant[BLOB_BYTES * 8];
    uint32_t random = 0x46435046;

    if (argc != 3)
        return 2;
    syscfg = argv[1];
    folder = argv[2];
    mkdir(folder, 0777);

    CHECK_EQUAL(run("not a tree", 10), 2);
    CHECK_EQUAL(run(blob, 0), 2);
    for (unsigned nr = 0; nr <= 7; nr++) {
        make_wrong_system(blob, nr, 0);
        CHECK_EQUAL(run(blob, fdt_totalsize(blob)), 2);
        make_wrong_system(blob, nr, 0xffffffff);
        CHECK_EQUAL(run(blob, fdt_totalsize(blob)), 2);
        CHECK_EQUAL(run(blob, fdt_totalsize(blob) / 2), 2);
    }
    make_wrong_system(blob, 2, 1);
    for (unsigned i = 0; i < MUTANTS; i++) {
        uint32_t bytes = fdt_totalsize(blob);

        memcpy(mutant, blob, bytes);
        for (unsigned hits = 1 + next_random(&random) % 8; hits > 0; hits--)
            mutant[next_random(&random) % bytes] = (uint8_t)next_random(&random);
        CHECK_EQUAL(run(mutant, bytes), 2);
    }
    return check_result();
}
