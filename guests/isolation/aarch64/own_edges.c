/* SPDX-License-Identifier: Apache-2.0 */
/* The edges of the own banks, crossed by instructions that carry no syndrome, or that are no loads and stores. */
#include "../places.h"
#include "../../views/aarch64/registers.h"

static uintptr_t bank_base(uint32_t n)
{
    return machine.bank[n].base;
}

static uintptr_t bank_limit(uint32_t n)
{
    return machine.bank[n].base + machine.bank[n].size;
}

#define ACCESS(name, text, ...)                                                         \
    static void name(void *address)                                                     \
    {                                                                                   \
        __asm__ volatile(text ::"r"(address) : "memory" __VA_OPT__(, ) __VA_ARGS__);    \
    }

ACCESS(load_pair, "ldp x4, x5, [%0]", "x4", "x5")
ACCESS(store_pair, "stp xzr, xzr, [%0]")
ACCESS(load_vectors, FP_ASM("ldp q0, q1, [%0]"))
ACCESS(store_vectors, FP_ASM("stp q0, q1, [%0]"))
ACCESS(load_after, "ldr x4, [%0], #8", "x4")
ACCESS(exclusive, "ldxr x4, [%0]\n\tstxr w5, x4, [%0]", "x4", "x5")
ACCESS(exclusive_pair, "ldaxp x4, x5, [%0]\n\tstlxp w6, x4, x5, [%0]", "x4", "x5", "x6")
ACCESS(acquire, "ldar w4, [%0]", "x4")
ACCESS(release, "stlr wzr, [%0]")
ACCESS(zero_line, "dc zva, %0")

static void expect_denied_at(void (*access)(void *), uintptr_t address, uintptr_t far)
{
    const struct fault fault = fault_catch(access, (void *)address);

    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.far, far);
    expect_eq(fault.fsr, FSR_DENIED);
}

TEST(isolation, a_pair_across_the_edge_is_denied, IDS "S4-23", WHY "these carry no syndrome", NEEDS "")
{
    fp_enable();
    expect_denied_at(load_pair, bank_limit(0) - 8, bank_limit(0));
    expect_denied_at(store_pair, bank_limit(0) - 8, bank_limit(0));
    expect_denied_at(load_vectors, bank_limit(0) - 16, bank_limit(0));
    expect_denied_at(store_vectors, bank_limit(0) - 16, bank_limit(0));
    expect_denied_at(load_pair, bank_base(0) - 8, bank_base(0) - 8);
    expect_denied_at(store_vectors, bank_base(0) - 16, bank_base(0) - 16);
}

TEST(isolation, exclusives_bytes_and_cache_lines_are_denied_too, IDS "S4-23", WHY "every form of access is checked", NEEDS "")
{
    static void (*const forms[])(void *) = {exclusive, exclusive_pair, acquire, release, load_after, zero_line};
    uint8_t byte;

    for (uint32_t i = 0; i < COUNT_OF(forms); i++) {
        expect_denied_at(forms[i], bank_limit(0), bank_limit(0));
        expect_denied_at(forms[i], peer_ram.base, peer_ram.base);
    }
    expect_eq(try_read8(bank_limit(0), &byte).kind, FAULT_DATA);
    expect_eq(try_write8(bank_limit(0), 0).kind, FAULT_DATA);
    expect_eq(try_read8(bank_base(0) - 1, &byte).kind, FAULT_DATA);
    expect_eq(try_write8(bank_base(0) - 1, 0).kind, FAULT_DATA);
}

TEST(isolation, an_address_beyond_the_stage_2_range_is_denied, IDS "S4-23", WHY "39 bits are translated, the core has more", NEEDS "")
{
    static const uintptr_t beyond[] = {0x8000000000ull, 0x8000000000ull + 0x60000000u, 0xff60000000ull};
    uint32_t value;

    for (uint32_t i = 0; i < COUNT_OF(beyond); i++) {
        expect_true(try_read32(beyond[i], &value).kind == FAULT_DATA);
        expect_true(try_write32(beyond[i], 1).kind == FAULT_DATA);
        expect_true(try_exec(beyond[i]).kind == FAULT_PREFETCH);
    }
}
