// SPDX-License-Identifier: Apache-2.0
/* Static shared memory: one region, the same address for everybody, one owner. */
#include "model.h"

#include "diag.h"

#include <string.h>

enum { SHM_ID_MOST = 15 };

static enum shm_role read_role(const void *fdt, int node)
{
    const char *role = tree_read_string(fdt, node, "role");

    if (!role)
        return SHM_NO_ROLE;
    if (strcmp(role, "owner") == 0)
        return SHM_OWNER;
    if (strcmp(role, "borrower") != 0)
        diag_error(tree_path(fdt, node), "role", "\"%s\": must be \"owner\" or \"borrower\"", role);
    return SHM_BORROWER;
}

static void read_id(const void *fdt, struct shm *shm)
{
    const char *path = tree_path(fdt, shm->node);

    shm->id = tree_read_string(fdt, shm->node, "xen,shm-id");
    if (shm->id && shm->id[0] != '\0' && strlen(shm->id) <= SHM_ID_MOST)
        return;
    diag_error(path, "xen,shm-id", "\"%s\": must have 1 to %d characters", shm->id ? shm->id : "", SHM_ID_MOST);
    shm->id = NULL;
}

/* <host guest size> in the cells of the domain node. */
static void read_span(const struct domain *domain, const void *fdt, struct shm *shm)
{
    const char *path = tree_path(fdt, shm->node);
    unsigned address = domain->cells.address, size = domain->cells.size;
    uint64_t host, guest, bytes;
    int length;
    const fdt32_t *data = fdt_getprop(fdt, shm->node, "xen,shared-mem", &length);

    if (address == 0 || size == 0)
        return;
    if (!data || (unsigned)length != 4 * (2 * address + size)) {
        diag_error(path, "xen,shared-mem",
                   "%s: must be <host guest size>, %u + %u + %u cells; the host address cannot be left out",
                   data ? "wrong length" : "missing", address, address, size);
        return;
    }
    host = tree_number(data, address);
    guest = tree_number(data + address, address);
    bytes = tree_number(data + 2 * address, size);
    if (host != guest && domain->flags & DOMAIN_DIRECT_MAP)
        diag_error(path, "xen,shared-mem", "host 0x%llx, guest 0x%llx: must be equal in a direct-mapped domain",
                   (unsigned long long)host, (unsigned long long)guest);
    if (bytes == 0 || host + bytes <= host || (host | bytes) % PAGE_SIZE != 0) {
        diag_error(path, "xen,shared-mem",
                   "<0x%llx 0x%llx>: must be multiples of 4 KiB, have a size, and not wrap",
                   (unsigned long long)host, (unsigned long long)bytes);
        return;
    }
    shm->span = (struct span){host, host + bytes};
    shm->guest = guest;
}

void shared_mem_read(struct system *system, struct domain *domain)
{
    int node;

    fdt_for_each_subnode(node, system->fdt, domain->node) {
        struct shm *shm = &domain->shm[domain->nr_shm];

        if (!tree_is_compatible(system->fdt, node, "xen,domain-shared-memory-v1"))
            continue;
        if (domain->nr_shm == MAX_SHM) {
            diag_error(tree_path(system->fdt, node), NULL, "one shared region too many: at most %d", MAX_SHM);
            return;
        }
        domain->nr_shm++;
        shm->node = node;
        shm->role = read_role(system->fdt, node);
        read_id(system->fdt, shm);
        read_span(domain, system->fdt, shm);
    }
}

static bool same_region(const struct shm *a, const struct shm *b)
{
    return a->span.base == b->span.base && a->span.limit == b->span.limit;
}

static void check_two(const void *fdt, const struct shm *one, const struct shm *two, bool same_domain)
{
    const char *path = tree_path(fdt, two->node);
    bool same_id = one->id && two->id && strcmp(one->id, two->id) == 0;

    if (same_id && same_domain)
        diag_error(path, "xen,shm-id", "\"%s\": %s of the same domain has it already", two->id,
                   tree_path(fdt, one->node));
    else if (same_id && !same_region(one, two))
        diag_error(path, "xen,shared-mem", SPAN_FORMAT " but " SPAN_FORMAT " at %s: one id is one region",
                   SPAN_VALUES(two->span), SPAN_VALUES(one->span), tree_path(fdt, one->node));
    else if (!same_id && two->span.limit != 0 && same_region(one, two))
        diag_error(path, "xen,shm-id", "\"%s\" for " SPAN_FORMAT ": %s has another id for it",
                   two->id ? two->id : "", SPAN_VALUES(two->span), tree_path(fdt, one->node));
}

/* Who owns the pages: exactly one domain, or nobody and then nobody says anything. */
static void check_roles(const struct system *system, const struct shm *first)
{
    const char *path = tree_path(system->fdt, first->node);
    unsigned count[3] = {0, 0, 0};

    for (unsigned d = 0; d < system->nr_domains; d++)
        for (unsigned i = 0; i < system->domains[d].nr_shm; i++) {
            const struct shm *shm = &system->domains[d].shm[i];

            if (shm->id && strcmp(shm->id, first->id) == 0)
                count[shm->role]++;
        }
    if (count[SHM_OWNER] > 1)
        diag_error(path, "role", "\"%s\" has %u owners: must be one", first->id, count[SHM_OWNER]);
    if (count[SHM_OWNER] == 0 && count[SHM_BORROWER] > 0)
        diag_error(path, "role", "\"%s\" has %u borrowers and no owner: its pages would be nobody's", first->id,
                   count[SHM_BORROWER]);
    if (count[SHM_OWNER] > 0 && count[SHM_NO_ROLE] > 0)
        diag_error(path, "role", "\"%s\": some nodes say a role and some do not: all or none", first->id);
}

void shared_mem_check(const struct system *system)
{
    for (unsigned d = 0; d < system->nr_domains; d++)
        for (unsigned i = 0; i < system->domains[d].nr_shm; i++) {
            const struct shm *shm = &system->domains[d].shm[i];
            bool first = true;

            for (unsigned e = 0; e <= d; e++)
                for (unsigned k = 0; k < (e == d ? i : system->domains[e].nr_shm); k++) {
                    const struct shm *other = &system->domains[e].shm[k];

                    check_two(system->fdt, other, shm, e == d);
                    first = first && !(other->id && shm->id && strcmp(other->id, shm->id) == 0);
                }
            if (shm->id && first)
                check_roles(system, shm);
        }
}
