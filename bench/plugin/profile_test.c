/* SPDX-License-Identifier: Apache-2.0 */
/* The same by address. */
#include "tally_check.h"

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

int main(void)
{
    a_profile_has_each_address_in_every_bin_it_belongs_to();
    the_boot_has_a_profile();
    the_other_cpus_profile_is_that_of_its_episode();
    the_profile_of_the_last_warm_round_has_no_other_round_in_it();
    return failures != 0;
}
