// SPDX-License-Identifier: Apache-2.0
/* Modules: the blobs a loader puts into memory for a domain. `reg` says where; a file says how much. */
#include "model.h"

#include "diag.h"

#include <stdio.h>
#include <string.h>

enum { ZIMAGE_MAGIC = 0x016f2818, IMAGE_MAGIC = 0x644d5241, HEADER_BYTES = 0x40 };

static uint32_t little_endian(const uint8_t *byte)
{
    return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static void use_more(struct module *kernel, uint64_t bytes)
{
    if (bytes > kernel->memory_bytes)
        kernel->memory_bytes = bytes;
}

/*
 * A zImage header may name the address the image is linked for, and memory beyond the file (start ... end); that of an
 * arm64 Image, where it wants to lie in RAM (text offset), and its size in memory.
 */
static void read_image_header(struct module *kernel)
{
    uint8_t header[HEADER_BYTES] = {0};
    FILE *stream = fopen(kernel->file, "rb");
    size_t got = stream ? fread(header, 1, sizeof(header), stream) : 0;
    uint32_t start, end;

    if (stream)
        fclose(stream);
    if (got == sizeof(header) && little_endian(header + 0x38) == IMAGE_MAGIC) {
        kernel->load_offset = little_endian(header + 0x08) | (uint64_t)little_endian(header + 0x0c) << 32;
        use_more(kernel, little_endian(header + 0x10) | (uint64_t)little_endian(header + 0x14) << 32);
        return;
    }
    if (got < 0x30 || little_endian(header + 0x24) != ZIMAGE_MAGIC)
        return;
    start = little_endian(header + 0x28);
    end = little_endian(header + 0x2c);
    kernel->load_address = start;
    if (end > start)
        use_more(kernel, end - start);
}

static void read_module(struct system *system, struct domain *domain, struct module *module, int node,
                        const char *option)
{
    const char *path = tree_path(system->fdt, node);
    const char *file;
    uint64_t bytes;

    if (module->node >= 0) {
        diag_error(path, "compatible", "a second one in %s: a domain has one at most", domain->path);
        return;
    }
    module->node = node;
    if (!tree_is_compatible(system->fdt, node, "multiboot,module"))
        diag_error(path, "compatible", "must also name \"multiboot,module\"");
    if (!tree_has(system->fdt, node, "reg"))
        diag_error(path, "reg", "missing: a module has an address and a size");
    else if (tree_read_spans(system->fdt, node, "reg", domain->cells, &module->source, 1) < 1)
        module->source = (struct span){0, 0};

    file = options_find(&system->options, option, domain->name);
    if (file && (bytes = options_file_bytes(domain->path, option, file)) != 0) {
        module->file = file;
        if (module->source.limit != 0)
            module->source.limit = module->source.base + bytes;
    }
    module->memory_bytes = module->source.limit - module->source.base;
    if (module->source.limit > UINT64_C(1) << 32)
        diag_error(path, "reg", SPAN_FORMAT ": must lie below 2^32", SPAN_VALUES(module->source));
    if (module->source.base % 8 != 0)
        diag_error(path, "reg", "0x%llx: must be a multiple of 8", (unsigned long long)module->source.base);
}

static void read_bootargs(struct system *system, struct domain *domain)
{
    const char *override = options_find(&system->options, "--bootargs", domain->name);

    if (domain->kernel.node >= 0)
        domain->bootargs = tree_read_string(system->fdt, domain->kernel.node, "bootargs");
    if (override)
        domain->bootargs = override;
}

void modules_read(struct system *system, struct domain *domain)
{
    int node;

    fdt_for_each_subnode(node, system->fdt, domain->node) {
        if (tree_is_compatible(system->fdt, node, "multiboot,kernel"))
            read_module(system, domain, &domain->kernel, node, "--guest");
        else if (tree_is_compatible(system->fdt, node, "multiboot,ramdisk"))
            read_module(system, domain, &domain->ramdisk, node, "--ramdisk");
        else if (tree_is_compatible(system->fdt, node, "multiboot,device-tree"))
            read_module(system, domain, &domain->partial_tree, node, "--passthrough");
    }
    read_bootargs(system, domain);
    if (domain->kernel.node < 0)
        diag_error(domain->path, "multiboot,kernel", "missing: a domain has one kernel module");
    else if (domain->kernel.file)
        read_image_header(&domain->kernel);
}
