/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"

static void features(uint32_t submap)
{
    struct xen_feature_info info = {.submap_idx = submap};
    const int64_t answer = hypercall_xen_version(XENVER_get_features, &info);

    if (answer == 0)
        tell("return=0 submap=0x%x", info.submap);
    else
        result(answer);
}

TEST(vectors, version, IDS "", WHY "as recorded", SYSTEM)
{
    static const uint32_t filling[] = {XENVER_extraversion, XENVER_compile_info, XENVER_capabilities, XENVER_changeset,
                                       XENVER_platform_parameters};

    group_begin("version");
    result(hypercall_xen_version(XENVER_version, NULL));
    for (uint32_t i = 0; i < sizeof(filling) / sizeof(filling[0]); i++)
        result(hypercall_xen_version(filling[i], buffer));
    features(0);
    features(1);
    features(2);
    result(hypercall_xen_version(XENVER_pagesize, NULL));
    result(hypercall_xen_version(XENVER_guest_handle, buffer));
    result(hypercall_xen_version(XENVER_commandline, buffer));
    result(hypercall_xen_version(XENVER_build_id, NULL));
    result(hypercall_xen_version(99, NULL));
    result(hypercall_xen_version(XENVER_extraversion, NOWHERE));
}
