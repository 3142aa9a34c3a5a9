/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the blob in memory the configuration syscfg wrote, whole, for this board and this version? Everything
 * else about it was checked when it was made.
 */
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/main.h"
#include "hv/panic.h"

const struct config_header *config_verified;

static uint32_t checksum(const struct config_header *config)
{
    const uint32_t *const words = (const uint32_t *)config;
    const uint32_t field = offsetof(struct config_header, crc32) / sizeof(uint32_t);
    uint32_t crc = UINT32_MAX;

    for (uint32_t i = 0; i < config->size / sizeof(uint32_t); i++)
        crc = arch_crc32(crc, i == field ? 0 : words[i]);
    return ~crc;
}

static bool same_board(const struct config_header *config)
{
    for (uint32_t i = 0; i < sizeof(config->board); i++) {
        if (config->board[i] != board_name[i])
            return false;
        if (board_name[i] == '\0')
            return true;
    }
    return true;
}

const struct config_header *config_verify(void)
{
    const struct config_header *const config = (const struct config_header *)board_config_base;

    if (config->magic != CONFIG_MAGIC)
        panic("configuration: magic %08x at 0x%x, not %08x: nothing was loaded there", (unsigned)config->magic,
              (unsigned)board_config_base, (unsigned)CONFIG_MAGIC);
    if (config->version != CONFIG_VERSION)
        panic("configuration: version %u, this hypervisor reads %u", (unsigned)config->version,
              (unsigned)CONFIG_VERSION);
    if (config->size < sizeof(*config) || config->size % sizeof(uint32_t) ||
        config->size > board_boot_block - board_config_base)
        panic("configuration: size %u is impossible", (unsigned)config->size);
    if (checksum(config) != config->crc32)
        panic("configuration: checksum %08x, the header says %08x: truncated or corrupt", (unsigned)checksum(config),
              (unsigned)config->crc32);
    if (!same_board(config))
        panic("configuration: made for another board than %s", board_name);
    if (config->nr_domains == 0 || config->nr_domains > CONFIG_MAX_DOMAINS || config->nr_vcpus > CONFIG_MAX_VCPUS ||
        config->nr_cpus > CONFIG_MAX_CPUS)
        panic("configuration: %u domains, %u vCPUs, %u CPUs", (unsigned)config->nr_domains,
              (unsigned)config->nr_vcpus, (unsigned)config->nr_cpus);
    config_verified = config;
    return config;
}
