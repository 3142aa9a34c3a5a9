#!/usr/bin/python3 -SE
# SPDX-License-Identifier: Apache-2.0
"""
An emulator that misbehaves. The name of the -kernel file says how, `named` that the test is called as it shall; the nonce comes
as the loader's.
"""
import sys

ARGUMENTS = " ".join(sys.argv[1:])

if __name__ == "__main__" and ARGUMENTS in ("-M help", "--version"):     # before the imports: each session asks
    print("mps3-an536  pretended" if ARGUMENTS == "-M help" else "Fake emulator version 0")
    sys.exit(0)

import os
import re
import signal
import socket
import threading
import time

NONCE = (re.search(r"data=0x([0-9a-f]{16}),data-len=8", ARGUMENTS) or [None, "0" * 16])[1]
BEHAVIOUR = os.path.basename((re.search(r"-kernel (\S+)", ARGUMENTS) or [None, ""])[1])
NAMED = (re.search(r"/fake/(\w+)-[^/]*/system.cfg", ARGUMENTS) or [None, ""])[1] if BEHAVIOUR == "named" else ""
TEST = f"fake.{NAMED or 'test'}"
BANNER = "(hv) fencepost 0123abcd board=fake access=window slots=16 cpus=1\n"
GOOD = BANNER + f"(d1) fp1 plan {TEST}\n(d1) fp1 end pass\n(hv) d1 stop poweroff\n"
END = f"(hv) END {NONCE} d1=poweroff\n"


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def clock(step: int) -> None:
    """Answers the harness's questions for virtual time; each answer is `step` ticks of 10 ms later."""
    channel = socket.socket(fileno=int(re.search(r"id=clock,fd=(\d+)", ARGUMENTS)[1]))
    ticks = 0
    while data := channel.recv(4096):
        ticks += step
        if b"xp /2wx" in data:
            channel.sendall(b'{"return": "00000000e0202014: 0x%08x 0x%08x\\r\\n"}\n' % (ticks, ticks))


def hang() -> None:
    time.sleep(60)


def flood() -> None:
    while True:
        say("(d1) and on and on and on\n" * 1000)


def close_and_stay() -> None:
    say(GOOD)
    os.close(1)
    os.close(2)
    hang()


def after_death() -> None:
    say(BANNER)
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    print("fake: unsupported machine type", file=sys.stderr)
    sys.exit(1)


def spin(step: int) -> None:
    say(BANNER)
    threading.Thread(target=clock, args=(step,), daemon=True).start()
    hang()


def typist() -> None:
    say(GOOD + f"(d1) {sys.stdin.read()!r}\n" + END)
    hang()


def crlf() -> None:
    say((GOOD + END).replace("\n", "\r\n"))
    hang()


BEHAVIOURS = {
    "fails": lambda: say(BANNER + "(hv) d1 domU1 start entry=0x20000000\n"
                         f"(d1) fp1 plan {TEST}\n"
                         "(d1) fp1 fail guests/fake.c:9: got 1, expected 2 at pc=0x20000004\n(d1) fp1 end fail\n" + END),
    "skips": lambda: say(BANNER + f"(d1) fp1 plan {TEST}\n(d1) fp1 skip one CPU only\n(d1) fp1 end skip\n" + END),
    "measures": lambda: say(GOOD.replace("(d1) fp1 end", "(d1) fp1 metric a.b 3 ticks\n(d1) fp1 end") + END),
    "good": lambda: (say(GOOD + END), hang()),
    "good_and_exit": lambda: say(GOOD + END),
    "crlf": crlf, "types": typist,
    "hang": hang,
    "half_a_line": lambda: (say(GOOD + END.rstrip()), hang()),
    "silent_exit": lambda: None,
    "exit_without_marker": lambda: say(GOOD),
    "killed": after_death,
    "refuses": refuse,
    "flood": flood,
    "wrong_nonce": lambda: (say(GOOD + "(hv) END 0000000000000bad d1=poweroff\n")),
    "two_ends": lambda: (say(GOOD + END + END), hang()),
    "closes_and_stays": close_and_stay,
    "spins": lambda: spin(100),
    "idle": lambda: spin(0),
    "ignores_sigterm": lambda: (signal.signal(signal.SIGTERM, signal.SIG_IGN), say(GOOD + END), hang()),
    "resets": lambda: (say(BANNER + GOOD + END), hang()),
    "guest_says_end": lambda: (say(BANNER + f"(d1) fp1 plan fake.test\n(d1) fp1 end pass\n(d1) {END}"),),
}

if __name__ == "__main__":
    BEHAVIOURS[NAMED or BEHAVIOUR]()
