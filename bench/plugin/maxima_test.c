/* SPDX-License-Identifier: Apache-2.0 */
/* What is followed for its greatest value: stretches with interrupts masked, and the depth of stacks. */
#include "tally_check.h"

/* ---- masked stretches ---- */

static void masked_stretch_ends_where_interrupts_are_unmasked(void)
{
    enum { CPSIE_I = 0xf1080080u, CPSID_I = 0xf10c0080u };

    begin("");
    boot();
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, NOP);
    run(0, 0x1208, CPSIE_I);
    for (int i = 0; i < 9; i++) {
        run_at(0, true, false, 0x120c, NOP);
    }
    run_at(0, true, false, 0x1210, CPSID_I);
    run(0, 0x1214, NOP);
    run(0, 0x1218, ERET);
    end(__func__, "}\n{\"record\":\"masked\",\"index\":0,\"instructions\":3}\n{\"record\":\"totals\"");
}

static void masked_stretch_ends_where_interrupts_are_looked_for(void)
{
    begin("1208 irq.poll\n");
    boot();
    run(0, TRAP_VECTOR, NOP); /* 2 up to the poll, then 1 + 3 up to WFI, then 2 */
    run(0, 0x1204, NOP);
    run(0, 0x1208, NOP);
    run(0, 0x120c, NOP);
    run(0, 0x1210, NOP);
    run(0, 0x1214, WFI);
    run(0, 0x1218, NOP);
    run(0, 0x121c, ERET);
    run(0, GUEST, START);
    run(0, GUEST, STOP);
    end(__func__, "{\"record\":\"masked\",\"index\":0,\"instructions\":2}\n"
                  "{\"record\":\"masked\",\"index\":0,\"instructions\":4}\n{\"record\":\"series\"");
}

static void masked_stretch_that_is_marked_is_left_out(void)
{
    begin("1204 irq.out\n");
    boot();
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1208, ERET);
    run(0, GUEST, NOP);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, NOP);
    run(0, 0x1208, ERET);
    end(__func__, "}\n{\"record\":\"masked\",\"index\":0,\"instructions\":2}\n{\"record\":\"totals\"");
}

static void masked_stretches_of_boot_do_not_count(void)
{
    begin("");
    boot();
    run(1, 0x1300, NOP);
    run(1, 0x1304, WFI);
    run(1, 0x1308, NOP);
    run(1, 0x130c, ERET);
    run(1, GUEST, NOP);
    run(1, TRAP_VECTOR, NOP);
    run(1, 0x130c, ERET);
    end(__func__, "}\n{\"record\":\"masked\",\"index\":0,\"instructions\":2}\n{\"record\":\"totals\"");
}

static void each_series_has_its_longest_masked_stretch(void)
{
    begin("");
    boot();
    run(0, GUEST, START);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1200, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, NEXT);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    end(__func__, "\"index\":1,\"instructions\":2}\n");
}

/* ---- stacks ---- */

static void store(unsigned cpu, uint64_t address)
{
    tally_access(tally, cpu, true, 4);
    tally_store(tally, cpu, address);
}

static void a_stack_is_as_deep_as_its_lowest_store(void)
{
    begin("");
    run(0, 0x1000, NOP);
    store(0, 0x5ff8); /* where the stack is nobody knows yet */
    tally_stack(tally, 0, 0x5000, 0x6000);
    store(0, 0x5ff0);
    store(0, 0x5ff8);
    store(0, 0x6000); /* above it */
    store(0, 0x4ffc); /* below it */
    run(0, 0x1004, ERET);
    run(0, GUEST, NOP);
    store(0, 0x5000); /* a guest's address */
    run(0, TRAP_VECTOR, NOP);
    store(0, 0x5ffc);
    store(0, 0x5fe0);
    end(__func__, "\"stack\",\"index\":-1,\"bytes\":16}\n{\"record\":\"boot\"");
}

static void neither_the_boot_nor_a_guest_makes_the_stack_of_a_series_deeper(void)
{
    begin("");
    tally_stack(tally, 0, 0x5000, 0x6000);
    run(0, 0x1000, NOP);
    store(0, 0x5f00);
    run(0, 0x1004, ERET);
    run(0, GUEST, NOP);
    store(0, 0x5000);
    run(0, TRAP_VECTOR, NOP);
    store(0, 0x5ffc);
    store(0, 0x5fe0);
    end(__func__, "\"stack\",\"index\":0,\"bytes\":4}\n{\"record\":\"stack\",\"index\":0,\"bytes\":32}\n{\"record\":\"totals\"");
}

static void each_series_has_its_deepest_stack(void)
{
    begin("");
    boot();
    tally_stack(tally, 0, 0x5000, 0x6000);
    tally_stack(tally, 1, 0x7000, 0x8000);
    run(0, GUEST, START);
    run(0, TRAP_VECTOR, NOP);
    store(0, 0x5fe0);
    run(0, 0x1204, ERET);
    run(0, GUEST, NEXT);
    run(1, TRAP_VECTOR, NOP);
    store(1, 0x7ff0);
    store(1, 0x5000); /* the other CPU's stack is memory like any other */
    run(1, 0x1204, ERET);
    end(__func__, "{\"record\":\"stack\",\"index\":1,\"bytes\":16}\n{\"record\":\"totals\"");
}

int main(void)
{
    masked_stretch_ends_where_interrupts_are_unmasked();
    masked_stretch_ends_where_interrupts_are_looked_for();
    masked_stretch_that_is_marked_is_left_out();
    masked_stretches_of_boot_do_not_count();
    each_series_has_its_longest_masked_stretch();
    a_stack_is_as_deep_as_its_lowest_store();
    neither_the_boot_nor_a_guest_makes_the_stack_of_a_series_deeper();
    each_series_has_its_deepest_stack();
    return failures != 0;
}
