// SPDX-License-Identifier: Apache-2.0
/* The passed-through nodes as the guest sees them: everything except what was meant for the hypervisor. */
#include "model.h"

#include <string.h>

static bool is_for_the_hypervisor(const char *property)
{
    return strcmp(property, "xen,reg") == 0 || strcmp(property, "xen,path") == 0 ||
           strcmp(property, "xen,force-assign-without-iommu") == 0 || strcmp(property, device_dma_force) == 0;
}

static int copy_properties(void *guest, const void *from, int node)
{
    int property;

    fdt_for_each_property_offset(property, from, node) {
        const char *name;
        int length, error;
        const void *value = fdt_getprop_by_offset(from, property, &name, &length);

        if (!value)
            return length;
        if (is_for_the_hypervisor(name))
            continue;
        error = fdt_property(guest, name, value, length);
        if (error != 0)
            return error;
    }
    return 0;
}

int guest_devices_copy(void *guest, const void *from, int node)
{
    const char *name = fdt_get_name(from, node, NULL);
    int error = name ? fdt_begin_node(guest, name) : -FDT_ERR_BADSTRUCTURE;
    int child;

    if (error == 0)
        error = copy_properties(guest, from, node);
    if (error != 0)
        return error;
    fdt_for_each_subnode(child, from, node) {
        error = guest_devices_copy(guest, from, child);
        if (error != 0)
            return error;
    }
    return fdt_end_node(guest);
}
