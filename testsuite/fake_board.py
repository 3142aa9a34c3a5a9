#!/usr/bin/python3 -SE
# SPDX-License-Identifier: Apache-2.0
"""
A board behind a serial line, made of a pseudo terminal. `serve FOLDER BEHAVIOUR` is the board and prints the name
of its serial device; the loaded image is FOLDER/flash.elf, and `reset FOLDER CPUS` is what a debug probe would do.
The behaviour `qemu` boots that image in QEMU, whose console is the line; the others say what a sick board would say.
"""
import os
import socket
import sys

if sys.argv[1:2] != ["reset"]:     # a probe starts for each test, and needs no more
    import pty
    import signal
    import struct
    import subprocess
    import termios
    import threading
    import time
    import tty

NONCE_ADDRESS = 0x1005FF00
BANNER = "(hv) fencepost 0123abcd board=fake access=window slots=16 cpus=1\r\n"
START = "(hv) d1 domU1 start entry=0x20000000\r\n"
BODY = START + "(d1) fp1 plan fake.test\r\n(d1) fp1 end pass\r\n(hv) d1 stop poweroff\r\n"
CORE = "(hv) cycles cpu0 HSCTLR=30c81005 ATCM=0000001b BTCM=00100000 CTCM=00000000\r\n"
COUNTED = ("(d1) fp1 note series hypercall.null\r\n"
           "(d1) fp1 note cycles SCTLR=00c50838 PMCCFILTR=08000000 PMCNTENSET=80000000\r\n"
           "(d1) fp1 note cycles rounds=1000 cold=301 min=118 q1=120 median=121 q3=124 max=260 empty=9\r\n")
QEMU = ["setpriv", "--pdeathsig", "KILL", "--", "qemu-system-arm", "-M", "mps3-an536", "-cpu", "cortex-r52,cntfrq=1000000000", "-icount",
        "shift=0", "-nodefaults", "-display", "none", "-monitor", "none", "-serial", "null", "-serial", "null",
        "-serial", "stdio", "-smp"]


def nonce(image: str) -> str:
    """From the segment that a loader would write."""
    data = open(image, "rb").read()
    count = struct.unpack_from("<H", data, 44)[0]
    for at in range(52, 52 + 32 * count, 32):
        offset, address = struct.unpack_from("<4xII", data, at)
        if address == NONCE_ADDRESS:
            return "%016x" % struct.unpack_from("<Q", data, offset)
    return "no nonce"


class Board:
    def __init__(self, folder: str, behaviour: str) -> None:
        self.folder, self.behaviour = folder, behaviour
        self.line, self.device = pty.openpty()     # the device stays open here, so that it is never hung up
        tty.setraw(self.device)
        self.qemu = None
        self.typed = b""

    def say(self, text: str) -> None:
        os.write(self.line, text.encode("latin-1"))

    def reset(self, cpus: str) -> None:
        image = os.path.join(self.folder, "flash.elf")
        if self.behaviour == "qemu":
            return self.boot(image, cpus)
        end = f"(hv) END {nonce(image)} d1=poweroff\r\n"
        threading.Thread(target=self.misbehave, args=(end,), daemon=True).start()

    def boot(self, image: str, cpus: str) -> None:
        if self.qemu:
            self.qemu.kill()
            self.qemu.wait()
        self.qemu = subprocess.Popen([*QEMU, cpus, "-kernel", image], stdin=self.line, stdout=self.line,
                                     stderr=subprocess.DEVNULL, cwd=self.folder)

    def misbehave(self, end: str) -> None:
        behaviour = self.behaviour
        if behaviour == "garbage_first":
            self.say("\x00\xff\x80~(hv) END 0000000000000bad d1=poweroff\r\n\xfe\x00" + BANNER + BODY + end)
        elif behaviour == "odd_ends":
            self.say((BANNER + BODY + end).replace("\r\n", "\n\r").replace("(d1)", "\r(d1)"))
        elif behaviour == "pieces":
            for character in BANNER + BODY + end:
                self.say(character)
                time.sleep(0.0005)
        elif behaviour == "half_a_line":
            self.say(BANNER + BODY + end.rstrip())
        elif behaviour == "hang":
            self.say(BANNER)
        elif behaviour == "dead":
            pass
        elif behaviour == "resets":
            self.say(BANNER + "(d1) half a \x00" + BANNER + BODY + end)
        elif behaviour == "forged_end":
            self.say(BANNER + f"(d1) fp1 plan fake.test\r\n(d1) fp1 end pass\r\n(d1) {end}")
        elif behaviour == "other_end":
            self.say(BANNER + BODY + "(hv) END 0000000000000bad d1=poweroff\r\n")
        elif behaviour == "banner_lost":
            self.say("\x00\xff" + BANNER[9:] + BODY + end)
        elif behaviour == "flood":
            while True:
                self.say("(d1) and on and on and on\r\n" * 100)
        elif behaviour == "unplugged":
            self.say(BANNER)
            time.sleep(0.1)
            os._exit(0)
        elif behaviour == "counts":
            self.say(BANNER + CORE + START + "(d1) fp1 plan hypercall.null\r\n" + COUNTED + BODY.partition("plan fake.test\r\n")[2] + end)
        elif behaviour == "types":
            self.say(BANNER)
            typed = os.read(self.line, 64).decode("latin-1")
            self.say(f"(d1) {typed!r}\r\n" + BODY + end)
        else:
            self.say(BANNER + BODY + end)


def serve(folder: str, behaviour: str) -> None:
    board = Board(folder, behaviour)
    door = socket.socket(socket.AF_UNIX)
    door.bind(os.path.join(folder, "probe"))
    door.listen()
    if behaviour == "chatters":
        board.say("(hv) fencepost old run\r\n(d1) fp1 plan old.test\r\n(hv) END 0000000000000bad d1=poweroff\r\n(d1) half")
    print(os.ttyname(board.device), flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            with door.accept()[0] as probe:
                board.reset(probe.recv(64).decode())
                probe.sendall(b"done")
    finally:
        if board.qemu:
            board.qemu.kill()


def probe(folder: str, cpus: str) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(os.path.join(folder, "probe"))
        line.sendall(cpus.encode())
        line.recv(64)


if __name__ == "__main__":
    verb, where, *rest = sys.argv[1:]
    if verb == "serve":
        serve(where, rest[0])
    elif verb == "reset":
        probe(where, rest[0])
    elif verb == "bridge":       # a console command: the line as its output
        line = os.open(where, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(line, termios.TCSANOW)   # what the board said before this process ran stays
        while words := os.read(line, 4096):
            os.write(1, words)
    else:
        sys.exit(f"fake board: no verb {verb}")
