"""Determinism audit: does every extractor answer the same twice?

Each extractor is called on each page in two runs, past the cache. The second uses fresh processes and takes the pages in the opposite
order, so what an extractor remembers of earlier pages, of its process, of time or of chance shows as a difference. Two things it cannot
show: an order of sets or dictionaries that hangs on the hash seed, since every worker runs under `PYTHONHASHSEED=0` by contract (and
so the same everywhere); and what happens so seldom that it happens in neither run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from harness import stages
from harness.extract.schedule import Task, extract
from harness.progress import Progress
from harness.records import Extraction

DID_NOT_RUN = "did not run"

_SHOWN = 100  # characters of a line
_END = "(the text ends)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One page that one extractor answered in two ways, with what each run said: its status, and its first line that differs.

    `line` counts from 1; it is 0 where the statuses differ, and the lines then hold the runs' details. An extractor that did not run is
    told as a difference as well, for nothing is known of it: `page` is '' and the reason stands in `first`.
    """

    extractor: str
    page: str
    statuses: tuple[str, str]
    line: int
    first: str
    second: str

    def __str__(self) -> str:
        if not self.page:
            return f"{self.extractor} {DID_NOT_RUN}: {self.first}"
        if not self.line:
            return f"{self.extractor} on {self.page}: {self._status(0, self.first)}, then {self._status(1, self.second)}"
        return f"{self.extractor} on {self.page}, line {self.line}: {self.first!r}, then {self.second!r}"

    def _status(self, run: int, detail: str) -> str:
        return f"{self.statuses[run]} ({detail})" if detail else self.statuses[run]


def audit(
    root: Path, names: Sequence[str], pages: Sequence[str], progress: Progress | None = None, slots: int | None = None
) -> list[Difference]:
    """Run each extractor twice over the pages and return where it did not answer the same, by extractor and page.

    Texts are compared exactly, statuses by name, details not at all. Raises UsageError or CorpusError as `stages.plan` does.
    """
    progress = progress or Progress()
    work = stages.plan(root, names, pages, progress, floors=False)
    failures = dict(work.did_not_run)
    first: dict[tuple[str, str], Extraction] = {}
    found: list[Difference] = []

    def keep(extraction: Extraction) -> None:
        first[extraction.extractor, extraction.page] = extraction

    def check(extraction: Extraction) -> None:
        before = first.pop((extraction.extractor, extraction.page), None)
        if before and (difference := compare(before, extraction)):
            found.append(difference)

    tasks = _tasks(work)
    # The schedule takes the largest page first, and knows of a page's size what the task says.
    turned = [replace(task, size=place) for place, task in enumerate(tasks, 1)]
    for name, these, done in (("first run", tasks, keep), ("second run", turned, check)):
        with progress.stage(name, len(these)):
            failures |= extract(these, done=_counted(done, progress), slots=slots, environments=work.environments).failures
    found = [difference for difference in found if difference.extractor not in failures]
    found += [Difference(name, "", (DID_NOT_RUN, DID_NOT_RUN), 0, reason, reason) for name, reason in failures.items()]
    return sorted(found, key=lambda difference: (difference.extractor, difference.page))


def compare(first: Extraction, second: Extraction) -> Difference | None:
    """Return how two extractions of one page differ, None where they do not."""
    statuses = (first.status, second.status)
    if first.status != second.status:
        details = [_shown(extraction.detail.partition("\n")[0]) for extraction in (first, second)]
        return Difference(first.extractor, first.page, statuses, 0, *details)
    # Split at line feeds alone, so that texts which differ in any character differ in a line.
    for number, (one, other) in enumerate(zip_longest(first.text.split("\n"), second.text.split("\n")), 1):
        if one != other:
            shown = _around(_END if one is None else one, _END if other is None else other)
            return Difference(first.extractor, first.page, statuses, number, *shown)
    return None


def _around(one: str, other: str) -> tuple[str, str]:
    """Return two lines as they are shown: from a little before where they part, so that the difference is not cut away."""
    same = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    begin = same - _SHOWN // 4 if same > _SHOWN // 2 else 0
    lead = "…" if begin else ""
    return _shown(lead + one[begin:]), _shown(lead + other[begin:])


def _shown(line: str) -> str:
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _counted(done: Callable[[Extraction], None], progress: Progress) -> Callable[[Extraction], None]:
    def count(extraction: Extraction) -> None:
        done(extraction)
        progress.step(failed=extraction.status != "ok")

    return count


def _tasks(work: stages.Plan) -> list[Task]:
    """Return every call there is to make, in the order in which the schedule makes those of one extractor."""
    page = stages.reader(work.corpus)
    runnable = [extractor for extractor in work.extractors if extractor.name in work.environments]
    pages = [entry.id for entry in work.corpus.entries]
    tasks = [
        stages.task(extractor, name, page) for name in pages for extractor in runnable if page(name).source(extractor.track) is not None
    ]
    return sorted(tasks, key=lambda task: (-task.size, task.page))
