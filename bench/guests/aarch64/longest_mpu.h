/* SPDX-License-Identifier: Apache-2.0 */
/* A part of longest.c, included there once: there is no EL1 MPU here. */

static void mpu_walked(void)
{
}
