"""A slot with a worker in it: what was given to the worker, how long it has had, and how each call ended."""

from __future__ import annotations

import math
import os
import random
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.extract import processes
from harness.extract.sandbox import NO_ANSWER, Ending, Limits, Worker
from harness.records import STATUSES, Status

_STACK_PATIENCE = 0.5
_TICK = 0.02
_LOOK = 0.25
"""Seconds between looks at a running call. What goes on for less is judged when the answer comes."""
_PROCESSES = 64
_SECONDS, _BYTES = 1e6, 1e15  # what a worker claims beyond these is no number
_DETAIL, _NOISE = 2000, 200  # characters
_GUARDS = ("netns", "scratch", "landlock", "capabilities", "seccomp", "audit")
_MEMORY_SHARE = 0.3  # as in the worker, for ends that it cannot tell of
_V8_STARVED = b"heap out of memory"


@dataclass(frozen=True)
class Outcome:
    """How one call ended.

    `ticket` is what it was given with; `fresh`: the worker had served no other page
    before. The rest as in `records.Extraction`, with the answer still as bytes.
    """

    ticket: Any
    status: Status
    fresh: bool
    body: bytes = b""
    detail: str = ""
    cpu: float | None = None
    memory: int | None = None
    noise: Mapping[str, Any] = field(default_factory=dict)

    @property
    def costs_the_worker(self) -> bool:
        """Whether the worker is gone, or not fit for further pages."""
        return self.status in ("timeout", "crash", "memory")


class Seat:
    """Watches over one worker. `spare` tells which processes are no strays, when the worker is ended."""

    def __init__(self, worker: Worker, limits: Limits, spare: Callable[[], set[int]]) -> None:
        self.worker = worker
        self.tickets: deque[Any] = deque()
        """What the worker has before it, the running call first."""
        self.guards: dict[str, bool] = {}
        """Which guards held, once the worker is ready."""
        self.ready = False
        self.served = 0
        """Calls answered."""
        self.waited = 0.0
        """Seconds that the worker has waited for pages."""
        self.start_cpu = 0.0
        self.start_failure = ""
        """Why the worker could not start, in words; `final` if its own report says so and another try is useless."""
        self.final = False
        self.check_at = time.monotonic() + limits.start
        """When `check` is next to be called, on the monotonic clock."""
        self._limits, self._spare = limits, spare
        self._cores = os.cpu_count() or 1
        self.retire = False
        """Whether the worker, though it has answered, is not fit for further pages; `read` returns nothing that came later."""
        self._ids: deque[int] = deque()
        self._page: object = None
        self._began, self._began_cpu, self._began_stat = time.monotonic(), 0.0, b""
        self._told = False
        self._base = self._resident = 0
        self._floor: int | None = 0
        self._give_up_at: float | None = None
        self._ending: Ending | None = None
        self._noise_before = self._noise_seen = 0

    def give(self, ticket: Any, page: object, options: Mapping[str, Any], read: Callable[[], tuple[bytes, str, str]]) -> None:
        """Queue one call with the worker.

        `page` identifies what `read` would return, (UTF-8, url, language): the page that the worker has is not read and sent again.
        """
        number = _RANDOM.getrandbits(53)  # which a process left behind by an earlier page cannot guess
        self.tickets.append(ticket)
        self._ids.append(number)
        header: dict[str, Any] = {"id": number, "options": dict(options)}
        if page == self._page:
            self.worker.send(header)
        else:
            body, url, language = read()
            self._page = page
            self.worker.send({**header, "url": url, "language": language}, body)
        if self.ready and len(self._ids) == 1:
            self._begin()

    def read(self) -> list[Outcome]:
        """Take what the worker has sent, and its end if it has ended; returns the calls that are over."""
        frames = self.worker.receive()
        if self._give_up_at is not None:  # too late
            self.check_at = 0.0 if self.worker.closed else self.check_at
            return []
        outcomes: list[Outcome] = []
        for header, body in frames:
            if not self.ready:
                self._greeted(header)
                if self.start_failure:
                    return []
                continue
            outcome = self._answered(header, body)
            if outcome is None:
                self.worker.fault = self.worker.fault or NO_ANSWER
                break
            outcomes.append(outcome)
            if outcome.costs_the_worker or self.retire:
                return outcomes
            if self._ids:
                self._begin()
        if self.worker.fault or self.worker.closed:
            outcomes += self._fell()
        return outcomes

    def check(self, now: float) -> list[Outcome]:
        """End a call, or a start, that has had its time; returns the call if there was one."""
        if self._give_up_at is not None:
            # The stack is on its way. Once it has stopped growing, or is late, the end.
            size = self.worker.noise_size()
            if now < self._give_up_at and not self.worker.closed and (size > self._noise_seen or size == self._noise_before):
                self._noise_seen, self.check_at = size, now + _TICK
                return []
            return self._timed_out()
        passed = now - self._began
        if self.ready:
            wall = self._limits.cpu * self._limits.wall_factor
            below = processes.descendants(self.worker.pid, most=_PROCESSES + 1)
            used = self._used(below)
            excess = self._excess(below)
            if excess:
                return [self._stopped(*excess, used)]
            over = used >= self._limits.cpu or passed >= wall
            # All cores together cannot use up what is left before then.
            self.check_at = now + max(_TICK, min(_LOOK, (self._limits.cpu - used) / self._cores, wall - passed))
        else:
            over = passed >= self._limits.start
            self.check_at = self._began + self._limits.start
        if over:
            self._noise_before = self._noise_seen = self.worker.noise_size()
            self.worker.ask_for_stack()
            self._give_up_at, self.check_at = now + _STACK_PATIENCE, now + _TICK
        return []

    def end(self) -> Ending:
        """End the worker and all that it started. Does so once; later calls return the same."""
        if self._ending is None:
            self._ending = self.worker.kill(self._spare())
        return self._ending

    @property
    def ended(self) -> bool:
        """Whether `end` was called."""
        return self._ending is not None

    def _begin(self) -> None:
        self._began, self._began_cpu, self._began_stat = time.monotonic(), self.worker.cpu(), self.worker.stat()
        self.check_at = self._began + max(_TICK, min(_LOOK, self._limits.cpu / self._cores))

    def _used(self, below: list[int]) -> float:
        """CPU seconds of the running call: the worker's, of children that it waited for, and of the processes `below` it."""
        used = self.worker.cpu() - self._began_cpu
        used += max(0.0, processes.usage(self.worker.stat()).waited_cpu - processes.usage(self._began_stat).waited_cpu)
        return used + sum(each.cpu + each.waited_cpu for each in map(processes.usage, map(processes.stat_of, below)))

    def _excess(self, below: list[int]) -> tuple[Status, str] | None:
        """What the worker and the processes `below` it are too many of, or hold too much of.

        A Node worker's own limit does not see memory that it shares, so its size is looked at too.
        """
        if len(below) > _PROCESSES:
            return "crash", f"ended for more than {_PROCESSES} processes at once"
        held = self.worker.resident() + sum(processes.share_of_memory(pid) for pid in below)
        if held > self._resident_limit:
            return "memory", f"ended for {held:,} bytes in the worker and its children; the limit is {self._resident_limit:,}"
        return None

    @property
    def _resident_limit(self) -> int:
        return self._base + self._limits.memory

    def _greeted(self, header: Mapping[str, Any]) -> None:
        guards = header.get("guards")
        if not self._told and isinstance(guards, dict):  # once, before there is foreign code that could tell lies
            self._told, self.guards = True, {name: guards.get(name) is True for name in _GUARDS}
        elif self._told and "ready" in header:
            self.ready = True
            self.start_cpu = _number(header.get("cpu"), _SECONDS) or 0.0
            peak = _number(header.get("peak"), _BYTES)
            self._floor = None if peak is None else int(peak)
            self._resident = int(_number(header.get("resident"), _BYTES) or 0)
            self._base = self.worker.resident()
            self._begin()
        else:
            self.start_failure, self.final = _clean(header.get("failed"), _DETAIL) or "did not say that it is ready", True

    def _answered(self, header: Mapping[str, Any], body: bytes) -> Outcome | None:
        """The call that a frame answers, None for a frame that answers none."""
        said, noise = header.get("status"), header.get("noise")
        if not self._ids or header.get("id") != self._ids[0] or said not in STATUSES or not isinstance(noise, dict):
            return None
        self._ids.popleft()
        self.served += 1
        self.waited += _number(header.get("waited"), _SECONDS) or 0.0
        self._resident = int(_number(header.get("resident"), _BYTES) or 0)
        memory, cpu = _number(header.get("memory"), _BYTES), _number(header.get("cpu"), _SECONDS)
        growth = None if memory is None else int(memory)
        detail = _clean(header.get("detail"), _DETAIL)
        status: Status = said
        if cpu is not None and cpu >= self._limits.cpu:
            status, detail = "timeout", f"answered after {cpu:.1f} s of CPU, children's included; the limit is {self._limits.cpu:g}"
        elif growth is not None and growth > self._limits.memory:
            status, detail = "memory", f"answered after growing by {growth:,} bytes; the limit is {self._limits.memory:,}"
        kept = self._fitness(_noise(noise), int(_number(header.get("kept"), _BYTES) or 0))
        body, detail = (body, "") if status == "ok" else (b"", detail or "the worker gave no reason")
        return Outcome(self.tickets.popleft(), status, self.served == 1, body, detail, cpu, growth, kept)

    def _fitness(self, noise: dict[str, Any], held: int) -> dict[str, Any]:
        """Judge whether the worker can be given further pages; returns the noise with what speaks against it.

        While it has a further page, what we see may belong to that one, and only its own word is left.
        """
        if not self._ids:
            held = max(held, self.worker.resident())
        if "processes" in noise or (not self._ids and self.worker.has_children()):
            noise["processes"] = len(processes.descendants(self.worker.pid, most=1000)) or 1
        if held > self._resident_limit:
            noise["kept_memory"] = held - self._base
        self.retire = not noise.keys().isdisjoint(("processes", "kept_memory", "unremoved"))
        return noise

    def _stopped(self, status: Status, detail: str, used: float) -> Outcome:
        """End the worker in a call that takes more than it may."""
        ending = self.end()
        self._ids.popleft()
        return Outcome(self.tickets.popleft(), status, not self.served, b"", detail, used, self._growth(ending))

    def _fell(self) -> list[Outcome]:
        """The worker has ended, or wrote what it must not: the running call is a crash, or starved of memory."""
        said = _clean(self.worker.noise_tail(), _DETAIL)
        # V8 gives up at its own limit, before or after the look at the process has seen it grow.
        gave_up = self.worker.said(_V8_STARVED)
        used = self._used([])
        ending = self.end()
        how = self.worker.fault or ending.how
        detail = f"{how}\n{said}".strip()
        if not self.ready:
            self.start_failure = detail
            return []
        if not self._ids:
            return []
        growth = self._growth(ending)
        starved = gave_up or (growth is not None and growth > _MEMORY_SHARE * self._limits.memory)
        if starved and growth is not None:
            detail = f"{how} after growing by {growth:,} bytes; the limit is {self._limits.memory:,}\n{said}".strip()
        self._ids.popleft()
        cpu = used if used > 0 else None
        return [Outcome(self.tickets.popleft(), "memory" if starved else "crash", not self.served, b"", detail, cpu, growth)]

    def _timed_out(self) -> list[Outcome]:
        stack = _clean(self.worker.noise_tail(self._noise_before), _DETAIL)
        used = self._used(processes.descendants(self.worker.pid, most=_PROCESSES))
        passed = time.monotonic() - self._began
        ending = self.end()
        if not self.ready:
            self.start_failure = f"not ready after {self._limits.start:g} s\n{stack}".strip()
            return []
        self._ids.popleft()
        detail = f"ended after {used:.1f} s of CPU, {passed:.1f} s in all\n{stack}".strip()
        return [Outcome(self.tickets.popleft(), "timeout", not self.served, b"", detail, used, self._growth(ending))]

    def _growth(self, ending: Ending) -> int | None:
        """Bytes by which the worker grew in its last call, None where that cannot be told.

        The kernel's mark begins not at 0 but at the harness's own size when it started the worker, so below that it says nothing.
        """
        if self._floor is None:  # a process begins with the high-water mark of its parent, so without the worker's own nothing is known
            return None
        return ending.peak - self._resident if ending.peak > max(self._floor, self._resident) else None


_RANDOM = random.SystemRandom()
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _number(value: Any, below: float) -> float | None:
    """`value` if it is a number from 0 up to `below`: a worker may write `Infinity`, or an integer of 4,000 digits."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return value if known and 0 <= value < below and math.isfinite(value) else None


def _clean(value: Any, most: int) -> str:
    """`value` if it is text, cut, '?' for lone surrogates, which JSON lets pass and UTF-8 does not, and for terminal controls."""
    return _CONTROL.sub("?", value[:most]).encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _noise(noise: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a worker says it found after a call, what we know and can keep."""
    kept: dict[str, Any] = {}
    for name in ("printed", "files", "unremoved", "processes"):
        if count := int(_number(noise.get(name), _BYTES) or 0):
            kept[name] = count
    if stream := _clean(noise.get("stream"), _NOISE):
        kept["stream"] = stream
    attempts = noise.get("network")
    if attempts and isinstance(attempts, list):
        kept["network"] = [_clean(each, _NOISE) for each in attempts[:20]]
    return kept
