/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an edit of a view can come to; anything but VIEW_OK has changed nothing.
 */
#ifndef HV_VIEW_RESULT_H
#define HV_VIEW_RESULT_H

enum view_result {
    VIEW_OK,
    VIEW_ABSENT, /* not all of it is in one piece of the view */
    VIEW_BUSY,   /* something else is there */
    VIEW_FULL,   /* one slot too few */
};

#endif
