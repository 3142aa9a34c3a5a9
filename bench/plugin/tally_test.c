/* SPDX-License-Identifier: Apache-2.0 */
/* The counting on made-up instruction streams: hypervisor text and vectors at 0x1000, guest at 0x8000. */
#include <stdlib.h>
#include <string.h>

#include "tally.h"

enum {
    NOP = 0xe320f000u,
    LDR = 0xe5910000u,
    ISB = 0xf57ff06fu,
    WFI = 0xe320f003u,
    ERET = 0xe160006eu,
    START = 0xe1a08008u,
    STOP = 0xe1a09009u,
    NEXT = 0xe1a0a00au,
    TRAP_VECTOR = 0x1114,
    IRQ_VECTOR = 0x1118,
    GUEST = 0x8000,
};

static char *output;
static size_t output_size;
static FILE *out;
static struct probe_table table;
static struct tally *tally;
static struct site sites[65536];
static unsigned nr_sites;
static int failures;

static struct tally_image image;

static void begin_with(const char *probe_lines, struct tally_image options)
{
    const char *why = "";
    FILE *in = fmemopen((void *)(uintptr_t)probe_lines, strlen(probe_lines), "r");

    if (!in || !probes_read(&table, in, &why)) {
        abort();
    }
    fclose(in);
    image = options;
    image.text_start = 0x1000;
    image.text_end = 0x2000;
    image.probes = &table;
    out = open_memstream(&output, &output_size);
    nr_sites = 0;
    tally = tally_new(&image, out);
}

static void begin(const char *probe_lines)
{
    begin_with(probe_lines, (struct tally_image){.isa = ISA_A32});
}

static unsigned block = 1; /* instructions of the blocks that follow, of which the first is executed */

/* Each instruction is a block of its own, executed at the level that the emulator tells when it is asked. */
static void run_at(unsigned cpu, bool at_el2, bool irqs_masked, uint64_t address, uint32_t word)
{
    struct site *site = &sites[nr_sites++ % (sizeof(sites) / sizeof(sites[0]))];

    tally_prepare(tally, site, address, word);
    tally_block(tally, cpu, block);
    if (tally_asks_level(tally, cpu, site)) {
        tally_level(tally, cpu, at_el2, irqs_masked);
    }
    tally_insn(tally, cpu, site);
}

static void run(unsigned cpu, uint64_t address, uint32_t word)
{
    run_at(cpu, address < GUEST, true, address, word);
}

static void boot(void)
{
    run(0, 0x1000, NOP);
    run(0, 0x1004, ERET);
    run(0, GUEST, NOP);
}

static void end(const char *test, const char *expected)
{
    tally_finish(tally);
    fclose(out);
    if (!strstr(output, expected)) {
        printf("FAIL %s: no %s in\n%s", test, expected, output);
        failures++;
    }
    free(output);
    free(tally);
}

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

/* ---- by address ---- */

static void one_send(void)
{
    run(0, GUEST, START);
    run(0, GUEST, NOP);
    run(0, TRAP_VECTOR, NOP);
    run(0, 0x1200, LDR);
    tally_access(tally, 0, false, 8);
    run(0, 0x1200, LDR);
    tally_access(tally, 0, false, 4);
    run(0, 0x1204, ERET);
    run(0, GUEST, STOP);
}

static void a_profile_has_each_address_in_every_bin_it_belongs_to(void)
{
    begin_with("1200 w\n1204 w.end\n", (struct tally_image){.profile = true});
    boot();
    one_send();
    end(__func__, "{\"record\":\"profile\",\"index\":0,\"round\":\"cold\",\"bins\":{"
                  "\"hyp\":[[4372,\"entry\",1,0,0,0],[4608,\"load\",2,3,0,0],[4612,\"eret\",1,0,0,0]],"
                  "\"cpu0\":[[4372,\"entry\",1,0,0,0],[4608,\"load\",2,3,0,0],[4612,\"eret\",1,0,0,0]],"
                  "\"window w\":[[4608,\"load\",2,3,0,0]]}}");
}

static void the_boot_has_a_profile(void)
{
    begin_with("", (struct tally_image){.profile = true});
    boot();
    end(__func__, "\"round\":\"boot\",\"bins\":{\"hyp\":[[4096,\"plain\",1,0,0,0],[4100,\"eret\",1,0,0,0]],");
}

static void the_other_cpus_profile_is_that_of_its_episode(void)
{
    begin_with("", (struct tally_image){.profile = true});
    boot();
    run(1, 0x1300, NOP);
    run(0, GUEST, START);
    run(1, 0x1300, NOP);
    run(1, 0x1304, WFI);
    run(0, IRQ_VECTOR, NOP);
    run(0, 0x1204, ERET);
    run(1, 0x1308, LDR);
    tally_access(tally, 1, false, 4);
    run(0, GUEST, STOP);
    run(1, 0x1310, ERET);
    run(1, TRAP_VECTOR, NOP);
    end(__func__, "\"bins\":{\"hyp\":[[4376,\"entry\",1,0,0,0],[4612,\"eret\",1,0,0,0]],"
                  "\"irq\":[[4376,\"entry\",1,0,0,0],[4612,\"eret\",1,0,0,0]],"
                  "\"remote\":[[4872,\"load\",1,1,0,0],[4880,\"eret\",1,0,0,0]],"
                  "\"cpu0\":[[4376,\"entry\",1,0,0,0],[4612,\"eret\",1,0,0,0]],"
                  "\"cpu1\":[[4864,\"plain\",1,0,0,0],[4868,\"plain\",1,0,0,0],[4872,\"load\",1,1,0,0]]}}");
}

/* Nine thousand addresses are more than the table has room for at first. */
static void the_profile_of_the_last_warm_round_has_no_other_round_in_it(void)
{
    begin_with("", (struct tally_image){.profile = true});
    boot();
    for (int round = 1; round <= 1004; round++) {
        run(0, GUEST, START);
        run(0, TRAP_VECTOR, NOP);
        for (uint64_t i = 0; i < 9000 && (round == 1004 || i < 2); i++) {
            run_at(0, true, true, 0x9000 + 4 * i, NOP);
        }
        run(0, 0x1204, ERET);
        run(0, GUEST, STOP);
    }
    run(0, GUEST, NEXT);
    end(__func__, "\"round\":\"warm\",\"bins\":{\"hyp\":[[4372,\"entry\",1,0,0,0],[4612,\"eret\",1,0,0,0],"
                  "[36864,\"plain\",1,0,0,0],[36868,\"plain\",1,0,0,0],");
}

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
    a_profile_has_each_address_in_every_bin_it_belongs_to();
    the_boot_has_a_profile();
    the_other_cpus_profile_is_that_of_its_episode();
    the_profile_of_the_last_warm_round_has_no_other_round_in_it();
    masked_stretch_ends_where_interrupts_are_unmasked();
    masked_stretch_ends_where_interrupts_are_looked_for();
    masked_stretch_that_is_marked_is_left_out();
    masked_stretches_of_boot_do_not_count();
    each_series_has_its_longest_masked_stretch();
    a_stack_is_as_deep_as_its_lowest_store();
    each_series_has_its_deepest_stack();
    return failures != 0;
}
