"""Progress on standard error: a bar while a terminal watches, else a line now and then; a summary line at each stage's end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

_EVERY = 30.0


class Progress:
    """Tells how far a stage is. Nothing that it writes is a result, so it may be lost."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar: Bar | None = None
        self._task = TaskID(0)
        self._name, self._total, self._done, self._failed = "", 0, 0, 0
        self._shown = 0.0

    @contextmanager
    def stage(self, name: str, total: int, already: int = 0) -> Iterator[None]:
        """Show one stage of `total` steps; `already` were done by an earlier run."""
        self._name, self._total, self._done, self._failed = name, total, 0, 0
        started = self._shown = time.monotonic()
        try:
            if self._console.is_terminal and total:
                columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
                with Bar(*columns, console=self._console, transient=True) as self._bar:
                    self._task = self._bar.add_task(name, total=total)
                    yield
            else:
                yield
        finally:
            self._bar = None
            kept = f"{already} kept from before" if already else ""
            failed = f"{self._failed} failed" if self._failed else ""
            done = f"{self._done} of {total} done in {time.monotonic() - started:.1f} s" if total else "nothing to do"
            self._say(", ".join(filter(None, (done, failed, kept))))

    def step(self, steps: int = 1, *, failed: bool = False) -> None:
        """Count one step as done, or several at once."""
        self._done += steps
        self._failed += failed
        if self._bar is not None:
            so_far = f" ({self._failed} failed)" if self._failed else ""
            self._bar.update(self._task, completed=self._done, description=self._name + so_far)
        elif time.monotonic() - self._shown > _EVERY:
            self._shown = time.monotonic()
            self._say(f"{self._done} of {self._total}")

    def _say(self, text: str) -> None:
        self._console.print(f"{self._name}: {text}", markup=False, soft_wrap=True)
