/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of Linux without a C library: a channel from the domain to itself through /dev/xen/evtchn, one event along it.
 * Source of the numbers: Linux include/uapi/xen/evtchn.h, asm-generic/unistd.h.
 */
#include <stdint.h>

enum { SYS_openat = 56, SYS_read = 63, SYS_write = 64, SYS_exit = 93, SYS_ioctl = 29, AT_FDCWD = -100, O_RDWR = 2 };

#define IOCTL(number, bytes) ('E' << 8 | (number) | (bytes) << 16)
#define IOCTL_BIND_INTERDOMAIN IOCTL(1, 8)
#define IOCTL_BIND_UNBOUND_PORT IOCTL(2, 4)
#define IOCTL_NOTIFY IOCTL(4, 4)

static long call(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d;

    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}

static void say(const char *text)
{
    uint32_t bytes = 0;

    while (text[bytes])
        bytes++;
    call(SYS_write, 1, (long)text, bytes, 0);
}

static const char *loop(void)
{
    const uint32_t own_domain = 1;
    uint32_t there, here, came = 0;
    long device = call(SYS_openat, AT_FDCWD, (long)"/dev/xen/evtchn", O_RDWR, 0);

    if (device < 0)
        return "evtchn: no device\n";
    const long unbound = call(SYS_ioctl, device, IOCTL_BIND_UNBOUND_PORT, (long)&own_domain, 0);
    if (unbound <= 0)
        return "evtchn: no unbound port\n";
    there = (uint32_t)unbound;
    const uint32_t bind[2] = {own_domain, there};
    const long bound = call(SYS_ioctl, device, IOCTL_BIND_INTERDOMAIN, (long)bind, 0);
    if (bound <= 0)
        return "evtchn: not bound\n";
    here = (uint32_t)bound;
    call(SYS_read, device, (long)&came, sizeof(came), 0); /* binding marks the port itself */
    if (came != here)
        return "evtchn: not marked by the bind\n";
    call(SYS_write, device, (long)&came, sizeof(came), 0); /* unmasks it */
    if (call(SYS_ioctl, device, IOCTL_NOTIFY, (long)&here, 0) != 0)
        return "evtchn: not sent\n";
    if (call(SYS_read, device, (long)&came, sizeof(came), 0) != sizeof(came) || came != there)
        return "evtchn: not received\n";
    return "evtchn: sent and received\n";
}

void _start(void);
void _start(void)
{
    say(loop());
    call(SYS_exit, 0, 0, 0, 0);
}
