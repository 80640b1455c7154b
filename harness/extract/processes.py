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
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37
_ROUNDS = 50
_TICKS, _PAGE_SIZE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


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


@dataclass(frozen=True)
class Usage:
    """What a process has used: CPU seconds of its own and of children that it waited for, and bytes resident."""

    cpu: float
    waited_cpu: float
    resident: int


def usage(stat: bytes) -> Usage:
    """What a process has used so far, by the kernel's line about it; nothing where that is empty."""
    fields = stat.rpartition(b")")[2].split()  # the name before may hold anything
    if len(fields) < 22:
        return Usage(0.0, 0.0, 0)
    user, system, waited_user, waited_system = (int(field) / _TICKS for field in fields[11:15])
    return Usage(user + system, waited_user + waited_system, int(fields[21]) * _PAGE_SIZE)


def stat_of(pid: int) -> bytes:
    """The kernel's line about a process, b"" where it is gone or the system has none."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return b""


def share_of_memory(pid: int) -> int:
    """Bytes of memory that are a process's share, for forks have most of theirs in common; 0 where it is gone."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/smaps_rollup").read_bytes().partition(b"\nPss:")[2].split()[0]) * 1024
    return usage(stat_of(pid)).resident


def descendants(pid: int, most: int) -> list[int]:
    """Up to `most` processes below `pid`, which must be the reaper of its orphans. Empty where the system does not tell."""
    found: list[int] = []
    open_ends = [pid]
    while open_ends and len(found) < most:
        threads = Path(f"/proc/{open_ends.pop()}/task")
        with contextlib.suppress(OSError):
            for thread in threads.iterdir():
                with contextlib.suppress(OSError):
                    below = [int(word) for word in (thread / "children").read_bytes().split()]
                    found += below
                    open_ends += below
    return found[:most]


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
