# SPDX-License-Identifier: Apache-2.0
"""`python -m induct.worker [--describe] FILE [--fd N]`, which the host runs."""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import sys

from induct.worker.description import describe
from induct.worker.service import Service


def main() -> None:
    """Serves a channel until it is closed, or writes a description to standard output."""
    options = argparse.ArgumentParser(prog="python -m induct.worker")
    options.add_argument("file", help="the plugin's file")
    options.add_argument("--describe", action="store_true", help="write what it provides to standard output")
    options.add_argument("--fd", type=int, default=3, help="the first channel's file descriptor")
    given = options.parse_args()
    if given.describe:
        _describe(given.file)
    else:
        _end_with_host()
        with socket.socket(fileno=given.fd) as channel:
            Service(given.file).serve(channel)


def _describe(file: str) -> None:
    """Whatever the file prints goes to standard error: nothing of it is taken for the answer."""
    answer = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    text = describe(file)
    with os.fdopen(answer, "w", encoding="utf-8") as output:
        output.write(text + "\n")


def _end_with_host() -> None:
    """Asks the system to end this process with its parent."""
    parent = os.getppid()
    set_parent_death_signal = 1
    ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


main()
