/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error numbers of the guest ABI. A call returns them negated; the values are Xen's (public/errno.h)
 * and are independent of any C library.
 */
#ifndef ABI_ERRNO_H
#define ABI_ERRNO_H

enum xen_errno {
    XEN_EPERM = 1,
    XEN_ENOENT = 2,
    XEN_ESRCH = 3,
    XEN_EIO = 5,
    XEN_ENXIO = 6,
    XEN_E2BIG = 7,
    XEN_EAGAIN = 11,
    XEN_ENOMEM = 12,
    XEN_EACCES = 13,
    XEN_EFAULT = 14,
    XEN_EBUSY = 16,
    XEN_EEXIST = 17,
    XEN_EXDEV = 18,
    XEN_ENODEV = 19,
    XEN_EINVAL = 22,
    XEN_ENOSPC = 28,
    XEN_EROFS = 30,
    XEN_EDOM = 33,
    XEN_ERANGE = 34,
    XEN_EDEADLK = 35,
    XEN_ENOSYS = 38,
    XEN_ENODATA = 61,
    XEN_EOVERFLOW = 75,
    XEN_EILSEQ = 84,
    XEN_EMSGSIZE = 90,
    XEN_EOPNOTSUPP = 95,
    XEN_EADDRINUSE = 98,
    XEN_ENOBUFS = 105,
    XEN_ETIMEDOUT = 110,
};

#endif
