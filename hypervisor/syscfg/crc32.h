/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 (IEEE 802.3, reflected): the same value as zlib's crc32(). */
#ifndef SYSCFG_CRC32_H
#define SYSCFG_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32(const void *data, size_t bytes);

#endif
