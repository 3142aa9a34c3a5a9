/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that the counter is given: instruction sets by address, and probes. */
#include <stdio.h>

#include "isa_map.h"
#include "probes.h"

static int failures;

static void instruction_set_is_looked_up_by_address(void)
{
    const char *why = NULL;
    static char text[] = "1000 a\n1200 t\n1300 a\nffff800000001000 x\n", bad[] = "1200 t\n1000 a\n";
    static struct isa_map map;
    FILE *in = fmemopen(text, sizeof(text) - 1, "r"), *wrong = fmemopen(bad, sizeof(bad) - 1, "r");

    if (!in || !wrong || !isa_map_read(&map, in, &why) || isa_at(&map, 0x0fff) != ISA_A32 ||
        isa_at(&map, 0x11ff) != ISA_A32 || isa_at(&map, 0x1200) != ISA_T32 || isa_at(&map, 0x12fe) != ISA_T32 ||
        isa_at(&map, 0x1300) != ISA_A32 || isa_at(&map, 0xffff800000001004) != ISA_A64 || isa_map_read(&map, wrong, &why) || !why) {
        printf("FAIL %s\n", __func__);
        failures++;
    }
    fclose(in);
    fclose(wrong);
}

static void malformed_probe_line_is_refused(void)
{
    const char *why = NULL;
    static struct probe_table table;
    static char text[] = "1000 ok\nnonsense\n";
    FILE *in = fmemopen(text, sizeof(text) - 1, "r");

    if (!in || probes_read(&table, in, &why) || !why) {
        printf("FAIL %s\n", __func__);
        failures++;
    }
    fclose(in);
}

int main(void)
{
    instruction_set_is_looked_up_by_address();
    malformed_probe_line_is_refused();
    return failures != 0;
}
