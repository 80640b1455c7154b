"""What keeps a worker away from the network, the corpus and the harness: four layers, each tried, each proven by a self-test.

Standard library only, and no pathlib, which every worker would pay for at its start. Kernel layers bind native code too and are
inherited by children; the audit hook sees Python code only, but it is portable and knows the *name* of what was attempted. A layer
that the system refuses is reported as off, never an error.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # neither is needed to run, and every worker would pay for them
    from collections.abc import Iterable, Sequence
    from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_LINUX = sys.platform == "linux"

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SIGKILL = 9

# (audit architecture, socket, connect) numbers; io_uring_setup is 425 everywhere.
_SYSCALLS = {"x86_64": (0xC000003E, 41, 42), "aarch64": (0xC00000B7, 198, 203)}
_IO_URING_SETUP = 425
_X32_BIT = 0x40000000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every architecture

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15  # rights that make sense for a plain file or device

READABLE = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc", "/dev/zero", "/dev/urandom")
"""What every program needs to start; the interpreter's and the environment's own folders come on top."""


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the harness ends, however it ends."""
    if _LINUX:
        _LIBC.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the call above
            os._exit(1)


def be_first_to_go() -> None:
    """Have the kernel, when it runs out of memory, take this process and not the harness."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def leave_network() -> bool:
    """Move into an empty network namespace. Returns whether that is proven: another namespace, and no route out of it."""
    if not _LINUX:
        return False
    try:
        before = os.stat("/proc/self/ns/net").st_ino
        uid, gid = os.geteuid(), os.getegid()
        if _LIBC.unshare(_NEW_NET) != 0:
            if _LIBC.unshare(_NEW_USER | _NEW_NET) != 0:
                return False
            for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
                with open(f"/proc/self/{name}", "w") as file:
                    file.write(text)
        if os.stat("/proc/self/ns/net").st_ino == before:
            return False
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            return probe.connect_ex(("192.0.2.1", 9)) == errno.ENETUNREACH  # a UDP connect sends nothing
    except OSError:
        return False


def forbid_sockets() -> bool:
    """Refuse every socket but AF_UNIX, every `connect` and io_uring by a seccomp filter. Returns whether that is proven."""
    numbers = _SYSCALLS.get(os.uname().machine)
    if not _LINUX or numbers is None:
        return False
    architecture, socket_call, connect_call = numbers
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06  # BPF: LD|W|ABS, JMP|JEQ|K, JMP|JGE|K, RET|K
    allow, refuse = 0x7FFF0000, 0x00050000
    program = [
        (load, 0, 0, 4),  # the architecture: a 32-bit call must not slip by under another number
        (equal, 0, 8, architecture),
        (load, 0, 0, 0),  # the call's number
        (at_least, 6, 0, _X32_BIT),
        (equal, 5, 0, connect_call),
        (equal, 4, 0, _IO_URING_SETUP),
        (equal, 0, 2, socket_call),
        (load, 0, 0, 16),  # its first argument, the address family
        (equal, 0, 2, socket.AF_UNIX),
        (give, 0, 0, allow),
        (give, 0, 0, refuse | errno.EACCES),
        (give, 0, 0, refuse | errno.ENETUNREACH),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if _LIBC.prctl(_PR_SET_SECCOMP, 2, header, 0, 0) != 0:
        return False
    return _LIBC.socket(int(socket.AF_INET), int(socket.SOCK_STREAM), 0) == -1 and ctypes.get_errno() == errno.ENETUNREACH


def confine_files(readable: Iterable[str], writable: str) -> bool:
    """Let this process read only below `readable` and write only below `writable` (Landlock), signal nobody outside.

    Returns whether that is proven: `/`, which anyone may list, can no longer be listed.
    """
    if not _LINUX:
        return False
    version = _LIBC.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = (1 << 13) - 1
    rights |= (1 << 13 if version >= 2 else 0) | (1 << 14 if version >= 3 else 0) | (1 << 15 if version >= 5 else 0)
    network, scope = 0b11, 0b11  # TCP bind and connect; abstract Unix sockets and signals
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", rights, network, scope)[:size], size)
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(ruleset, path, _EXECUTE | _READ_FILE | _READ_DIR)
        _allow(ruleset, "/dev/null", _READ_FILE | _WRITE_FILE)
        _allow(ruleset, writable, rights)
        _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if _LIBC.syscall(_LANDLOCK_RESTRICT, ruleset, 0) != 0:
            return False
    finally:
        os.close(ruleset)
    try:
        os.listdir("/")
    except PermissionError:
        return True
    return False


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a system without this folder
    try:
        if not os.path.isdir(path):
            rights &= _ON_FILES
        _LIBC.syscall(_LANDLOCK_ADD, ruleset, 1, ctypes.create_string_buffer(struct.pack("=Qi", rights, target), 12), 0)
    finally:
        os.close(target)


class Watch:
    """The audit hook: records what network access was attempted, and refuses what no kernel layer refuses.

    Neither `socket.bind` nor the making of an IPv6 socket is recorded: urllib3 does both on import, to see whether there is IPv6.
    """

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self._refuse_network = False
        self._readable: tuple[str, ...] = ()
        sys.addaudithook(self._hook)

    def arm(self, *, network: bool, readable: Sequence[str]) -> bool:
        """Start refusing: the network if `network`, files outside `readable` unless that is empty. Returns whether it works."""
        self.attempts.clear()  # the self-test of the network namespace
        sys.audit("socket.connect", None, ("self-test", 0))
        working = self.attempts == ["self-test:0"]
        self.attempts.clear()
        self._refuse_network = network
        self._readable = tuple(os.path.realpath(path) for path in readable)
        return working

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if self._readable:
                self._check_open(arguments[0])
        elif event.startswith("socket."):
            if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
                self._note(arguments[1])
            elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
                self._note(arguments[:2])
            elif event == "socket.__new__" and arguments[1] == socket.AF_INET:
                self._note("an IPv4 socket")

    def _note(self, address: object) -> None:
        if address is None:  # a send on a connected socket
            return
        shown = ":".join(str(part) for part in address[:2]) if isinstance(address, tuple) else str(address)
        if len(self.attempts) < 20:
            self.attempts.append(shown[:200])
        if self._refuse_network:
            raise PermissionError(errno.EACCES, "no network for extractors", shown)

    def _check_open(self, path: object) -> None:
        if isinstance(path, str | bytes):
            real = os.path.realpath(os.fsdecode(path))
            if not any(real == root or real.startswith(root.rstrip("/") + "/") for root in self._readable):
                raise PermissionError(errno.EACCES, "not for extractors", real)
