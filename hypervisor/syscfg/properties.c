// SPDX-License-Identifier: Apache-2.0
/*
 * Properties as such: which are known, which belong to Xen but not to this subset, and which ask for
 * something that does not exist here. An unknown one is a warning: it may be meant for another hypervisor.
 */
#include "model.h"

#include "diag.h"

#include <string.h>

static const char *const domain_known[] = {
    "name", "compatible", "phandle", "linux,phandle", "#address-cells", "#size-cells", "memory", "cpus",
    "xen,static-mem", "direct-map", "xen,enhanced", "v8r_el1_msa", "vpl011", "passthrough",
    "trap-unmapped-accesses", "capabilities", "llc-colors", "fencepost,essential", "fencepost,priority",
    "fencepost,may-connect", "fencepost,may-map", "fencepost,max-port", "fencepost,restart",
    "fencepost,restart-pinned", "fencepost,keep-content", "fencepost,map-tables", NULL,
};

static const char *const domain_ignored[] = {
    "nr_spis", "domain-cpupool", "sve", "xen,domain-p2m-mem-mb", "max_grant_version", "max_grant_frames",
    "max_maptrack_frames", "xen,sci_type", NULL,
};

static const char *const chosen_known[] = {
    "name", "phandle", "linux,phandle", "#address-cells", "#size-cells", "ranges", "bootargs", "stdout-path",
    "xen,xen-bootargs", "xen,dom0-bootargs", "xen,static-heap", "fencepost,access", "fencepost,switch-when",
    "fencepost,window-granule", "fencepost,background-when", "fencepost,windows", "fencepost,time-slice-us",
    "fencepost,event-pages", "fencepost,cpu1", "fencepost,bus-firewall", "fencepost,bench", NULL,
};

static bool is_in(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

static void warn_unknown(const void *fdt, int node, const char *const *known, const char *const *ignored)
{
    int property;

    fdt_for_each_property_offset(property, fdt, node) {
        const char *name = NULL;

        if (!fdt_getprop_by_offset(fdt, property, &name, NULL) || !name || is_in(name, known))
            continue;
        if (ignored && is_in(name, ignored))
            diag_warn(tree_path(fdt, node), name, "ignored: outside the supported subset");
        else
            diag_warn(tree_path(fdt, node), name, "unknown property, ignored");
    }
}

static void check_msa(const void *fdt, const struct domain *domain)
{
    const char *msa = tree_read_string(fdt, domain->node, "v8r_el1_msa");

    if (msa && strcmp(msa, "mpu") != 0)
        diag_error(domain->path, "v8r_el1_msa", "\"%s\": must be \"mpu\", this core has no EL1 MMU", msa);
}

static void check_passthrough(const void *fdt, const struct domain *domain)
{
    const char *text = tree_read_string(fdt, domain->node, "passthrough");

    if (text && strcmp(text, "enabled") == 0)
        diag_error(domain->path, "passthrough", "\"enabled\": this board has no IOMMU");
    else if (text && strcmp(text, "disabled") != 0)
        diag_error(domain->path, "passthrough", "\"%s\": must be \"disabled\" or absent", text);
}

/* Properties that ask for what is not there. */
static void check_refused(const void *fdt, const struct domain *domain)
{
    uint32_t number;

    if (tree_has(fdt, domain->node, "llc-colors"))
        diag_error(domain->path, "llc-colors", "cache colouring and static memory exclude each other");
    if (tree_read_u32(fdt, domain->node, "trap-unmapped-accesses", &number) && number != 1)
        diag_error(domain->path, "trap-unmapped-accesses", "<%u>: must be 1, unmapped accesses abort", number);
    if (tree_read_u32(fdt, domain->node, "capabilities", &number) && number != 0)
        diag_error(domain->path, "capabilities", "<0x%x>: no domain has control, hardware or xenstore rights",
                   number);
}

static void check_children(const void *fdt, const struct domain *domain)
{
    static const char *const known[] = {"multiboot,kernel", "multiboot,ramdisk", "multiboot,device-tree",
                                        "xen,vcpu", "xen,evtchn-v1", "xen,domain-shared-memory-v1"};
    int node;

    fdt_for_each_subnode(node, fdt, domain->node) {
        bool found = false;

        for (size_t i = 0; i < ARRAY_SIZE(known); i++)
            found = found || tree_is_compatible(fdt, node, known[i]);
        if (found)
            continue;
        if (tree_is_compatible(fdt, node, "xen,evtchn"))
            diag_error(tree_path(fdt, node), "compatible", "\"xen,evtchn\": must be \"xen,evtchn-v1\"");
        else
            diag_warn(tree_path(fdt, node), NULL, "unknown node, ignored");
    }
}

void properties_check_domain(const struct system *system, const struct domain *domain)
{
    warn_unknown(system->fdt, domain->node, domain_known, domain_ignored);
    check_msa(system->fdt, domain);
    check_passthrough(system->fdt, domain);
    check_refused(system->fdt, domain);
    check_children(system->fdt, domain);
}

void properties_check_chosen(const struct system *system)
{
    warn_unknown(system->fdt, system->chosen, chosen_known, NULL);
}
