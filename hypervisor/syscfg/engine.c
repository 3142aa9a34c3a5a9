// SPDX-License-Identifier: Apache-2.0
/* What CPU 1 does when no vCPU runs on it: it may be the board's DMA engine, a program in memory of its own. */
#include "model.h"

#include "diag.h"

#include <string.h>

static void read_file(struct system *system)
{
    struct strategy *strategy = &system->strategy;
    struct span engine = system->board.engine;

    strategy->engine = system->options.dma_engine;
    if (!strategy->engine)
        return;
    strategy->engine_bytes = options_file_bytes("command line", "--dma-engine", strategy->engine);
    if (strategy->engine_bytes > engine.limit - engine.base)
        diag_error("command line", "--dma-engine", "%s: has 0x%llx bytes: must fit " SPAN_FORMAT " of %s",
                   strategy->engine, (unsigned long long)strategy->engine_bytes, SPAN_VALUES(engine),
                   system->board.engine_node < 0 ? "the board" : tree_path(system->fdt, system->board.engine_node));
}

static void check_board(const struct system *system)
{
    if (system->board.engine_node < 0)
        diag_error("/chosen", "fencepost,cpu1",
                   "\"dma\": the board has no reserved memory \"fencepost,dma-engine\" for the engine to lie in");
    if (system->board.nr_cpus < 2)
        diag_error("/chosen", "fencepost,cpu1", "\"dma\": the board has no CPU 1");
}

void engine_read(struct system *system)
{
    const char *use = tree_read_string(system->fdt, system->chosen, "fencepost,cpu1");

    if (use && strcmp(use, "dma") == 0) {
        system->strategy.cpu1_is_dma = true;
        check_board(system);
        read_file(system);
        return;
    }
    if (use && strcmp(use, "hypervisor") != 0)
        diag_error("/chosen", "fencepost,cpu1", "\"%s\": must be \"hypervisor\" or \"dma\"", use);
    if (system->options.dma_engine)
        diag_error("command line", "--dma-engine", "%s: nobody runs it: needs fencepost,cpu1 = \"dma\" in /chosen",
                   system->options.dma_engine);
}
