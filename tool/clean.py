# SPDX-License-Identifier: Apache-2.0
"""`./fencepost clean`: removes what the command made, nothing else."""
from __future__ import annotations

import argparse
import shutil

from tool import paths
from tool.exitcodes import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cache", action="store_true",
                        help="also the cache folder, with the record that `setup --undo` needs")


def main(args: argparse.Namespace) -> Exit:
    made = [folder for folder in [paths.BUILD, paths.REPORT] + ([paths.cache()] if args.cache else []) if folder.exists()]
    for folder in made:
        shutil.rmtree(folder)
        print(f"removed {paths.relative(folder)}")
    if not made:
        print("there is nothing to remove")
    return Exit.FINE
