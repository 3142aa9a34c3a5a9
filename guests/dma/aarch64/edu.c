/* SPDX-License-Identifier: Apache-2.0 */
/* Driver of QEMU's `edu`. */
#include "edu.h"

enum {
    PCI_ID = 0x11e81234,
    COMMAND_MEMORY = 2,
    COMMAND_MASTER = 4,

    EDU_ID = 0x00, /* registers behind base address 0 */
    EDU_STATUS = 0x24,
    EDU_RAISE = 0x60,
    EDU_ACKNOWLEDGE = 0x64,
    EDU_SOURCE = 0x80,
    EDU_DESTINATION = 0x88,
    EDU_COUNT = 0x90,
    EDU_COMMAND = 0x98,
    EDU_BUFFER = 0x40000,

    ID = 0x010000ed,
    COMMAND_START = 1,
    COMMAND_TO_MEMORY = 2,

    FIRST_SPI = 32,
};

static volatile uint32_t *reg32(const struct edu *edu, uint32_t offset)
{
    return (volatile uint32_t *)(edu->registers + offset);
}

static bool find_node(struct fdt_node *node)
{
    bool more = fdt_first_node(machine.device_tree, node);

    while (more && !fdt_is_compatible(machine.device_tree, node, "pci1234,11e8"))
        more = fdt_next_node(machine.device_tree, node);
    return more;
}

void edu_open(struct edu *edu)
{
    struct fdt_node node;
    uint32_t bytes;

    require_true(find_node(&node));
    const void *const reg = fdt_property(machine.device_tree, &node, "reg", &bytes); /* <0 config 0 size>, <0 registers 0 size> */
    edu->config = (volatile uint32_t *)(uintptr_t)fdt_word(reg, 1);
    edu->registers = fdt_word(reg, 5);
    edu->intid = FIRST_SPI + fdt_word(fdt_property(machine.device_tree, &node, "interrupts", &bytes), 1);
    require_eq(edu->config[CONFIG_ID], PCI_ID);
    edu->config[CONFIG_BASE_0] = (uint32_t)edu->registers;
    edu->config[CONFIG_COMMAND] = COMMAND_MEMORY | COMMAND_MASTER;
    __asm__ volatile("dsb sy" ::: "memory");
    require_eq(*reg32(edu, EDU_ID), ID);
}

void edu_raise(const struct edu *edu, uint32_t bits)
{
    *reg32(edu, EDU_RAISE) = bits;
}

void edu_acknowledge(const struct edu *edu, uint32_t bits)
{
    *reg32(edu, EDU_ACKNOWLEDGE) = bits;
}

uint32_t edu_raised(const struct edu *edu)
{
    return *reg32(edu, EDU_STATUS);
}

static void start(const struct edu *edu, uint32_t source, uint32_t destination, uint32_t bytes, uint32_t command)
{
    *reg32(edu, EDU_SOURCE) = source;
    *reg32(edu, EDU_DESTINATION) = destination;
    *reg32(edu, EDU_COUNT) = bytes;
    __asm__ volatile("dsb sy" ::: "memory"); /* and what it is to read */
    *reg32(edu, EDU_COMMAND) = COMMAND_START | command;
}

void edu_start_fetch(const struct edu *edu, uintptr_t from, uint32_t bytes, enum edu_end end)
{
    start(edu, (uint32_t)from, EDU_BUFFER, bytes, end);
}

void edu_start_store(const struct edu *edu, uintptr_t to, uint32_t bytes, enum edu_end end)
{
    start(edu, EDU_BUFFER, (uint32_t)to, bytes, COMMAND_TO_MEMORY | end);
}

bool edu_is_busy(const struct edu *edu)
{
    return (*reg32(edu, EDU_COMMAND) & COMMAND_START) != 0;
}

void edu_wait(const struct edu *edu)
{
    while (edu_is_busy(edu))
        sleep_ms(1);
    __asm__ volatile("dsb sy" ::: "memory");
}

void edu_load(const struct edu *edu, uintptr_t page, uint32_t word)
{
    for (uintptr_t at = page; at < page + EDU_BYTES; at += 4)
        *word_at(at) = word;
    edu_fetch(edu, page, EDU_BYTES);
}
