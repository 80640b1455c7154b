"""A plug-in whose pages name what it is to do: one probe for each way in which an extractor can go wrong.

Part of clutterbench, Apache-2.0, home: this repository. A page is `<probe>` or `<probe> <argument>`; `good` answers "good".
"""

import collections
import ctypes
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

_hoard: list[bytearray] = []


def extract(html: str, url: str) -> str | None:
    """Do what the page says."""
    name, _, argument = html.partition(" ")
    answer: str | None = globals()[f"probe_{name}"](argument)
    return answer


def probe_good(argument: str) -> str:
    return "good"


def probe_raises(argument: str) -> str:
    raise ValueError("as asked")


def probe_non_string(argument: str) -> str:
    return 42  # type: ignore[return-value]


def probe_hangs_in_python(argument: str) -> str:
    while True:
        pass


def probe_hangs_in_c(argument: str) -> str:
    collections.deque(itertools.repeat(None), maxlen=0)
    raise AssertionError("unreachable")


def probe_sleeps(argument: str) -> str:
    time.sleep(3600)
    return ""


def probe_hangs_with_child(argument: str) -> str:
    """Leave a child in a session of its own, with a child of its own, and hang. The argument marks their command lines."""
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600) # {argument}'])"
    subprocess.Popen([sys.executable, "-c", f"{code}; time.sleep(600) # {argument}"], start_new_session=True)
    time.sleep(0.3)
    return probe_hangs_in_python(argument)


def probe_exits(argument: str) -> str:
    os._exit(3)


def probe_segfault(argument: str) -> str:
    return ctypes.string_at(0).decode()


def probe_allocates(argument: str) -> str:
    while True:
        _hoard.append(bytearray(b"x") * (20 << 20))


def probe_hides_memory_error(argument: str) -> str:
    try:
        return probe_allocates(argument)
    except MemoryError:
        _hoard.clear()
        raise SyntaxError("unknown error") from None  # as libxml2 does


def probe_prints(argument: str) -> str:
    for _ in range(10):
        print("x" * 999_999)  # noqa: T201
    return "good"


def probe_answers_much(argument: str) -> str:
    return "x" * 50_000_000


def probe_surrogate(argument: str) -> str:
    return "a\ud800b"


def probe_writes_files(argument: str) -> str:
    Path("left").write_text("behind")
    Path("folder").mkdir()
    Path("folder", "deep").write_text("behind")
    return "good"


def probe_lists_files(argument: str) -> str:
    return " ".join(sorted(path.name for path in Path().iterdir()))


def probe_connects(argument: str) -> str:
    with socket.socket(socket.AF_INET) as sock:
        sock.connect(("192.0.2.7", 80))
    return "connected"


def probe_connects_6(argument: str) -> str:
    with socket.socket(socket.AF_INET6) as sock:
        sock.connect(("2001:db8::7", 80))
    return "connected"


def probe_resolves(argument: str) -> str:
    return str(socket.getaddrinfo("example.org", 80))


def probe_reads(argument: str) -> str:
    return Path(argument).read_text()


def probe_lists(argument: str) -> str:
    return " ".join(path.name for path in Path(argument).iterdir())


def probe_writes(argument: str) -> str:
    Path(argument).write_text("spoiled")
    return "written"


def probe_signals_parent(argument: str) -> str:
    os.kill(os.getppid(), signal.SIGTERM)
    return "sent"


def probe_system_exit(argument: str) -> str:
    raise SystemExit(0)


def probe_interrupt(argument: str) -> str:
    raise KeyboardInterrupt


def probe_writes_junk(argument: str) -> str:
    """Write to every socket there is."""
    for descriptor in range(3, 64):
        try:
            with socket.socket(fileno=os.dup(descriptor)) as sock:
                sock.send(b"\x00\x00\x00\x02{}junk" * 100)
        except OSError:
            continue
    return "good"


def probe_forges(argument: str) -> str:
    """Answer with a header that announces more than the limit."""
    header = b'{"id": 1, "n": 99999999999}'
    for descriptor in range(3, 64):
        try:
            with socket.socket(fileno=os.dup(descriptor)) as sock:
                sock.send(len(header).to_bytes(4, "big") + header)
        except OSError:
            continue
    return "good"


def probe_closes_everything(argument: str) -> str:
    os.closerange(0, 256)
    return "good"


def probe_changes_folder(argument: str) -> str:
    os.chdir("/usr")
    return "good"


def probe_hash_seed(argument: str) -> str:
    return f"{os.environ['PYTHONHASHSEED']} {hash('clutterbench')}"


def probe_environment(argument: str) -> str:
    return " ".join(sorted(os.environ))


def probe_pid(argument: str) -> str:
    return str(os.getpid())
