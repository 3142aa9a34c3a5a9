/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted of a round, and where. */
#include "tally_check.h"

static void boot_ends_before_the_first_guest_instruction(void)
{
    begin("");
    boot();
    end(__func__, "{\"record\":\"boot\",\"row\":{\"all\":2,");
}

static void markers_and_guest_instructions_are_not_hypervisor_work(void)
{
    begin("");
    boot();
    run(0, GUEST, START);
    run(0, GUEST, NOP);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1200, LDR);
    tally_access(tally, 0, false, 8);
    run(0, 0x1204, ERET);
    run(0, GUEST, STOP);
    end(__func__, "\"cold\":{\"all\":4,\"episodes\":1,\"aborts\":0,\"vectors\":[0,0,0,0,0,3,0,0],\"hyp\":{\"total\":3,"
                  "\"plain\":0,\"load\":1,\"store\":0,\"branch\":0,\"mpu\":0,\"sysreg\":0,\"isb\":0,\"dsb\":0,"
                  "\"entry\":1,\"eret\":1,\"load_words\":2,");
}

static void episodes_are_told_apart_by_vector(void)
{
    begin("");
    boot();
    run(0, GUEST, START);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, NOP);
    run(0, IRQ_VECTOR, NOP);
    run(0, 0x1200, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, STOP);
    end(__func__, "\"episodes\":2,\"aborts\":0,\"vectors\":[0,0,0,0,0,2,3,0]");
}

static void aborting_access_is_counted_apart(void)
{
    begin("");
    boot();
    run(0, GUEST, START);
    run(0, GUEST, LDR);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, LDR);
    tally_access(tally, 0, false, 4);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, STOP);
    end(__func__, "\"all\":6,\"episodes\":2,\"aborts\":1,");
}

static void window_has_its_first_address_inside_and_its_end_outside(void)
{
    begin("1200 w\n1208 w.end\n1208 empty\n1208 empty.end\n1204 point\n");
    boot();
    run(0, GUEST, START);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1200, NOP);
    run(0, 0x1204, ISB);
    run(0, 0x1208, ERET);
    run(0, GUEST, STOP);
    end(__func__, "\"windows\":{\"w\":{\"passes\":1,\"total\":2,\"plain\":1,");
}

static void empty_window_and_point_count_passes_only(void)
{
    begin("1200 empty\n1200 empty.end\n1204 point\n");
    boot();
    run(0, GUEST, START);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1200, NOP);
    run(0, 0x1204, NOP);
    run(0, 0x1208, ERET);
    run(0, GUEST, STOP);
    end(__func__, "\"windows\":{\"empty\":{\"passes\":1,\"total\":0,");
}

/* Round n has n extra instructions up to round 4, which is not warm; then all are equal. */
static void warm_rounds_begin_at_five(void)
{
    begin("");
    boot();
    for (int round = 1; round <= 1004; round++) {
        run(0, GUEST, START);
        run(0, TRAP_VECTOR, NOP);
        for (int i = 0; i < (round < 5 ? round : 7); i++) {
            run(0, 0x1200, NOP);
        }
        run(0, 0x1204, ERET);
        run(0, GUEST, STOP);
    }
    run(0, GUEST, NEXT);
    run(0, GUEST, START);
    end(__func__, "\"rounds\":1004,\"all\":9018,\"aborts\":0,\"cut\":0,\"sleeps\":0,\"classes\":[7010,0,0,0,0,0,0,0,1004,1004],\"cold\":{\"all\":3,");
}

static void other_cpu_counts_from_its_last_wfi_to_its_eret(void)
{
    begin("");
    boot();
    run(1, 0x1300, NOP);
    run(0, GUEST, START);
    run(1, 0x1300, NOP);
    run(1, 0x1304, WFI);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, STOP);
    run(1, 0x1308, NOP);
    run(1, 0x130c, ISB);
    run(1, 0x1310, ERET);
    run(1, TRAP_VECTOR, NOP);
    run(1, 0x1310, ERET);
    run(0, GUEST, START);
    end(__func__, "\"remote\":{\"total\":3,\"plain\":1,\"load\":0,\"store\":0,\"branch\":0,\"mpu\":0,\"sysreg\":0,\"isb\":1,");
}

/* A guest may have the hypervisor's addresses for its own, where stage 2 or a second machine's memory allows it. */
static void a_guest_at_the_hypervisors_addresses_is_a_guest(void)
{
    begin("");
    boot();
    run(0, GUEST, START);
    run_at(0, false, false, 0x1200, NOP);
    run_at(0, false, false, TRAP_VECTOR, NOP);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run_at(0, false, false, 0x1204, NOP);
    run(0, GUEST, STOP);
    end(__func__, "\"cold\":{\"all\":5,\"episodes\":1,\"aborts\":0,\"vectors\":[0,0,0,0,0,2,0,0],\"hyp\":{\"total\":2,");
}

static void what_the_hypervisor_runs_outside_of_its_text_is_its_own(void)
{
    begin("");
    boot();
    run(0, GUEST, START);
    run(0, TRAP_VECTOR, NOP);
    run_at(0, true, true, 0x9000, NOP);
    run_at(0, true, true, 0x9004, START);
    run(0, 0x1204, ERET);
    run(0, GUEST, STOP);
    end(__func__, "\"all\":4,\"episodes\":1,\"aborts\":0,\"vectors\":[0,0,0,0,0,4,0,0],");
}

static void an_access_whose_condition_fails_is_no_abort(void)
{
    begin("");
    boot();
    run(0, GUEST, START);
    run(0, GUEST, LDR);
    run(0, IRQ_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, STOP);
    end(__func__, "\"episodes\":1,\"aborts\":0,");
}

/* The emulator's clock has ticked for the whole block; a load gives back what did not happen. */
static void what_a_trapped_register_access_cuts_off_is_counted_apart(void)
{
    enum { MRC_SCTLR = 0xee110f10u };

    begin("");
    boot();
    run(0, GUEST, START);
    block = 4;
    run(0, GUEST, MRC_SCTLR);
    block = 1;
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    block = 9;
    run(0, GUEST, LDR);
    block = 1;
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run(0, GUEST, MRC_SCTLR);
    run(0, GUEST, STOP);
    end(__func__, "\"rounds\":1,\"all\":7,\"aborts\":1,\"cut\":3,\"sleeps\":0,");
}

static void sums_are_over_every_round(void)
{
    begin("");
    boot();
    for (int round = 1; round <= 3; round++) {
        run(0, GUEST, START);
        for (int i = 0; i < round; i++) {
            run(0, GUEST, NOP);
        }
        run(0, GUEST, LDR);
        run(0, TRAP_VECTOR, NOP);
        run(0, 0x1204, ERET);
        run(0, GUEST, STOP);
        run(0, GUEST, NOP);
    }
    end(__func__, "\"rounds\":3,\"all\":15,\"aborts\":3,\"cut\":0,\"sleeps\":0,\"classes\":[6,3,0,0,0,0,0,0,3,3],");
}

static void vectors_of_a64_have_the_numbers_of_a32(void)
{
    enum { A64_NOP = 0xd503201fu, A64_ERET = 0xd69f03e0u, A64_START = 0xaa0803e8u, A64_STOP = 0xaa0903e9u };

    begin_with("", (struct tally_image){.isa = ISA_A64});
    run(0, 0x1000, A64_ERET);
    run(0, GUEST, A64_START);
    run(0, 0x1c00, A64_NOP); /* VBAR + 0x400: synchronous, from AArch64 below */
    run(0, 0x1208, A64_ERET);
    run(0, GUEST, A64_NOP);
    run(0, 0x1c80, A64_NOP); /* + 0x480: IRQ */
    run(0, 0x1204, A64_NOP);
    run(0, 0x1208, A64_ERET);
    run(0, GUEST, A64_STOP);
    end(__func__, "\"classes\":[2,0,0,0,0,0,0,0,2,2],\"cold\":{\"all\":6,\"episodes\":2,\"aborts\":0,\"vectors\":[0,0,0,0,0,2,3,0],");
}

int main(void)
{
    boot_ends_before_the_first_guest_instruction();
    markers_and_guest_instructions_are_not_hypervisor_work();
    episodes_are_told_apart_by_vector();
    aborting_access_is_counted_apart();
    window_has_its_first_address_inside_and_its_end_outside();
    empty_window_and_point_count_passes_only();
    warm_rounds_begin_at_five();
    other_cpu_counts_from_its_last_wfi_to_its_eret();
    a_guest_at_the_hypervisors_addresses_is_a_guest();
    what_the_hypervisor_runs_outside_of_its_text_is_its_own();
    an_access_whose_condition_fails_is_no_abort();
    what_a_trapped_register_access_cuts_off_is_counted_apart();
    sums_are_over_every_round();
    vectors_of_a64_have_the_numbers_of_a32();
    return failures != 0;
}
