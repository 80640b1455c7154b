"""What keeps a worker away from the network, the corpus and the harness: layers, each tried, each proven by a self-test.

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

_NEW_NS, _NEW_USER, _NEW_NET = 0x00020000, 0x10000000, 0x40000000
_ANY_NAMESPACE = 0x7E020000
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 1, 22, 38, 36
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_GET_NO_NEW_PRIVS = 23, 24, 39
_CAP_DAC_READ_SEARCH = 2
_SIGKILL = 9

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column in the tables below, audit architecture
_X32_BIT = 0x40000000

# name: (x86_64, aarch64), None where the architecture has no such call. Each reaches past the worker without any privilege, and
# neither Landlock nor the network namespace covers it.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # metadata of files outside: mode, owner, times, attributes
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463), "file_setattr": (469, 469),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
    # memory, queues and keys that all processes of a user share
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195),
    "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192),
    "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_madvise": (440, 440),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274), "ioprio_set": (251, 30),
    # the machine, other namespaces, and the kernel's wide doors
    "sethostname": (170, 161), "setdomainname": (171, 162), "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "open_tree": (428, 428), "fsopen": (430, 430), "fsmount": (432, 432),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
}  # fmt: skip
_REFUSED = {"connect": ((42, 203), errno.EACCES), "io_uring_setup": ((425, 425), errno.EACCES), "clone3": ((435, 435), errno.ENOSYS)}
# What clone3 is asked for cannot be seen from a filter; libraries that meet ENOSYS take clone.

# name: (numbers, which argument, what it is compared by, errors where it holds). For these, an argument decides.
_BY_ARGUMENT: dict[str, tuple[tuple[int, int], int, tuple[str, int], int]] = {
    "socket": ((41, 198), 0, ("is not", socket.AF_UNIX), errno.ENETUNREACH),
    "socketpair": ((53, 199), 1, ("kind is not", int(socket.SOCK_STREAM)), errno.EACCES),  # others send to any address
    "clone": ((56, 220), 0, ("has", _ANY_NAMESPACE), errno.EPERM),
    "prlimit64": ((302, 261), 0, ("is not", 0), errno.EPERM),
    "setpriority": ((141, 140), 1, ("is not", 0), errno.EPERM),
    "prctl": ((157, 167), 0, ("is one of", _PR_SET_PDEATHSIG << 8 | _PR_SET_CHILD_SUBREAPER), errno.EPERM),
}

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every architecture

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15  # rights that make sense for a plain file or device

READABLE = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/dev/zero", "/dev/urandom",
    *(f"/etc/{name}" for name in (
        "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "timezone", "locale.alias", "mime.types", "fonts",
        "passwd", "group", "nsswitch.conf", "hosts", "host.conf", "resolv.conf", "services", "ssl/certs", "ssl/openssl.cnf", "xml",
    )),
)  # fmt: skip
"""What every program needs to start, of /etc only what is no secret; the interpreter's and the environment's folders come on top."""

SCRATCH_BYTES = 256 << 20
"""Room in a worker's own scratch file system, where it has one."""


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the harness ends, however it ends."""
    if _LINUX:
        _LIBC.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the call above
            os._exit(1)


def keep_children() -> bool:
    """Have orphans among the descendants become children of this process: so the harness finds them all below it."""
    return _LINUX and _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


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


def own_scratch(folder: str) -> bool:
    """Put a small file system of this process's own on `folder` and enter it. Returns whether that is proven.

    So what is written is limited, nobody else sees it, and it goes when the last process that uses it does.
    """
    if not _LINUX or _LIBC.unshare(_NEW_NS) != 0:
        return False
    private_all, no_suid_no_devices = 1 << 18 | 1 << 14, 2 | 4
    options = f"size={SCRATCH_BYTES},nr_inodes=65536,mode=700".encode()
    if _LIBC.mount(b"none", b"/", None, ctypes.c_ulong(private_all), None) != 0:
        return False
    if _LIBC.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", ctypes.c_ulong(no_suid_no_devices), options) != 0:
        return False
    os.chdir(folder)
    room = os.statvfs(".")
    return room.f_blocks * room.f_frsize <= SCRATCH_BYTES


def drop_capabilities(readable: Iterable[str]) -> bool:
    """Give up every privilege, for good and for children too. Returns whether that is proven.

    One is kept, the right to read others' files, if without it the extractor's own packages could not be read, as under sudo with
    another's home; Landlock still says which. The answer is then False.
    """
    if not _LINUX:
        return False
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if not hasattr(_LIBC, "capset"):
        return False
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0), 8)
    data = (ctypes.c_uint32 * 6)()  # twice effective, permitted, inheritable: of the first 32 capabilities, and of the others
    if _LIBC.capget(header, data) != 0:
        return False
    kept = 0
    if data[0] >> _CAP_DAC_READ_SEARCH & 1:
        data[0] = data[3] = 0
        _LIBC.capset(header, data)
        if not all(_opens(path) for path in readable):
            kept = 1 << _CAP_DAC_READ_SEARCH
        _LIBC.capget(header, data)
        data[0] = data[1]
        data[3] = data[4]
        _LIBC.capset(header, data)  # to empty the bounding set takes one of them
    capability = 0
    while _LIBC.prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) >= 0:
        if kept != 1 << capability:
            _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        capability += 1
    data[0] = data[1] = kept
    data[2] = data[3] = data[4] = data[5] = 0
    if _LIBC.capset(header, data) != 0 or _LIBC.capget(header, data) != 0:
        return False
    return not any(data) and _LIBC.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1


def _opens(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def forbid_calls() -> bool:
    """Refuse, by a seccomp filter, every socket but pairs, and what else reaches past this process. Returns whether that is proven."""
    if not _LINUX or os.uname().machine not in _ARCHITECTURES:
        return False
    code = ctypes.create_string_buffer(_program(*_ARCHITECTURES[os.uname().machine]))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(code)))
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if _LIBC.prctl(_PR_SET_SECCOMP, 2, header, 0, 0) != 0:
        return False
    if _LIBC.socket(int(socket.AF_INET), int(socket.SOCK_STREAM), 0) != -1 or ctypes.get_errno() != errno.ENETUNREACH:
        return False
    return _LIBC.unshare(0) == -1 and ctypes.get_errno() == errno.EPERM  # without flags it would do nothing, and succeed


def _program(column: int, architecture: int) -> bytes:
    """The filter in the kernel's classic BPF: eight bytes an instruction; jumps name how many instructions are passed over."""
    load, mask, equal, at_least, any_bit, give = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000
    load_number = (load, 0, 0, 0)
    program: list[tuple[int, int, int, int]] = [
        (load, 0, 0, 4),  # the architecture: a 32-bit call must not slip by under another number
        (equal, 1, 0, architecture),
        (give, 0, 0, refuse | errno.EACCES),
        load_number,
        (at_least, 0, 1, _X32_BIT),
        (give, 0, 0, refuse | errno.EACCES),
    ]
    for numbers, which, (how, value), error in _BY_ARGUMENT.values():
        argument, no = (load, 0, 0, 16 + 8 * which), (give, 0, 0, refuse | error)
        yes = (give, 0, 0, allow)
        if how == "has":
            test = [argument, (any_bit, 0, 1, value), no, yes]
        elif how == "is one of":
            test = [argument, (equal, 1, 0, value >> 8), (equal, 0, 1, value & 0xFF), no, yes]
        elif how == "kind is not":
            test = [argument, (mask, 0, 0, 0xF), (equal, 1, 0, value), no, yes]
        elif error == errno.ENETUNREACH:  # sockets: none at all, but of Unix sockets one may know the reason
            test = [argument, (equal, 1, 0, value), no, (give, 0, 0, refuse | errno.EACCES)]
        else:
            test = [argument, (equal, 1, 0, value), no, yes]
        program += [(equal, 0, len(test), numbers[column]), *test]
    for both, error in _REFUSED.values():
        program += [(equal, 0, 1, both[column]), (give, 0, 0, refuse | error)]
    denied = [call[column] for call in _DENIED.values() if call[column] is not None]
    program += [(equal, len(denied) - at, 0, number or 0) for at, number in enumerate(denied)]
    program += [(give, 0, 0, allow), (give, 0, 0, refuse | errno.EPERM)]
    return b"".join(struct.pack("=HBBI", *line) for line in program)


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


def empty(folder: str) -> int:
    """Remove what is in `folder`, however deep: what a folder holds is moved up, so that no path grows and nothing recurses.

    Returns how many entries could not be removed.
    """
    serial = 0
    while entries := list(os.scandir(folder)):
        moved = False
        for entry in entries:
            with contextlib.suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                with contextlib.suppress(OSError):
                    os.chmod(entry.path, 0o700)
                for inner in list(os.scandir(entry.path)):
                    if inner.is_dir(follow_symlinks=False):
                        while os.path.lexists(target := os.path.join(folder, f"moved-{serial}")):
                            serial += 1
                        os.rename(inner.path, target)
                        moved = True
                    else:
                        os.unlink(inner.path)
                os.rmdir(entry.path)
        if not moved and len(os.listdir(folder)) == len(entries):
            return len(entries)
    return 0


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
