"""A worker: one process that loads one Python extractor and answers pages over its private socket, one after another.

Started as `python -S -s -P python_worker.py FD`; the protocol is `enclosure`'s.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` takes longer to import than a small page to answer
    from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import enclosure  # type: ignore[import-not-found,unused-ignore]  # neighbours, for there is no harness in here
import guards  # type: ignore[import-not-found,unused-ignore]

MEMORY_SHARE = 0.3
"""An exception after growth beyond this share of the memory limit counts as `memory`: lxml reports a refused allocation as a
syntax error."""


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

    def __init__(
        self, channel: enclosure.Channel, setup: dict[str, Any], memory: enclosure.Memory, watch: guards.Watch, folder: int, extract: Any
    ) -> None:
        self._channel, self._setup, self._memory, self._watch, self._folder = channel, setup, memory, watch, folder
        self._page = self._url = self._page_language = ""
        self._output = os.dup(1)  # an extractor may close its standard output
        self._extract = extract
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


def start(channel: enclosure.Channel) -> Server | None:
    """Set limits and guards, prove the guards, load the extractor and say so. Returns None where that failed."""
    received = channel.receive()
    if received is None:
        return None
    setup = received[0]
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    memory = enclosure.Memory()
    extract = None
    if setup["program"]:
        import external  # type: ignore[import-not-found,unused-ignore]  # now, for the guards close this folder

        extract = external.extractor(setup["program"])
    del sys.path[0]
    held, watch, folder = enclosure.enclose(setup, memory, [], programs=False)
    channel.send({"guards": held})
    try:
        add_packages(setup["sites"], setup["prefix"])
        server = Server(channel, setup, memory, watch, folder, extract or load(setup["plugin"]))
    except BaseException as error:
        channel.send({"failed": describe(error, setup["plugin"])})
        return None
    memory.cap(enclosure.LOADED * setup["memory"])
    os.ftruncate(1, 0)  # what was printed, tried and left behind on import is not the first page's
    watch.attempts.clear()
    os.fchdir(folder)
    guards.empty(".")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    channel.send({"ready": 1, "cpu": time.process_time(), "resident": memory.resident(), "peak": peak})
    return server


def main() -> None:
    """Serve until the harness closes the socket."""
    channel = enclosure.Channel(int(sys.argv[1]))
    server = start(channel)
    while server is not None and (received := channel.receive()) is not None:
        server.answer(*received)
    os._exit(0)  # no tear-down: the harness is waiting for the slot


if __name__ == "__main__":
    main()
