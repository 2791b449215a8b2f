#!/usr/bin/env python3
"""Runs a command on a host whose journal is stopped, with its queue filled.

full_journal.py SOCKET COMMAND...: binds SOCKET, fills its queue, and exits as the command.
"""
import socket
import subprocess
import sys


def main():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
        journal.bind(sys.argv[1])
        filler.setblocking(False)
        try:
            while True:
                filler.sendto(b"MESSAGE=full\n", sys.argv[1])
        except BlockingIOError:
            pass
        return subprocess.run(sys.argv[2:], check=False, timeout=60).returncode


sys.exit(main())
