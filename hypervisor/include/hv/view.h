/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view: the set of ranges EL1 of one domain may reach, as the protection unit of the linked board holds
 * it. What is inside comes from protect/<unit>/view_unit.h.
 */
#ifndef HV_VIEW_H
#define HV_VIEW_H

#include "view_unit.h"

#endif
