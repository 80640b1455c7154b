"""A worker: one process that loads one Python extractor and answers pages over its private socket, one after another.

Started as `python -S -s -P python_worker.py FD`; standard library only, and as little of it as possible, for every worker pays for it.
A frame, both ways: header length (4 bytes, big-endian), a JSON header, then `header["n"]` bytes of UTF-8. The first frame is the
set-up, answered by `guards` (those that hold, told before any foreign code runs), then `ready` or `failed`; every further one is a
page, answered in order.
"""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import signal
import socket
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` takes longer to import than a small page to answer
    from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import guards  # type: ignore[import-not-found,unused-ignore]  # a neighbour, for there is no harness in here

del sys.path[0]

_PAGE_SIZE = resource.getpagesize()
MEMORY_SHARE = 0.3
"""An exception after growth beyond this share of the memory limit counts as `memory`: lxml reports a refused allocation as a
syntax error."""
LOADING, LOADED = 4, 2
"""Times the memory limit that the address space can ever grow while the extractor is loaded, and from then on."""


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


def load(path: str) -> Any:
    """Run the plug-in file as a module of its own and return its `extract`."""
    module = type(sys)("clutterbench_extractor")
    module.__file__ = path
    sys.modules[module.__name__] = module
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    return module.extract


def add_packages(folders: list[str], prefix: str) -> None:
    """Do what `site` does at a start, but behind the guards, for a .pth file can run code.

    Editable installs are left out: they lead to sources that a worker must not read, and their finder takes 7 ms.
    """
    sys.prefix = sys.exec_prefix = prefix
    for folder in folders:
        sys.path.append(folder)
        for name in sorted(os.listdir(folder)):
            if name.endswith(".pth") and not name.startswith("__editable__"):
                import site

                site.addpackage(folder, name, None)  # type: ignore[arg-type,unused-ignore]  # None: all paths are new


def takes_language(extract: Any) -> bool:
    """Tell whether the signature has a parameter `language`; without `inspect`, which costs more than this whole start."""
    code = getattr(extract, "__code__", None)
    return code is not None and "language" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def cpu_seconds() -> float:
    """CPU seconds of this process, all threads, and of children that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def reap() -> bool:
    """Reap children that have ended; tells whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


class Server:
    """Answers pages with one loaded extractor and cleans up after each call."""

    def __init__(self, channel: Channel, setup: dict[str, Any], memory: Memory, watch: guards.Watch, folder: int) -> None:
        self._channel, self._setup, self._memory, self._watch, self._folder = channel, setup, memory, watch, folder
        self._page = self._url = self._page_language = ""
        self._output = os.dup(1)  # an extractor may close its standard output
        self._extract = load(setup["plugin"])
        self._language = takes_language(self._extract)

    def answer(self, header: dict[str, Any], body: memoryview) -> None:
        """Call the extractor on one page, that of the call before where the header has no url, and send what came of it."""
        if "url" in header:
            self._page, self._url, self._page_language = str(body, "utf-8"), header["url"], header["language"]
        options = dict(header["options"])
        if self._language:
            options["language"] = self._page_language
        html, url, limit = self._page, self._url, self._setup["memory"]
        answer: Any = None
        failure: BaseException | None = None
        resident = self._memory.begin(limit)
        began = cpu_seconds()
        try:
            answer = self._extract(html, url, **options)
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: an extractor must not end its worker
            failure = error
        alive = reap()
        cpu = cpu_seconds() - began
        peak = self._memory.end()
        growth = None if peak is None else max(0, peak - resident)
        status, detail = "ok", ""
        text = b""
        if failure is not None:
            starved = isinstance(failure, MemoryError) or (growth or 0) > MEMORY_SHARE * limit
            status, detail = "memory" if starved else "error", describe(failure, self._setup["plugin"])
        elif answer is not None and not isinstance(answer, str):
            status, detail = "error", f"answered with {type(answer).__name__}, not text"
        elif answer is not None:
            text = encode(answer)
            if len(text) > self._setup["answer"]:
                status, detail = "error", f"answer of {len(text):,} bytes is over the limit of {self._setup['answer']:,}"
                text = b""
        result = {"id": header["id"], "status": status, "detail": detail, "cpu": cpu, "memory": growth}
        self._channel.send(
            {**result, "resident": resident, "kept": self._memory.resident(), "waited": self._channel.waited, "noise": self._tidy(alive)},
            text,
        )

    def _tidy(self, alive: bool) -> dict[str, Any]:
        """Undo what the call left behind, for the next page must not meet it; returns what there was."""
        noise: dict[str, Any] = {"processes": 1} if alive else {}
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):  # full, closed or replaced by the extractor
                noise["stream"] = "closed or full"
        printed = os.fstat(self._output).st_size
        if printed:
            noise["printed"] = printed
            os.ftruncate(self._output, 0)
        if self._watch.attempts:
            noise["network"] = list(self._watch.attempts)
            self._watch.attempts.clear()
        os.fchdir(self._folder)
        left = os.listdir(".")
        if left:
            noise["files"] = len(left)
            stuck = guards.empty(".")
            if stuck:
                noise["unremoved"] = stuck
        return noise


def encode(text: str) -> bytes:
    """Encode as UTF-8; a lone surrogate, which has no encoding, becomes '?'."""
    try:
        return str.encode(text, "utf-8")
    except UnicodeEncodeError:
        return str.encode(text, "utf-8", "replace")


def describe(error: BaseException, plugin: str) -> str:
    """Name an exception in one line, with the last line of the plug-in that it passed."""
    where, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == plugin:
            where = step.tb_lineno
        step = step.tb_next
    try:
        message = " ".join(str(error).split())[:500]
    except Exception:  # an exception that cannot even be shown
        message = ""
    name = type(error).__name__
    return (f"{name}: {message}" if message else name) + (f" ({os.path.basename(plugin)}:{where})" if where else "")


def start(channel: Channel) -> Server | None:
    """Set limits and guards, prove the guards, load the extractor and say so. Returns None where that failed."""
    received = channel.receive()
    if received is None:
        return None
    setup = received[0]
    guards.die_with_parent(setup["parent"])
    guards.be_first_to_go()
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (setup["file"], setup["file"]))
    memory = Memory()
    memory.cap(LOADING * setup["memory"])
    readable = [*guards.READABLE, *setup["readable"], setup["plugin"]]
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
    channel.send({"guards": held})
    try:
        add_packages(setup["sites"], setup["prefix"])
        server = Server(channel, setup, memory, watch, folder)
    except BaseException as error:
        channel.send({"failed": describe(error, setup["plugin"])})
        return None
    memory.cap(LOADED * setup["memory"])
    os.ftruncate(1, 0)  # what was printed, tried and left behind on import is not the first page's
    watch.attempts.clear()
    os.fchdir(folder)
    guards.empty(".")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    channel.send({"ready": 1, "cpu": time.process_time(), "resident": memory.resident(), "peak": peak})
    return server


def main() -> None:
    """Serve until the harness closes the socket."""
    channel = Channel(int(sys.argv[1]))
    server = start(channel)
    while server is not None and (received := channel.receive()) is not None:
        server.answer(*received)
    os._exit(0)  # no tear-down: the harness is waiting for the slot


if __name__ == "__main__":
    main()
