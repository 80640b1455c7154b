"""A slot with a worker in it: what was given to the worker, how long it has had, and how each call ended."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.extract.sandbox import NO_ANSWER, Ending, Limits, Worker
from harness.records import STATUSES, Status

_STACK_PATIENCE = 0.5
_TICK = 0.02
_MEMORY_SHARE = 0.3  # as in the worker, for ends that it cannot tell of


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
        self._ids: deque[int] = deque()
        self._page: object = None
        self._number = 0
        self._began, self._began_cpu = time.monotonic(), 0.0
        self._resident = self._floor = 0
        self._give_up_at: float | None = None
        self._ending: Ending | None = None
        self._noise_before = self._noise_seen = 0

    def give(self, ticket: Any, page: object, options: Mapping[str, Any], read: Callable[[], tuple[bytes, str, str]]) -> None:
        """Queue one call with the worker.

        `page` identifies what `read` would return, (UTF-8, url, language): the page that the worker has is not read and sent again.
        """
        self._number += 1
        self.tickets.append(ticket)
        self._ids.append(self._number)
        header: dict[str, Any] = {"id": self._number, "options": dict(options)}
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
            if outcome.costs_the_worker:
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
        used, passed = self.worker.cpu() - self._began_cpu, now - self._began
        wall = self._limits.cpu * self._limits.wall_factor
        if self.ready:
            over = used >= self._limits.cpu or passed >= wall
            # All cores together cannot use up what is left before then.
            self.check_at = now + max(_TICK, min((self._limits.cpu - used) / self._cores, wall - passed))
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
        self._began, self._began_cpu = time.monotonic(), self.worker.cpu()
        self.check_at = self._began + max(_TICK, self._limits.cpu / self._cores)

    def _greeted(self, header: Mapping[str, Any]) -> None:
        guards = header.get("guards")
        if "ready" in header and isinstance(guards, dict):
            self.ready, self.guards = True, {str(name): value is True for name, value in guards.items()}
            self.start_cpu, self._floor = _number(header.get("cpu")) or 0.0, int(_number(header.get("peak")) or 0)
            self._resident = int(_number(header.get("resident")) or 0)
            self._begin()
        else:
            self.start_failure, self.final = str(header.get("failed", "did not say that it is ready")), True

    def _answered(self, header: Mapping[str, Any], body: bytes) -> Outcome | None:
        """The call that a frame answers, None for a frame that answers none."""
        status, noise = header.get("status"), header.get("noise")
        if not self._ids or header.get("id") != self._ids[0] or status not in STATUSES or not isinstance(noise, dict):
            return None
        self._ids.popleft()
        self.served += 1
        self.waited += _number(header.get("waited")) or 0.0
        self._resident = int(_number(header.get("resident")) or 0)
        memory = _number(header.get("memory"))
        cpu, detail = _number(header.get("cpu")), str(header.get("detail", ""))
        kept = body if status == "ok" else b""
        growth = None if memory is None else int(memory)
        return Outcome(self.tickets.popleft(), status, self.served == 1, kept, detail, cpu, growth, noise)

    def _fell(self) -> list[Outcome]:
        """The worker has ended, or wrote what it must not: the running call is a crash, or starved of memory."""
        said = self.worker.noise_tail()
        used = self.worker.cpu() - self._began_cpu
        ending = self.end()
        how = self.worker.fault or ending.how
        detail = f"{how}\n{said}".strip()
        if not self.ready:
            self.start_failure = detail
            return []
        if not self._ids:
            return []
        growth = self._growth(ending)
        starved = growth is not None and growth > _MEMORY_SHARE * self._limits.memory
        if starved:
            detail = f"{how} after growing by {growth:,} bytes; the limit is {self._limits.memory:,}\n{said}".strip()
        self._ids.popleft()
        cpu = used if used > 0 else None
        return [Outcome(self.tickets.popleft(), "memory" if starved else "crash", not self.served, b"", detail, cpu, growth)]

    def _timed_out(self) -> list[Outcome]:
        stack = self.worker.noise_tail(self._noise_before)
        used, passed = self.worker.cpu() - self._began_cpu, time.monotonic() - self._began
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
        return ending.peak - self._resident if ending.peak > max(self._floor, self._resident) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None
