"""Ending process trees whole, children that left their session included.

The harness makes itself the reaper of orphans (`PR_SET_CHILD_SUBREAPER`): whatever a worker's end leaves behind becomes our own
child, where it can be found and killed, round after round until nothing is left. Without Linux only the process group is ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37
_ROUNDS = 50


@contextlib.contextmanager
def reaping_orphans() -> Iterator[None]:
    """While this lasts, orphaned descendants become children of this process. Does nothing where there is no such thing."""
    if sys.platform != "linux":
        yield
        return
    libc = ctypes.CDLL(None)
    before = ctypes.c_int(0)
    libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)


def children() -> set[int]:
    """Process ids of our direct children in other sessions: workers, and orphans of workers. Empty where there is no /proc.

    What else this process may have started shares its session, which no descendant of a worker can enter.
    """
    found: set[int] = set()
    own, session = os.getpid(), os.getsid(0)
    for entry in os.scandir("/proc") if Path("/proc/self/stat").exists() else ():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # "pid (name) state ppid pgrp session ...", and the name may hold anything
                fields = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()
                if int(fields[1]) == own and int(fields[3]) != session:
                    found.add(int(entry.name))
    return found


def kill_group(pid: int, *, leader: bool) -> None:
    """Kill the process group that `pid` led at its start, and, if `leader`, `pid` itself, which may have left it."""
    for kill in (os.killpg, os.kill) if leader else (os.killpg,):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def sweep(spare: set[int]) -> int:
    """Kill and reap orphans that have become our children, all but `spare` (living workers, children from before the run).

    Returns how many there were.
    """
    count = 0
    for _ in range(_ROUNDS):
        strays = children() - spare
        if not strays:
            break
        count += len(strays)
        for pid in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in strays:  # each one's own children are ours from here on
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
    return count
