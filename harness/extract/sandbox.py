"""One worker process seen from the harness: start, frames in and out without ever blocking, its CPU clock, and its end.

What comes from a worker is checked, never trusted and never unpickled: an extractor shares the process and may write anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from harness.extract import processes
from harness.extract.workers import guards

_WORKERS = Path(__file__).parent / "workers"

NO_ANSWER = "protocol: something other than an answer came over the worker's channel"
_HEADER_LIMIT = 1 << 16
_CHUNK = 1 << 18
_BUFFER = 1 << 20
_TAIL = 700
_LAST_WORDS = 64 << 10
_FILE_LIMIT = 64 << 20
_GRACE = 0.5
_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
_NLINK_OF_ONE_THREAD = 3  # of /proc/<pid>/task: itself, its entry above, and one a thread


@dataclass(frozen=True)
class Limits:
    """What one page may cost.

    `cpu`: seconds of CPU; `wall_factor`: how many times that in wall time, as a backstop only, for busy machines lie; `memory`: bytes
    on top of what the worker has when the call begins; `start`: seconds of wall time until a worker is ready; `answer`: bytes.
    """

    cpu: float = 20.0
    wall_factor: float = 6.0
    memory: int = 2 << 30
    start: float = 60.0
    answer: int = 16 << 20

    def describe(self) -> str:
        """All limits in one stable line, for fingerprints."""
        return json.dumps(asdict(self), sort_keys=True)


def worker_files(plugin: Path) -> tuple[Path, ...]:
    """The files that a worker for this kind of plug-in runs, the one that is started first."""
    names = {".mjs": ("node_launcher.py", "node_worker.mjs"), ".toml": ("python_worker.py", "external.py")}
    return tuple(_WORKERS / name for name in (*names.get(plugin.suffix, ("python_worker.py",)), "enclosure.py", "guards.py"))


class Place(Protocol):
    """What a worker needs to know of an environment; see `envs.Environment`."""

    @property
    def python(self) -> Path: ...
    @property
    def sites(self) -> tuple[Path, ...]: ...
    @property
    def roots(self) -> tuple[Path, ...]: ...
    @property
    def program(self) -> tuple[str, ...]: ...


class ProtocolError(Exception):
    """A worker sent something that is no frame."""


@dataclass(frozen=True)
class Ending:
    """How a worker ended: in words, and the high-water mark of its memory in bytes."""

    how: str
    peak: int


class Worker:
    """One child process with its socket, its noise file and its scratch folder below `folder`, which must not exist yet."""

    def __init__(self, environment: Place, plugin: Path, folder: Path, limits: Limits) -> None:
        self.limits = limits
        self._folder = folder
        scratch = folder / "scratch"
        scratch.mkdir(parents=True)
        self._noise = os.open(folder / "noise", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)  # the system may give less
        with theirs:
            self._process = subprocess.Popen(
                # -I would ignore PYTHONHASHSEED; with a scrubbed environment -s -P isolates as well. -S, for no package may run
                # before the guards are up.
                [environment.python, "-S", "-s", "-P", worker_files(plugin)[0], str(theirs.fileno())],
                cwd=scratch,
                env=_environment(scratch),
                stdin=subprocess.DEVNULL,
                stdout=self._noise,
                stderr=self._noise,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self.pid = self._process.pid
        self.exit_descriptor = _exit_descriptor(self.pid)
        """Readable once the process has ended, -1 where the system has no such thing; a closed socket alone does not tell, for
        a child of the extractor may hold it open."""
        self._children = _descriptor(f"/proc/{self.pid}/task/{self.pid}/children")
        self._threads = _descriptor(f"/proc/{self.pid}/task")
        self._stat = _descriptor(f"/proc/{self.pid}/stat")
        self._sizes = _descriptor(f"/proc/{self.pid}/statm")
        self.closed = False
        """Whether the worker has hung up."""
        self.fault = ""
        """What the worker wrote that it must not, in words."""
        self._usage: resource.struct_rusage | None = None
        self._incoming = bytearray()
        self._outgoing: deque[memoryview] = deque()
        self._header: dict[str, Any] | None = None
        self.send({
            "plugin": str(plugin), "prefix": str(environment.roots[0]), "sites": [str(path) for path in environment.sites],
            "readable": [str(path) for path in environment.roots], "parent": os.getpid(),
            "memory": limits.memory, "answer": limits.answer, "file": _FILE_LIMIT, "program": list(environment.program),
        })  # fmt: skip

    def fileno(self) -> int:
        """Descriptor of the socket, for selectors."""
        return self._socket.fileno()

    @property
    def wants_write(self) -> bool:
        """Whether a frame still waits to be sent; call `flush` when the socket is writable."""
        return bool(self._outgoing)

    def send(self, header: dict[str, Any], body: bytes = b"") -> None:
        """Send a frame as far as the socket takes it, and keep the rest for `flush`."""
        encoded = json.dumps({**header, "n": len(body)}).encode()
        self._outgoing.append(memoryview(len(encoded).to_bytes(4, "big") + encoded))
        if body:
            self._outgoing.append(memoryview(body))
        self.flush()

    def flush(self) -> None:
        """Send what waits, without blocking. A worker that no longer listens is noticed by its end."""
        try:
            while self._outgoing:
                sent = self._socket.send(self._outgoing[0])
                self._outgoing[0] = self._outgoing[0][sent:]
                if not self._outgoing[0]:
                    self._outgoing.popleft()
        except BlockingIOError:
            pass
        except OSError:
            self._outgoing.clear()

    def hung_up(self) -> None:
        """Note that the process has ended: what `receive` returns next is the last."""
        self.closed = True

    def receive(self) -> list[tuple[dict[str, Any], bytes]]:
        """Return the frames that have come in whole, without blocking; after one that is none, `fault` is set."""
        frames: list[tuple[dict[str, Any], bytes]] = []
        try:
            while not self.fault:
                chunk = self._socket.recv(_CHUNK)
                if not chunk:
                    self.closed = True
                    break
                self._incoming += chunk
                while (frame := self._take()) is not None:
                    frames.append(frame)
        except BlockingIOError:
            pass
        except ProtocolError as error:
            self.fault = str(error)
        except OSError:
            self.closed = True
        return frames

    def _take(self) -> tuple[dict[str, Any], bytes] | None:
        if self._header is None:
            if len(self._incoming) < 4:
                return None
            length = int.from_bytes(self._incoming[:4], "big")
            if length > _HEADER_LIMIT:
                raise ProtocolError(NO_ANSWER)
            if len(self._incoming) < 4 + length:
                return None
            self._header = self._checked(bytes(self._incoming[4 : 4 + length]))
            del self._incoming[: 4 + length]
        size = self._header["n"]
        if len(self._incoming) < size:
            return None
        header, body = self._header, bytes(self._incoming[:size])
        del self._incoming[:size]
        self._header = None
        return header, body

    def _checked(self, encoded: bytes) -> dict[str, Any]:
        try:
            header = json.loads(encoded)
        except (ValueError, RecursionError):
            header = None
        if not isinstance(header, dict) or type(header.get("n")) is not int or header["n"] < 0:
            raise ProtocolError(NO_ANSWER)
        if header["n"] > self.limits.answer:
            raise ProtocolError(f"protocol: announced {header['n']:,} bytes, over the limit of {self.limits.answer:,}")
        return header

    def cpu(self) -> float:
        """CPU seconds of the process so far, all threads; 0 where the system does not tell, so that only wall time counts."""
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                return time.clock_gettime((~self.pid << 3) | 2)  # the kernel's number for another process's CPU clock
        return 0.0

    def has_children(self) -> bool:
        """Whether the worker has child processes, orphans of its children included; False where the system does not tell."""
        with contextlib.suppress(OSError):
            if self._children >= 0 and os.pread(self._children, 1, 0):
                return True
            if self._threads >= 0 and os.fstat(self._threads).st_nlink > _NLINK_OF_ONE_THREAD:
                return bool(processes.descendants(self.pid, most=1))
        return False

    def stat(self) -> bytes:
        """The kernel's line about the process, for `processes.usage`; b"" where the system has none."""
        with contextlib.suppress(OSError):
            if self._stat >= 0:
                return os.pread(self._stat, 1024, 0)
        return b""

    def resident(self) -> int:
        """Bytes resident now, without children; 0 where the system does not tell."""
        with contextlib.suppress(OSError, IndexError):
            if self._sizes >= 0:
                return int(os.pread(self._sizes, 64, 0).split()[1]) * _PAGE_SIZE
        return 0

    def ask_for_stack(self) -> None:
        """Have the worker write the stack of all threads into its noise, which works inside C loops too."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGUSR1)

    def noise_size(self) -> int:
        """Bytes in the noise file: what was printed since the last answer."""
        return os.fstat(self._noise).st_size

    def noise_tail(self, since: int = 0) -> str:
        """The last 700 bytes of noise, of what came after byte `since`."""
        size = self.noise_size()
        start = max(since, size - _TAIL)
        return os.pread(self._noise, max(0, size - start), start).decode("utf-8", "replace").strip()

    def said(self, words: bytes) -> bool:
        """Tell whether the last 64 KB of noise hold some words; what V8 says at its end is followed by a long trace."""
        size = self.noise_size()
        return words in os.pread(self._noise, _LAST_WORDS, max(0, size - _LAST_WORDS))

    def kill(self, spare: set[int]) -> Ending:
        """End the process and everything that it started, reap it, remove its files; `spare` as for `processes.sweep`.

        A worker that has already ended by itself is only reaped, and tells how it ended.
        """
        patience = time.monotonic() + (_GRACE if self.closed else 0)
        while not self._reap(os.WNOHANG) and time.monotonic() < patience:  # it hung up, so its end, with the true cause, is near
            time.sleep(0.005)
        processes.kill_group(self.pid, leader=self._usage is None)
        self._reap(0)
        code = self._process.returncode or 0
        processes.sweep(spare - {self.pid})
        self._socket.close()
        for descriptor in (self._noise, self.exit_descriptor, self._children, self._threads, self._sizes, self._stat):
            if descriptor >= 0:
                os.close(descriptor)
        with contextlib.suppress(OSError):
            guards.empty(str(self._folder))
            self._folder.rmdir()
        how = f"ended by {_signal_name(-code)}" if code < 0 else f"ended with exit status {code}"
        peak = self._usage.ru_maxrss if self._usage else 0
        return Ending(how, peak * (1 if sys.platform == "darwin" else 1024))

    def _reap(self, flags: int) -> bool:
        """Whether the process has ended and is reaped, which can be done only once."""
        if self._usage is None:
            pid, status, usage = os.wait4(self.pid, flags)
            if pid:
                self._usage, self._process.returncode = usage, os.waitstatus_to_exitcode(status)
        return self._usage is not None


def _environment(scratch: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    fixed = {"LANG": "C.UTF-8", "TZ": "UTC", "HOME": str(scratch), "TMPDIR": str(scratch), "PYTHONHASHSEED": "0"}
    return {**kept, **fixed, "PATH": os.environ.get("PATH", os.defpath)}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"


def _descriptor(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return -1


def _exit_descriptor(pid: int) -> int:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return -1
