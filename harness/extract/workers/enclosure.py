"""What every worker has in common: its channel to the harness, its limits, and the guards it puts up around itself.

Standard library only, and as little of it as possible, for every worker pays for it. A frame, both ways: header length (4 bytes,
big-endian), a JSON header, then `header["n"]` bytes of UTF-8. The first frame is the set-up, answered by `guards` (those that hold,
told before any foreign code runs), then `ready` or `failed`; every further one is a page, answered in order.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` takes longer to import than a small page to answer
    from typing import Any

import guards  # type: ignore[import-not-found,unused-ignore]  # a neighbour, for there is no harness in here

_PAGE_SIZE = resource.getpagesize()
LOADING, LOADED = 4, 2
"""Times the memory limit that a worker can ever grow while the extractor is loaded, and from then on."""


class Memory:
    """The size of this process, and its limit. Files are opened before the guards close /proc; where there is none, all is 0."""

    def __init__(self) -> None:
        self._sizes = self._open("/proc/self/statm", os.O_RDONLY)
        self._status = self._open("/proc/self/status", os.O_RDONLY)
        self._clear = self._open("/proc/self/clear_refs", os.O_WRONLY)
        self._hard = resource.getrlimit(resource.RLIMIT_AS)[1]

    def cap(self, growth: int) -> None:
        """Bar this process for good from growing by more than `growth`, whatever limit it sets itself."""
        if self._sizes >= 0:
            ceiling = int(os.pread(self._sizes, 64, 0).split()[0]) * _PAGE_SIZE + growth
            self._hard = ceiling if self._hard == resource.RLIM_INFINITY else min(ceiling, self._hard)
            resource.setrlimit(resource.RLIMIT_AS, (self._hard, self._hard))

    def hand_over(self) -> list[int]:
        """The descriptors of size, status and the reset of the high-water mark, open for the program that this process becomes; or -1."""
        found = [self._sizes, self._status, self._clear]
        for descriptor in found:
            if descriptor >= 0:
                os.set_inheritable(descriptor, True)
        return found

    @staticmethod
    def _open(path: str, flags: int) -> int:
        try:
            return os.open(path, flags | os.O_CLOEXEC)
        except OSError:
            return -1

    def resident(self) -> int:
        """Bytes resident now."""
        return int(os.pread(self._sizes, 64, 0).split()[1]) * _PAGE_SIZE if self._sizes >= 0 else 0

    def begin(self, budget: int) -> int:
        """Allow `budget` bytes on top of the present address space and start a new high-water mark; returns resident bytes."""
        if self._sizes < 0:
            return 0
        size, resident = os.pread(self._sizes, 64, 0).split()[:2]
        if self._clear >= 0:
            os.write(self._clear, b"5")
        limit = int(size) * _PAGE_SIZE + budget
        if self._hard != resource.RLIM_INFINITY:
            limit = min(limit, self._hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, self._hard))
        return int(resident) * _PAGE_SIZE

    def end(self) -> int | None:
        """Lift the limit; returns the high-water mark of resident bytes, None where the system does not tell."""
        if self._sizes < 0:
            return None
        resource.setrlimit(resource.RLIMIT_AS, (self._hard, self._hard))
        if self._status < 0:
            return None
        status = os.pread(self._status, 4096, 0)
        at = status.find(b"VmHWM:")
        return int(status[at + 6 : status.index(b"kB", at)]) * 1024 if at >= 0 else None


class Channel:
    """The socket to the harness, frame by frame."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._socket = socket.socket(fileno=descriptor)
        self._buffer = bytearray(1 << 20)
        self.waited = 0.0
        """Seconds without work before the last frame came."""

    def hand_over(self) -> int:
        """The socket's descriptor, open for the program that this process becomes."""
        os.set_inheritable(self._socket.fileno(), True)
        return self._socket.fileno()

    def receive(self) -> tuple[dict[str, Any], memoryview] | None:
        """Wait for a frame; None when the harness has closed the socket."""
        wall, cpu = time.perf_counter(), time.process_time()
        length = self._exactly(4)
        if length is None:
            return None
        header_bytes = self._exactly(int.from_bytes(length, "big"))
        if header_bytes is None:
            return None
        header = json.loads(bytes(header_bytes))
        body = self._exactly(header["n"])
        self.waited = max(0.0, (time.perf_counter() - wall) - (time.process_time() - cpu))
        return None if body is None else (header, body)

    def _exactly(self, count: int) -> memoryview | None:
        """The next `count` bytes, valid until the next call: one buffer serves all pages."""
        if count > len(self._buffer):
            self._buffer = bytearray(count)
        view, at = memoryview(self._buffer)[:count], 0
        while at < count:
            got = self._socket.recv_into(view[at:])
            if not got:
                return None
            at += got
        return view

    def send(self, header: dict[str, Any], body: bytes = b"") -> None:
        """Send a frame, waiting until it is gone."""
        encoded = json.dumps({**header, "n": len(body)}).encode()
        self._socket.sendall(len(encoded).to_bytes(4, "big") + encoded + body)


def enclose(setup: dict[str, Any], memory: Memory, readable: list[str], *, programs: bool) -> tuple[dict[str, bool], guards.Watch, int]:
    """Set limits and put up the guards, for good; returns which hold, what watches the network, and the scratch folder's descriptor.

    `readable` comes on top of what the set-up and every program needs. With `programs` the memory of what this process becomes is not
    limited by its address space, which some reserve by the terabyte.
    """
    guards.die_with_parent(setup["parent"])
    guards.be_first_to_go()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (setup["file"], setup["file"]))
    if not programs:
        memory.cap(LOADING * setup["memory"])
    readable = [*guards.READABLE, *setup["readable"], setup["plugin"], *readable]
    watch = guards.Watch()
    guards.keep_children()
    held = {"netns": guards.leave_network(), "scratch": guards.own_scratch(os.getcwd())}
    folder = os.open(".", os.O_RDONLY)
    held["landlock"] = guards.confine_files(readable, os.getcwd())
    held["capabilities"] = guards.drop_capabilities([*setup["readable"], *setup["sites"], setup["plugin"]])
    guards.die_with_parent(setup["parent"])  # again, for a change of credentials may have undone it
    held["seccomp"] = guards.forbid_calls()
    fallback = [] if held["landlock"] else [*readable, os.getcwd(), "/dev", "/proc", "/sys", "/System", "/Library"]
    held["audit"] = watch.arm(network=not (held["netns"] or held["seccomp"]), readable=fallback)
    return held, watch, folder
