/* SPDX-License-Identifier: Apache-2.0 */
/* xen_version, hypercall 17. */
#include "places.h"

static char buffer[1024];
static char buffer2[1024 + 4];

static bool is_terminated(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\0')
            return true;
    return false;
}

static bool contains(const char *text, const char *wanted)
{
    for (; *text != '\0'; text++)
        if (strncmp(text, wanted, strlen(wanted)) == 0)
            return true;
    return false;
}

TEST(abi, version_is_major_and_minor, IDS "", WHY "the number Fencepost speaks", NEEDS "system=solo")
{
    expect_eq(hypercall_xen_version(XENVER_version, NULL), FENCEPOST_XEN_MAJOR << 16 | FENCEPOST_XEN_MINOR);
    expect_eq(hypercall_xen_version(XENVER_version, (void *)HOLE), FENCEPOST_XEN_MAJOR << 16 | FENCEPOST_XEN_MINOR);
}

TEST(abi, version_agrees_with_the_tree, IDS "S0-09", WHY "the hypervisor node names the same", NEEDS "system=solo")
{
    int32_t version = hypercall_xen_version(XENVER_version, NULL);
    char compatible[32];
    struct fdt_node node;
    bool found = false;

    format_text(compatible, sizeof(compatible), "xen,xen-%d.%d", version >> 16, version & 0xffff);
    require_true(fdt_first_node(machine.device_tree, &node));
    do
        found = found || fdt_is_compatible(machine.device_tree, &node, compatible);
    while (fdt_next_node(machine.device_tree, &node));
    expect_true(found);
}

TEST(abi, version_strings_fit_and_end, IDS "", WHY "guests print them without a length", NEEDS "system=solo")
{
    static const struct {
        uint32_t command;
        size_t size;
    } strings[] = {{XENVER_extraversion, 16}, {XENVER_changeset, 64}, {XENVER_capabilities, 1024},
                   {XENVER_commandline, 1024}};

    for (uint32_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        memset(buffer, 0x5a, sizeof(buffer));
        expect_eq(hypercall_xen_version(strings[i].command, buffer), 0);
        expect_true(is_terminated(buffer, strings[i].size));
        for (size_t byte = strings[i].size; byte < sizeof(buffer); byte++)
            if (buffer[byte] != 0x5a)
                fail_("command %u wrote byte %u behind its %u", strings[i].command, byte, strings[i].size);
    }
}

TEST(abi, version_compile_info_is_four_strings, IDS "", WHY "144 bytes, not one more", NEEDS "system=solo")
{
    struct xen_compile_info *info = (void *)buffer;

    memset(buffer, 0x5a, sizeof(buffer));
    expect_eq(hypercall_xen_version(XENVER_compile_info, info), 0);
    expect_true(is_terminated(info->compiler, sizeof(info->compiler)));
    expect_true(is_terminated(info->compile_by, sizeof(info->compile_by)));
    expect_true(is_terminated(info->compile_domain, sizeof(info->compile_domain)));
    expect_true(is_terminated(info->compile_date, sizeof(info->compile_date)));
    expect_eq(buffer[sizeof(*info)], 0x5a);
}

TEST(abi, version_capabilities_name_32_bit_guests, IDS "", WHY "a guest looks for its own kind", NEEDS "system=solo")
{
    expect_eq(hypercall_xen_version(XENVER_capabilities, buffer), 0);
    expect_true(contains(buffer, "xen-3.0-armv7l "));
}

TEST(abi, version_platform_parameters_are_zero, IDS "", WHY "virt_start has no meaning on Arm", NEEDS "system=solo")
{
    memset(buffer, 0x5a, 16);
    expect_eq(hypercall_xen_version(XENVER_platform_parameters, buffer), 0);
    for (uint32_t i = 0; i < 8; i++)
        expect_eq(buffer[i], 0);
    expect_eq(buffer[8], 0x5a);
}

TEST(abi, version_features_say_direct_mapped, IDS "S0-01 X-44",
     WHY "bit 18 would promise an operation that is not there",
     NEEDS "system=solo")
{
    struct xen_feature_info info = {.submap_idx = 0, .submap = 0x5a5a5a5a};
    uint32_t expected = 1u << XENFEAT_writable_page_tables | 1u << XENFEAT_auto_translated_physmap |
                        1u << XENFEAT_memory_op_vnode_supported | 1u << XENFEAT_ARM_SMCCC_supported |
                        1u << XENFEAT_direct_mapped;

    expect_eq(hypercall_xen_version(XENVER_get_features, &info), 0);
    expect_eq(info.submap, expected);
    expect_eq(info.submap_idx, 0);
}

TEST(abi, version_features_of_other_submaps_are_einval, IDS "", WHY "there is one word of features",
     NEEDS "system=solo")
{
    static const uint32_t submaps[] = {1, 2, 0x80000000u, ~0u};

    for (uint32_t i = 0; i < sizeof(submaps) / sizeof(submaps[0]); i++) {
        struct xen_feature_info info = {.submap_idx = submaps[i], .submap = 7};

        expect_eq(hypercall_xen_version(XENVER_get_features, &info), -XEN_EINVAL);
        expect_eq(info.submap, 7);
    }
}

TEST(abi, version_pagesize_takes_no_pointer, IDS "", WHY "4096, or EINVAL if one is given", NEEDS "system=solo")
{
    expect_eq(hypercall_xen_version(XENVER_pagesize, NULL), XEN_PAGE_SIZE);
    expect_eq(hypercall_xen_version(XENVER_pagesize, buffer), -XEN_EINVAL);
}

TEST(abi, version_guest_handle_is_16_bytes, IDS "", WHY "the domain's handle", NEEDS "system=solo")
{
    memset(buffer, 0x5a, 32);
    expect_eq(hypercall_xen_version(XENVER_guest_handle, buffer), 0);
    expect_eq(buffer[16], 0x5a);
}

TEST(abi, version_secrets_are_eperm, IDS "", WHY "build id and command line are not for guests", NEEDS "system=solo")
{
    expect_eq(hypercall_xen_version(XENVER_build_id, NULL), -XEN_EPERM);
    expect_eq(hypercall_xen_version(XENVER_build_id, buffer), -XEN_EPERM);
    expect_eq(hypercall_xen_version(XENVER_commandline2, NULL), -XEN_EPERM);
}

TEST(abi, version_varbufs_tell_their_length_and_fill_it, IDS "", WHY "ask, allocate, ask again", NEEDS "system=solo")
{
    static const uint32_t commands[][2] = {{XENVER_extraversion2, XENVER_extraversion},
                                           {XENVER_capabilities2, XENVER_capabilities},
                                           {XENVER_changeset2, XENVER_changeset}};

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        int32_t length = hypercall_xen_version(commands[i][0], NULL);
        uint32_t room = 0;

        expect_true(length >= 0 && length <= 1024);
        if (length > 0) {
            room = (uint32_t)length - 1;
            memcpy(buffer2, &room, 4);
            expect_eq(hypercall_xen_version(commands[i][0], buffer2), -XEN_ENOBUFS);
        }
        room = 1024;
        memcpy(buffer2, &room, 4);
        expect_eq(hypercall_xen_version(commands[i][0], buffer2), length);
        expect_eq(hypercall_xen_version(commands[i][1], buffer), 0);
        expect_eq(memcmp(buffer, buffer2 + 4, (size_t)length), 0);
    }
}

TEST(abi, version_unknown_commands_are_enosys, IDS "", WHY "15 is the first", NEEDS "system=solo")
{
    static const uint32_t commands[] = {15, 16, 99, 0x100, 0x10000, 0x80000000u, ~0u};

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        expect_eq(hypercall_xen_version(commands[i], NULL), -XEN_ENOSYS);
        expect_eq(hypercall_xen_version(commands[i], (void *)HOLE), -XEN_ENOSYS);
    }
}
