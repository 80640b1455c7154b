"""A plug-in that means harm: one probe for each way out of a worker, and for each lie that a worker can tell.

Part of clutterbench, Apache-2.0, home: this repository. A page is `<probe>` or `<probe> <argument>`; `good` answers "good". What would
change the machine, if it were not refused, changes nothing even then: it sets what is there already.
"""

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_kept: list[Any] = []


def extract(html: str, url: str) -> str | None:
    """Do what the page says."""
    name, _, argument = html.partition(" ")
    answer: str | None = globals()[f"probe_{name}"](argument)
    return answer


def probe_good(argument: str) -> str:
    return "good"


def probe_pid(argument: str) -> str:
    return str(os.getpid())


def _server() -> tuple[Any, dict[str, Any]]:
    frame = sys._getframe()
    while "header" not in frame.f_locals or "self" not in frame.f_locals:
        assert frame.f_back is not None
        frame = frame.f_back
    return frame.f_locals["self"], frame.f_locals["header"]


def probe_sends(argument: str) -> str:
    """Send a frame of its own in place of the answer: the argument, with the right id, is its header."""
    server, header = _server()
    text = argument.replace('"ID"', str(header["id"])).replace("DEEP", "[" * 900 + "]" * 900).replace("HUGE", "1" + "0" * 400).encode()
    server._channel._socket.sendall(len(text).to_bytes(4, "big") + text)
    time.sleep(30)
    return "late"


def probe_raises_surrogate(argument: str) -> str:
    raise ValueError("bad \ud800")


def probe_nests_folders(argument: str) -> str:
    for _ in range(1500):
        Path("d").mkdir()
        os.chdir("d")
    Path("file").write_text("deep")
    return "good"


def probe_closes_folder(argument: str) -> str:
    Path("closed", "in").mkdir(parents=True)
    Path("closed").rename("shut")
    os.mkdir("none", 0)  # noqa: PTH102
    return "good"


def probe_lists(argument: str) -> str:
    return " ".join(sorted(os.listdir()))  # noqa: PTH208


# Limits


def probe_lifts_memory_limit(argument: str) -> str:
    for limit in (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_AS)[1]):
        try:
            resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        except (ValueError, OSError):
            continue
    size = 0
    try:
        while True:
            _kept.append(mmap.mmap(-1, 64 << 20))  # mapped only
            size += 64
    except OSError:
        return str(size)


def probe_leaks(argument: str) -> str:
    _kept.append(b"x" * (int(argument) << 20))
    return str(os.getpid())


def probe_memory_in_children(argument: str) -> str:
    for _ in range(4):
        if os.fork() == 0:
            hoard = b"x" * (200 << 20)
            time.sleep(20)
            os._exit(len(hoard) & 1)
    time.sleep(20)
    return "good"


def probe_cpu_in_child(argument: str) -> str:
    """Burn CPU in a child and wait for it: the argument in seconds."""
    if os.fork() == 0:
        while time.process_time() < float(argument):
            pass
        os._exit(0)
    os.wait()
    return "good"


def probe_cpu_in_orphan(argument: str) -> str:
    """Burn CPU in a grandchild that has left the session and its parent."""
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        while True:
            pass
    time.sleep(20)
    return "good"


def probe_forks(argument: str) -> str:
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
    time.sleep(20)
    return "good"


def probe_fills_disk(argument: str) -> str:
    size = 0
    try:
        for number in range(40):
            with open(f"f{number}", "wb") as file:  # noqa: PTH123
                size += file.write(bytes(16 << 20))
    except OSError:
        pass
    return str(size >> 20)


# Ways out


def _refused(result: int) -> str:
    return f"errno {ctypes.get_errno()}" if result == -1 else f"allowed: {result}"


def probe_calls(argument: str) -> str:
    """Make the system call with these numbers; the path of this file's folder stands for PATH."""
    path = ctypes.c_char_p(os.fsencode(sys.prefix))
    words = [path if word == "PATH" else ctypes.c_long(int(word)) for word in argument.split()]
    return _refused(_LIBC.syscall(*words))


def probe_capabilities(argument: str) -> str:
    header, data = ctypes.create_string_buffer(b"\x22\x05\x08\x20\0\0\0\0", 8), (ctypes.c_uint32 * 6)()
    _LIBC.capget(header, data)
    return " ".join(map(str, [*data, _LIBC.prctl(23, 21, 0, 0, 0), _LIBC.prctl(39, 0, 0, 0, 0)]))


def probe_sethostname(argument: str) -> str:
    name = os.uname().nodename.encode()
    return _refused(_LIBC.sethostname(name, len(name)))


def probe_limits_parent(argument: str) -> str:
    resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))
    return "set"


def probe_reads(argument: str) -> str:
    return Path(argument).read_text()


def probe_touches(argument: str) -> str:
    os.utime(argument)
    return "touched"


def probe_chmods(argument: str) -> str:
    os.chmod(argument, 0o777)  # noqa: PTH101
    return "changed"


def probe_chowns(argument: str) -> str:
    os.chown(argument, os.getuid(), os.getgid())
    return "changed"


def probe_sets_attribute(argument: str) -> str:
    os.setxattr(argument, "user.probe", b"1")
    return "set"


def probe_sends_datagram(argument: str) -> str:
    said = []
    for pair in (False, True):
        try:
            kind = socket.SOCK_DGRAM
            sender = socket.socketpair(type=kind)[0] if pair else socket.socket(socket.AF_UNIX, kind)
            sender.sendto(b"x", argument)
        except OSError as error:
            said.append(type(error).__name__)
    return " ".join(said)


def probe_keeps_pair(argument: str) -> str:
    """What must go on working: stream pairs, threads, processes."""
    import subprocess
    import threading

    one, other = socket.socketpair()
    one.sendall(b"through")
    said: list[bytes] = [other.recv(10)]
    thread = threading.Thread(target=lambda: said.append(subprocess.check_output(["/bin/echo", "a", "process"])))
    thread.start()
    thread.join()
    return b" ".join(said).decode().strip()


# From one page to the next


def probe_leaves_daemon(argument: str) -> str:
    """Leave a process that answers every page that may come next."""
    server, header = _server()
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        for guess in range(header["id"], header["id"] + 3):
            text = json.dumps({"id": guess, "status": "ok", "noise": {}, "n": 6}).encode()
            time.sleep(0.1)
            server._channel._socket.sendall(len(text).to_bytes(4, "big") + text + b"forged")
        time.sleep(600)
    os.wait()
    return str(os.getpid())


def probe_resets_parent_death(argument: str) -> str:
    return " ".join(str(_LIBC.prctl(option, 0, 0, 0, 0)) for option in (1, 36))


def probe_kills_harness(argument: str) -> str:
    os.kill(os.getppid(), signal.SIGTERM)
    return "sent"
