/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

enum { LINE = 64, LINES = SECTOR / LINE };

uint32_t disk_offer(struct virtio *v, volatile struct disk_request *request, enum disk_request_type type, uint64_t sector,
                    const struct virtio_piece *data, uint32_t nr)
{
    struct virtio_piece pieces[DISK_MAX_PIECES + 2] = {{(uintptr_t)&request->header, sizeof(request->header), DEVICE_READS}};

    require_true(nr <= DISK_MAX_PIECES);
    request->header.type = type;
    request->header.reserved = 0;
    request->header.sector = sector;
    request->status = DISK_NO_STATUS;
    for (uint32_t i = 0; i < nr; i++)
        pieces[1 + i] = data[i];
    pieces[1 + nr] = (struct virtio_piece){(uintptr_t)&request->status, 1, DEVICE_WRITES};
    return virtio_offer(v, pieces, nr + 2);
}

enum disk_status disk_read(struct virtio *v, volatile struct disk_request *request, uint64_t sector, uintptr_t to, uint32_t bytes)
{
    const struct virtio_piece data = {to, bytes, DEVICE_WRITES};
    const uint32_t head = disk_offer(v, request, DISK_READ, sector, &data, 1);

    virtio_notify(v);
    expect_eq(virtio_wait(v).head, head);
    return (enum disk_status)request->status;
}

/* Each line says where it is; the first one is the file's licence. */
static void make_line(uint32_t number, char line[LINE + 1])
{
    int length = number == 0 ? format_text(line, LINE, "# SPDX-License-Identifier: Apache-2.0 ")
                             : format_text(line, LINE, "sector %02u line %u: a disk of virt-a64, which no test can write",
                                           (unsigned)(number / LINES), (unsigned)(number % LINES));

    while (length < LINE - 1)
        line[length++] = '.';
    line[length] = '\n';
}

bool disk_is(uintptr_t at, uint32_t offset, uint32_t bytes)
{
    const volatile char *const found = (const volatile char *)at;
    char line[LINE + 1];

    make_line(offset / LINE, line);
    for (uint32_t i = 0; i < bytes; i++) {
        if ((offset + i) % LINE == 0)
            make_line((offset + i) / LINE, line);
        if (found[i] != line[(offset + i) % LINE])
            return false;
    }
    return true;
}
