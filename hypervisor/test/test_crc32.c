// SPDX-License-Identifier: Apache-2.0
/* The check values of CRC-32 (IEEE 802.3) as zlib computes it. */
#include "syscfg/crc32.h"

#include "check.h"

int main(void)
{
    CHECK_EQUAL(crc32("123456789", 9), 0xcbf43926u);
    CHECK_EQUAL(crc32("", 0), 0);
    CHECK_EQUAL(crc32("\0\0\0\0", 4), 0x2144df1cu);
    return check_result();
}
