/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest does with its life: read the tree, find what the boot arguments ask for, run it, say so.
 * Boot arguments: `fp1 domain=N run=SUITE.NAME`.
 */
#include "internal.h"

extern const struct fp_record fp_records_start[] __asm__("__start_fp_tests");
extern const struct fp_record fp_records_end[] __asm__("__stop_fp_tests");

__attribute__((weak)) void guest_main(void);

static const char *test_asked_for(void)
{
    const char *key = "run=";

    for (const char *at = machine.bootargs; *at != '\0'; at++)
        if (strncmp(at, key, strlen(key)) == 0)
            return at + strlen(key);
    return NULL;
}

/* `asked` ends at a blank or at the end of the boot arguments. */
static bool is_named(const struct fp_record *record, const char *asked)
{
    size_t suite = strlen(record->suite);
    size_t name = strlen(record->name);

    if (strncmp(asked, record->suite, suite) != 0 || asked[suite] != '.')
        return false;
    asked += suite + 1;
    return strncmp(asked, record->name, name) == 0 && (asked[name] == '\0' || asked[name] == ' ');
}

static bool is_for_this_domain(const struct fp_record *record)
{
    return record->kind == machine.domain || (record->kind == FP_BENCH && machine.domain == 1);
}

/* The compiler lays records out as it likes; the first one of an image is the one with the lowest line. */
static const struct fp_record *first_record(void)
{
    const struct fp_record *first = NULL;

    for (const struct fp_record *record = fp_records_start; record < fp_records_end; record++)
        if (is_for_this_domain(record) && (first == NULL || record->line < first->line))
            first = record;
    return first;
}

static const struct fp_record *find_record(const char *asked)
{
    if (asked == NULL)
        return first_record();
    for (const struct fp_record *record = fp_records_start; record < fp_records_end; record++)
        if (is_for_this_domain(record) && is_named(record, asked))
            return record;
    return NULL;
}

static _Noreturn void run_peer(const struct fp_record *record)
{
    if (record != NULL)
        record->run();
    else
        events_init();
    idle_for_ever(); /* a peer that stopped would close its ports under the test */
}

static _Noreturn void run_test(const struct fp_record *record)
{
    report_plan(record->suite, record->name);
    record->run();
    finish();
}

void fp_main(const void *tree, uintptr_t image_base)
{
    machine_read(tree, image_base);
    const char *asked = test_asked_for();

    if (asked == NULL && guest_main != NULL) {
        guest_main();
        finish();
    }
    const struct fp_record *record = find_record(asked);

    if (machine.domain != 1)
        run_peer(record);
    if (record == NULL) {
        report_plan("none", "none");
        fail_("no such test in the image: %s", asked != NULL ? asked : "(none asked for)");
        finish();
    }
    run_test(record);
}
