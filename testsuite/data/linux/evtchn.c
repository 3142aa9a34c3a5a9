/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of Linux without a C library, over /dev/xen/evtchn. Without an argument: a channel from the domain to itself, one
 * event along it. `evtchn DOMAIN PORT`: a channel to that port and, once there is something to read, three events to and fro.
 * Both are numbers of one digit.
 * Source of the numbers here: Linux include/uapi/xen/evtchn.h, asm-generic/unistd.h.
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

/* The channel's own end; the bind has marked it, and it is unmasked again. Not above 0: no channel. */
static long bind(long device, uint32_t domain, uint32_t port)
{
    const uint32_t wanted[2] = {domain, port};
    const long bound = call(SYS_ioctl, device, IOCTL_BIND_INTERDOMAIN, (long)wanted, 0);
    uint32_t came = 0;

    if (bound <= 0)
        return bound;
    call(SYS_read, device, (long)&came, sizeof(came), 0);
    call(SYS_write, device, (long)&came, sizeof(came), 0);
    return came == bound ? bound : 0;
}

/* Sends along `from`, and waits for an event at `at`. */
static int goes(long device, uint32_t from, uint32_t at)
{
    uint32_t came = 0;

    return call(SYS_ioctl, device, IOCTL_NOTIFY, (long)&from, 0) == 0 &&
           call(SYS_read, device, (long)&came, sizeof(came), 0) == sizeof(came) && came == at &&
           call(SYS_write, device, (long)&came, sizeof(came), 0) == sizeof(came);
}

static const char *loop(long device)
{
    const uint32_t own_domain = 1;
    const long unbound = call(SYS_ioctl, device, IOCTL_BIND_UNBOUND_PORT, (long)&own_domain, 0);
    if (unbound <= 0)
        return "evtchn: no unbound port\n";
    const long bound = bind(device, own_domain, (uint32_t)unbound);
    if (bound <= 0)
        return "evtchn: not bound\n";
    return goes(device, (uint32_t)bound, (uint32_t)unbound) ? "evtchn: sent and received\n" : "evtchn: not sent or not received\n";
}

static const char *peer(long device, uint32_t domain, uint32_t port)
{
    const long bound = bind(device, domain, port);
    char go;

    if (bound <= 0)
        return "evtchn: no channel to the other domain\n";
    call(SYS_read, 0, (long)&go, sizeof(go), 0);
    for (int event = 0; event < 3; event++)
        if (!goes(device, (uint32_t)bound, (uint32_t)bound))
            return "evtchn: no answer\n";
    return "evtchn: three events, three answers\n";
}

/* The stack as the kernel leaves it: the number of arguments, then their addresses. */
__attribute__((used)) static void run(const long *stack)
{
    const char *const *const argument = (const char *const *)(stack + 1);
    const long device = call(SYS_openat, AT_FDCWD, (long)"/dev/xen/evtchn", O_RDWR, 0);

    if (device < 0)
        say("evtchn: no device\n");
    else if (stack[0] < 3)
        say(loop(device));
    else
        say(peer(device, (uint32_t)(argument[1][0] - '0'), (uint32_t)(argument[2][0] - '0')));
    call(SYS_exit, 0, 0, 0, 0);
}

__asm__(".global _start\n_start:\n\tmov x0, sp\n\tbl run\n");
