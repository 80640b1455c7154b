"""Pages x extractors over slots: who works on what, and what a failure is charged to.

One worker serves one plug-in file in one environment, all variants of it. Largest pages first; a free slot takes the extractor with
the most work left, and at the end helps one that another slot serves, if that saves more than a start costs. Two pages are with a
worker at any time, so that it never waits for the next.

A page is charged only with what happened on it. A worker that a page brought down is replaced; if it had served other pages, the page
is tried once more in a fresh one, and only that counts. There is no limit to replacements: an extractor that fails everywhere costs a
start per page and gets a true status for each. A worker that cannot start is never a page's fault: its extractor "did not run".
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import InstallError
from harness.extract import processes
from harness.extract.envs import Environment, prepare
from harness.extract.sandbox import Limits, Worker
from harness.extract.seat import Outcome, Seat
from harness.extract.workers import guards
from harness.records import Extraction, Extractor
from harness.registry import plugin_of

_IN_FLIGHT = 2
_START_ATTEMPTS = 2
_GUESS = {"extractor": 1.5e-7, "converter": 3e-8, "baseline": 1e-8}  # CPU seconds a byte, until there is a measurement
_GUESSED_START = 0.3
_KEPT = 128 << 20  # bytes of pages; to read, decode and encode a page costs as much as to send it
_PREFIX, _LOCK = "clutterbench-", "lock"
_POLL = 0.1  # where the system does not tell that a process has ended


@dataclass(frozen=True)
class Task:
    """One call to be made.

    `size` is the page's length, for the schedule; `read` returns (text, url, language) and is called late, and again for extractors
    that come to the page later, if the run holds too many pages already. The variants of one extractor are called on one page right
    after each other.
    """

    extractor: Extractor
    page: str
    size: int
    read: Callable[[], tuple[str, str, str]]


@dataclass(frozen=True)
class RunFacts:
    """What a run was like beside its answers; mappings go by extractor name.

    `guards`: what kept its workers in, True only if it held in all of them. `failures`: why an extractor did not run, or not to the
    end. `starts`: CPU seconds until a worker was ready, the least of them. `cpu_extract`: CPU seconds inside calls; `cpu_tree`: of the
    harness and all its workers during the run; `wait_seconds`: time in which workers waited for pages, or slots had no work while others
    did.
    """

    guards: Mapping[str, Mapping[str, bool]]
    environments: Mapping[str, Environment]
    failures: Mapping[str, str]
    starts: Mapping[str, float]
    calls: int
    cpu_extract: float
    cpu_tree: float
    wait_seconds: float

    @property
    def efficiency(self) -> float:
        """Share of the machine's time that went into extractors: 0 to 1; 1 where nothing was done."""
        spent = self.cpu_tree + self.wait_seconds
        return self.cpu_extract / spent if spent else 1.0


def extract(
    tasks: Iterable[Task],
    *,
    done: Callable[[Extraction], None],
    slots: int | None = None,
    limits: Limits | None = None,
    environments: Mapping[str, Environment] | None = None,
) -> RunFacts:
    """Make all calls, `slots` at a time (default: one per core), and hand each result to `done`, in no particular order.

    Environments that are not given by extractor name are prepared. What cannot be installed or started is in `failures` and gets no
    extraction for the pages it was not called on. On KeyboardInterrupt, or when `read` or `done` raises, all workers are ended first;
    SIGTERM and SIGHUP are taken for KeyboardInterrupt.
    One run at a time in a process: a run ends every stray child in a session of its own, another run's workers included.
    """
    return _Run(slots or os.cpu_count() or 1, limits or Limits(), done).run(tasks, environments or {})


@dataclass
class _Job:
    """A task, with the failure in a used worker that it is tried again for."""

    task: Task
    earlier: str = ""


@dataclass
class _Group:
    """What one kind of worker serves: the variants of one plug-in file in one environment."""

    plugin: Path
    environment: Environment
    queue: deque[_Job] = field(default_factory=deque)
    again: deque[_Job] = field(default_factory=deque)
    """Jobs that want a worker which has served no page."""
    names: set[str] = field(default_factory=set)
    seats: int = 0
    failed_starts: int = 0
    guess: float = 0.0
    bytes_done: int = 0
    calls_done: int = 0
    cpu_done: float = 0.0
    start_cost: float = _GUESSED_START

    def work_left(self) -> float:
        """CPU seconds still to be spent, by what there was so far.

        The largest pages come first: by their cost a byte what is left seems too little, by their cost a call too much.
        """
        jobs = [*self.queue, *self.again]
        size = sum(job.task.size for job in jobs)
        if not self.bytes_done:
            return self.guess * size
        return self.cpu_done * (size / self.bytes_done + len(jobs) / self.calls_done) / 2


class _Run:
    def __init__(self, slots: int, limits: Limits, done: Callable[[Extraction], None]) -> None:
        self._slots, self._limits, self._done = slots, limits, done
        self._selector = selectors.DefaultSelector()
        self._seats: dict[Seat, _Group] = {}
        self._groups: list[_Group] = []
        self._guards: dict[str, dict[str, bool]] = {}
        self._failures: dict[str, str] = {}
        self._starts: dict[str, float] = {}
        self._environments: dict[str, Environment] = {}
        self._strangers: set[int] = set()
        self._kept: dict[tuple[str, str], tuple[bytes, str, str]] = {}
        self._room = _KEPT
        self._folder = Path()
        self._workers = self._calls = 0
        self._cpu_extract = self._waited = 0.0

    def run(self, tasks: Iterable[Task], environments: Mapping[str, Environment]) -> RunFacts:
        self._plan(tasks, environments)
        before = _tree_cpu()
        with processes.reaping_orphans(), _like_an_interrupt(), _temporary_folder() as self._folder:
            self._strangers = processes.children()
            try:
                self._loop()
            finally:
                for seat in list(self._seats):
                    self._leave(seat)
                self._selector.close()
                processes.sweep(self._strangers)  # what an interrupt in the midst of an end has left
        cpu_tree = _tree_cpu() - before
        return RunFacts(
            self._guards, self._environments, self._failures, self._starts, self._calls, self._cpu_extract, cpu_tree, self._waited
        )

    def _plan(self, tasks: Iterable[Task], environments: Mapping[str, Environment]) -> None:
        groups: dict[tuple[Path, Path], _Group] = {}
        by_name: dict[str, _Group] = {}
        for task in tasks:
            name = task.extractor.name
            if name in self._failures:
                continue
            if name not in by_name:
                try:
                    environment = environments.get(name) or prepare(task.extractor, self._limits)
                except InstallError as error:
                    self._failures[name] = str(error)
                    continue
                self._environments[name] = environment
                plugin = plugin_of(task.extractor).path
                group = groups.setdefault((plugin, environment.python), _Group(plugin, environment))
                group.names.add(name)
                group.guess = max(group.guess, _GUESS[task.extractor.category])
                by_name[name] = group
            by_name[name].queue.append(_Job(task))
        self._groups = list(groups.values())
        for group in self._groups:
            group.queue = deque(sorted(group.queue, key=lambda job: (-job.task.size, job.task.page)))

    def _loop(self) -> None:
        while True:
            self._fill()
            if not self._seats:
                return
            began = time.monotonic()
            idle = self._slots - len(self._seats)
            patience = max(0.0, min(seat.check_at for seat in self._seats) - began)
            if any(seat.worker.exit_descriptor < 0 for seat in self._seats):
                patience = min(patience, _POLL)
            for key, events in self._selector.select(patience):
                seat: Seat = key.data
                if seat not in self._seats:
                    continue  # ended by an event before this one
                if key.fd == seat.worker.exit_descriptor:
                    seat.worker.hung_up()
                if events & selectors.EVENT_WRITE:
                    seat.worker.flush()
                    self._watch(seat)
                if events & selectors.EVENT_READ:
                    self._settle(seat, seat.read())
            now = time.monotonic()
            for seat in list(self._seats):
                if seat.check_at <= now:
                    self._settle(seat, seat.check(now))
            self._waited += idle * (time.monotonic() - began)

    # Work

    def _fill(self) -> None:
        """Put a worker into each free slot, as long as there is work that is worth one."""
        while len(self._seats) < self._slots:
            waiting = [group for group in self._groups if group.again or (group.queue and not group.seats)]
            group = max(waiting, key=_Group.work_left, default=None) or self._worth_helping()
            if group is None:
                return
            self._workers += 1
            folder = self._folder / str(self._workers)
            worker = Worker(group.environment, group.plugin, folder, self._limits)
            seat = Seat(worker, self._limits, self._spare)
            self._seats[seat] = group
            group.seats += 1
            self._selector.register(worker, selectors.EVENT_READ, seat)
            if worker.exit_descriptor >= 0:
                self._selector.register(worker.exit_descriptor, selectors.EVENT_READ, seat)
            self._feed(seat)

    def _worth_helping(self) -> _Group | None:
        """The group with most work left, if it would keep a free slot waiting for longer than one more worker takes to start."""
        group = max((group for group in self._groups if len(group.queue) > 1), key=_Group.work_left, default=None)
        if group is None:
            return None
        return group if group.work_left() / group.seats > group.start_cost else None

    def _feed(self, seat: Seat) -> None:
        """Keep two pages with the worker."""
        group = self._seats[seat]
        while len(seat.tickets) < _IN_FLIGHT:
            if group.again and not seat.served and not seat.tickets:
                job = group.again.popleft()
            elif group.queue:
                job = group.queue.popleft()
            else:
                break
            task = job.task
            key = (task.page, task.extractor.track)
            seat.give(job, key, task.extractor.options, lambda key=key, task=task: self._read(key, task))  # type: ignore[misc]
        self._watch(seat)

    def _read(self, key: tuple[str, str], task: Task) -> tuple[bytes, str, str]:
        """The page as it is sent. Pages are kept for the other extractors as long as there is room."""
        kept = self._kept.get(key)
        if kept is None:
            text, url, language = task.read()
            kept = text.encode("utf-8", "replace"), url, language
            if len(kept[0]) <= self._room:
                self._room -= len(kept[0])
                self._kept[key] = kept
        return kept

    def _watch(self, seat: Seat) -> None:
        """Wake up for a socket that can be written to only while something waits to be sent."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if seat.worker.wants_write else 0)
        if self._selector.get_key(seat.worker).events != events:
            self._selector.modify(seat.worker, events, seat)

    # Results

    def _settle(self, seat: Seat, outcomes: list[Outcome]) -> None:
        """Hand on the calls that are over, then give the worker more, or make room for its successor."""
        group = self._seats[seat]
        over = False
        for outcome in outcomes:
            over = over or outcome.costs_the_worker
            job: _Job = outcome.ticket
            self._count(group, job, outcome)
            if outcome.costs_the_worker and not outcome.fresh and not job.earlier:
                job.earlier = f"{outcome.status}: {outcome.detail}".splitlines()[0]
                group.again.append(job)
            else:
                self._deliver(job, outcome)
        if seat.start_failure:
            self._not_started(seat)
        elif seat.ready:
            self._started(seat)
            if not (over or seat.ended or seat.retire):
                self._feed(seat)
        if over or seat.ended or seat.retire or seat.start_failure or (seat.ready and not seat.tickets):
            self._leave(seat)

    def _count(self, group: _Group, job: _Job, outcome: Outcome) -> None:
        self._calls += 1
        if outcome.cpu is not None:
            self._cpu_extract += outcome.cpu
            group.cpu_done += outcome.cpu
            group.bytes_done += job.task.size
            group.calls_done += 1

    def _deliver(self, job: _Job, outcome: Outcome) -> None:
        status, detail, text = outcome.status, outcome.detail, outcome.body.decode("utf-8", "replace")
        extractor = job.task.extractor
        if extractor.answer == "html" and text.strip():
            from harness.corpus.segment import html_to_text

            try:
                text = html_to_text(text)
            except Exception as error:  # one strange answer must not end the run; it is told whose step it was
                status, text = "error", ""
                detail = f"the answer is HTML that the harness cannot turn into text: {type(error).__name__}: {error}"
        noise = {**outcome.noise, "tried_again_after": job.earlier} if job.earlier else outcome.noise
        self._done(Extraction(extractor.name, job.task.page, status, text, detail, outcome.cpu, outcome.memory, noise))

    def _started(self, seat: Seat) -> None:
        group = self._seats[seat]
        group.failed_starts, group.start_cost = 0, seat.start_cpu
        for name in group.names:
            self._starts[name] = min(seat.start_cpu, self._starts.get(name, seat.start_cpu))
            held = self._guards.setdefault(name, dict(seat.guards))
            for guard in held:
                held[guard] = held[guard] and seat.guards.get(guard, False)

    def _not_started(self, seat: Seat) -> None:
        group = self._seats[seat]
        group.failed_starts += 1
        if seat.final or group.failed_starts >= _START_ATTEMPTS:
            for name in group.names:
                self._failures[name] = f"{group.plugin.name} cannot be started: {seat.start_failure}"
            group.queue.clear()
            group.again.clear()
            seat.tickets.clear()

    def _leave(self, seat: Seat) -> None:
        """End a worker; what it had not begun goes back to the others."""
        group = self._seats.pop(seat)
        group.seats -= 1
        self._waited += seat.waited
        for job in reversed(seat.tickets):
            (group.again if job.earlier else group.queue).appendleft(job)
        self._selector.unregister(seat.worker)
        if seat.worker.exit_descriptor >= 0:
            self._selector.unregister(seat.worker.exit_descriptor)
        seat.end()

    def _spare(self) -> set[int]:
        return self._strangers | {seat.worker.pid for seat in self._seats}


@contextlib.contextmanager
def _like_an_interrupt() -> Iterator[None]:
    """While this lasts, SIGTERM and SIGHUP raise KeyboardInterrupt, unless somebody handles or ignores them already."""

    def interrupt(number: int, frame: object) -> None:
        for each in taken:
            signal.signal(each, signal.SIG_IGN)  # one is enough; what it starts must not be interrupted
        raise KeyboardInterrupt

    taken: list[signal.Signals] = []
    if threading.current_thread() is threading.main_thread():
        taken = [each for each in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) == signal.SIG_DFL]
    for each in taken:
        signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder for the workers' files, removed at the end; those of harnesses that were killed are removed first.

    A living harness holds the lock of its folder, and its workers do not inherit it.
    """
    for path in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        with contextlib.suppress(OSError):
            if path.is_symlink() or path.stat().st_uid != os.getuid():
                continue
            lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(path)
            finally:
                os.close(lock)
    # Made under another name, so that none is seen before it is locked.
    made = Path(tempfile.mkdtemp(prefix=f"new-{_PREFIX}"))
    lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    folder = made
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = made.rename(made.with_name(made.name.removeprefix("new-")))
        yield folder
    finally:
        _remove(folder)
        os.close(lock)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        guards.empty(str(folder))
        folder.rmdir()


def _tree_cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
