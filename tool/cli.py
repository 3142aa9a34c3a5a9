# SPDX-License-Identifier: Apache-2.0
"""Arguments in, exit code out: the verb's module does the work, this maps what it raises."""
from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

from tool.exitcodes import Exit, Stop

_PASSED_ON = "test"   # this verb's arguments are pytest's own


def parser_for(verbs: Mapping[str, tuple[str, str]]) -> argparse.ArgumentParser:
    rows = "\n".join(f"  {verb:<9} {about}" for verb, (_, about) in verbs.items())
    codes = "\n".join(f"  {code.value:<9} {code.meaning}" for code in Exit)
    parser = argparse.ArgumentParser(prog="fencepost", formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="./fencepost [--yes] VERB [arguments]; VERB --help says more",
                                     description=f"verbs:\n{rows}", epilog=f"exit codes:\n{codes}")
    parser.add_argument("--yes", action="store_true", help="install missing packages without asking")
    parser.add_argument("verb", choices=verbs, metavar="VERB", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _call(module: ModuleType, verb: str, about: str, rest: Sequence[str]) -> int:
    if verb == _PASSED_ON:
        return int(module.main(list(rest)))
    parser = argparse.ArgumentParser(prog=f"fencepost {verb}", description=about)
    module.add_arguments(parser)
    return int(module.main(parser.parse_args(rest)))


def dispatch(verbs: Mapping[str, tuple[str, str]], arguments: Sequence[str],
             load: Callable[[str], ModuleType]) -> int:
    try:
        parser = parser_for(verbs)
        if not arguments:
            parser.print_help(sys.stderr)
            return int(Exit.USAGE)
        args = parser.parse_args(arguments)
        if args.yes:
            from tool import setup
            setup.assume_yes()
        name, about = verbs[args.verb]
        return _call(load(name), args.verb, about, args.rest)
    except Stop as stop:
        print(f"fencepost: {stop}", file=sys.stderr)
        return int(stop.code)
    except KeyboardInterrupt:
        print("fencepost: interrupted", file=sys.stderr)
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nothing more to say
        return int(Exit.FINE)
    except Exception:
        traceback.print_exc()
        print("fencepost: this is a fault of the command itself", file=sys.stderr)
        return int(Exit.INTERNAL)
