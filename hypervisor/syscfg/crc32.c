// SPDX-License-Identifier: Apache-2.0
#include "crc32.h"

uint32_t crc32(const void *data, size_t bytes)
{
    const uint8_t *byte = data;
    uint32_t crc = 0xffffffffu;

    for (; bytes > 0; bytes--) {
        crc ^= *byte++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}
