"""What extractors cost: CPU, memory and start-up, measured one at a time and told as ratios to one of them in the same run.

CPU seconds of one machine at two times differ by a tenth and more; of two extractors right after each other the ratio is steady to a
few per cent. So the reference runs before and after each extractor, over the same pages, and what is compared is the ratio. Each runs
warm: its first page is called once more beforehand, and that call is not counted.
"""

from __future__ import annotations

import json
import math
import os
import platform
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from harness import __version__, stages
from harness.errors import InstallError, NothingMatched, StoreError, UsageError, named
from harness.extract.envs import Environment
from harness.extract.sandbox import Limits
from harness.extract.schedule import Task, extract
from harness.progress import Progress
from harness.records import Extraction, Extractor, Track
from harness.registry import select
from harness.store import replace_text

FORMAT = 1
REFERENCE: Mapping[Track, str] = {"html": "trafilatura", "text": "justext-lines"}
FACTORS = (1, 4, 16)
"""Times that a page's content is repeated to see how cost grows."""
_FILE = Path("benchmarks") / "cost.json"
_BODY = re.compile(r"(?is)\A(?P<head>.*?<body[^>]*>)(?P<content>.*)(?P<tail></body>.*)\Z")
_WARM = "warm-up/page"


@dataclass(frozen=True)
class Cost:
    """What one extractor costs.

    `ratio` is its CPU over the reference's on the same pages, the median of the rounds, `ratio_low` and `ratio_high` the least and the
    most of them. `page_median`, `page_p95`: milliseconds of CPU a page; `per_mb`: milliseconds a megabyte of UTF-8; `memory`: bytes, the
    most that it grew by in a call; `start`: milliseconds of CPU until the worker was ready. `growth`: the exponent of its CPU as the page
    grows, 1 for linear, None where it did not answer the repeated page. `failed`: calls without an answer, which cost what they did.
    `reason` says why there is no figure.
    """

    extractor: str
    category: str
    track: Track
    version: str
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    page_median: float | None = None
    page_p95: float | None = None
    per_mb: float | None = None
    memory: int | None = None
    start: float | None = None
    growth: float | None = None
    failed: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Measurement:
    """All costs of one run, with what they were measured on; `pages` and `bytes` by track, `noise` the spread of the reference's CPU
    over the run, as its coefficient of variation.
    """

    costs: tuple[Cost, ...]
    reference: Mapping[Track, str]
    rounds: int
    pages: Mapping[Track, int]
    bytes: Mapping[Track, int]
    noise: Mapping[Track, float]
    machine: Mapping[str, Any]


def measure(
    root: Path, names: Sequence[str], progress: Progress, *, rounds: int = 3, pages: int = 12, reference: str | None = None
) -> Measurement:
    """Measure extractors on `pages` pages of a corpus, from its smallest to its largest. Raises NothingMatched where none has a page.

    Pages are spread evenly over the sizes. Takes about (extractors) × (rounds) × (start + CPU of those pages, theirs and the reference's).
    """
    if rounds < 1 or pages < 2:
        raise UsageError(f"{rounds} rounds of {pages} pages measure nothing; at least 1 round of 2 pages is needed.")
    work = stages.plan(root, names, [], progress, floors=False)
    found: list[Cost] = []
    noise: dict[Track, float] = {}
    counts: dict[Track, int] = {}
    sizes: dict[Track, int] = {}
    chosen: dict[Track, str] = {}
    tracks: list[Track] = [track for track in ("html", "text") if any(each.track == track for each in work.extractors)]
    if reference and not {each.track for each in select([reference])} & set(tracks):
        raise UsageError(f"--reference {reference} does not run on the {tracks[0]} track, as what is measured does. Name one that does.")
    for track in tracks:
        base = next((each for each in select([reference]) if each.track == track), None) if reference else None
        base = base or select([REFERENCE[track]])[0]
        bench = _Bench(work, track, base, pages, progress)
        if not bench.texts:
            continue
        chosen[track], counts[track], sizes[track] = base.name, len(bench.texts), bench.size
        found += bench.run(rounds)
        noise[track] = bench.noise
    if not found:
        raise NothingMatched(f"{named(root)} has no page that {', '.join(each.name for each in work.extractors)} can read.")
    return Measurement(tuple(found), chosen, rounds, counts, sizes, noise, machine())


def machine() -> dict[str, Any]:
    """What the figures depend on and cannot be compared across."""
    model = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    facts = {"processor": model, "cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    return {**facts, "clutterbench": __version__}


def as_json(found: Measurement) -> str:
    """Return a measurement as it is stored."""
    return json.dumps({"format": FORMAT, **asdict(found)}, indent=1, ensure_ascii=False) + "\n"


def write(root: Path, found: Measurement) -> Path | None:
    """Store a measurement beside the corpus, apart from scores, and return the file.

    None where the stored one holds extractors that are not in this one: a look at some must not lose the others.
    """
    try:
        stored = read(root)
    except StoreError:  # what is damaged or of another format is replaced
        stored = None
    if stored is not None and {row.extractor for row in stored.costs} - {row.extractor for row in found.costs}:
        return None
    path = root / _FILE
    replace_text(path, as_json(found))
    return path


def read(root: Path) -> Measurement | None:
    """Return the stored measurement of a corpus, None where there is none. Raises StoreError for a file that cannot be used."""
    path = root / _FILE
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored.pop("format") != FORMAT:
            raise StoreError(f"{path} is of another format than {FORMAT}. Measure again: clutterbench time")
        return Measurement(**{**stored, "costs": tuple(Cost(**row) for row in stored["costs"])})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} is damaged ({error}). Measure again: clutterbench time") from error


def rows(found: Measurement) -> list[dict[str, str]]:
    """The measurement as a table's cells, cheapest first within each track; what has no figure comes last with its reason."""
    table = []
    for cost in sorted(found.costs, key=lambda cost: (cost.track, cost.ratio is None, cost.ratio or 0.0, cost.extractor)):
        spread = "" if cost.ratio_low is None else f"{cost.ratio_low:.2f}–{cost.ratio_high:.2f}"
        table.append(
            {
                "extractor": cost.extractor,
                "version": cost.version,
                "CPU ×": _cell(cost.ratio, ".2f"),
                "range": spread,
                "ms/page": _cell(cost.page_median, ".1f"),
                "p95": _cell(cost.page_p95, ".1f"),
                "ms/MB": _cell(cost.per_mb, ".0f"),
                "MB": _cell(None if cost.memory is None else cost.memory / 1e6, ".1f"),
                "start ms": _cell(cost.start, ".0f"),
                "growth": _cell(cost.growth, ".2f"),
                "failed": str(cost.failed),
                "note": cost.reason,
            }
        )
    return table


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of log cost over log size by least squares: 1 for linear growth, 2 for quadratic. All values must be above 0."""
    slope: float = statistics.linear_regression([math.log(size) for size in sizes], [math.log(cost) for cost in costs]).slope
    return slope


def repeated(html: str, factor: int) -> str:
    """The page with the content of its body, or all of it where no body is marked, `factor` times over."""
    match = _BODY.match(html)
    return match["head"] + match["content"] * factor + match["tail"] if match else html * factor


class _Bench:
    """The extractors of one track over the chosen pages, one at a time, the reference between them."""

    def __init__(self, work: stages.Plan, track: Track, base: Extractor, pages: int, progress: Progress) -> None:
        self._work, self._base, self._progress = work, base, progress
        self._extractors = [each for each in work.extractors if each.track == track]
        read = stages.reader(work.corpus)
        sources = [(entry.id, read(entry.id)) for entry in work.corpus.entries]
        known = [(len(source.encode()), name, page, source) for name, page in sources if (source := page.source(track)) is not None]
        known.sort(key=lambda each: each[:2])
        count = min(pages, len(known))
        picked = [known[round(at * (len(known) - 1) / max(1, count - 1))] for at in range(count)]
        self.texts = {name: (source, page.url, page.language) for _, name, page, source in picked}
        self.sizes = {name: size for size, name, _, _ in picked}
        self.size = sum(self.sizes.values())
        self.noise = 0.0

    def run(self, rounds: int) -> list[Cost]:
        calls: dict[str, list[list[Extraction]]] = {each.name: [] for each in self._extractors}
        ratios: dict[str, list[float]] = {each.name: [] for each in self._extractors}
        starts: dict[str, float] = {}
        reasons = {name: reason for name, reason in self._work.did_not_run.items() if name in calls}
        base: list[float] = []
        with self._progress.stage("measure", rounds * len(self._extractors)):
            for number in range(rounds):
                order = self._extractors[number:] + self._extractors[:number]  # so that none is always first
                before = self._reference()
                for extractor in order:
                    if extractor.name not in reasons:
                        these, start = self._once(extractor, reasons)
                        after = self._reference()
                        if extractor.name not in reasons:
                            calls[extractor.name].append(these)
                            ratios[extractor.name].append(_ratio(these, before, after))
                            starts[extractor.name] = min(start, starts.get(extractor.name, start))
                        base.append(_cpu(before))
                        before = after
                    self._progress.step()
        self.noise = statistics.stdev(base) / statistics.mean(base) if len(base) > 1 else 0.0
        with self._progress.stage("growth", len(self._extractors)):
            growth = {each.name: self._growth(each) for each in self._extractors if each.name not in reasons}
        return [
            self._cost(each, calls[each.name], ratios[each.name], starts.get(each.name), growth.get(each.name), reasons.get(each.name, ""))
            for each in self._extractors
        ]

    def _environment(self, extractor: Extractor) -> Mapping[str, Environment]:
        known = self._work.environments.get(extractor.name)
        return {extractor.name: known} if known else {}

    def _once(self, extractor: Extractor, reasons: dict[str, str]) -> tuple[list[Extraction], float]:
        """All pages once in a fresh worker, the largest first, and that one once more before, uncounted but for its memory."""
        largest = max(self.sizes, key=self.sizes.__getitem__)
        tasks = [_task(extractor, _WARM, 1 << 60, self.texts[largest])]
        tasks += [_task(extractor, name, self.sizes[name], given) for name, given in self.texts.items()]
        done: list[Extraction] = []
        facts = extract(tasks, done=done.append, slots=1, environments=self._environment(extractor))
        reasons |= facts.failures
        return sorted(done, key=lambda each: each.page), facts.starts.get(extractor.name, 0.0)

    def _reference(self) -> list[Extraction]:
        reasons: dict[str, str] = {}
        calls, _ = self._once(self._base, reasons)
        if not _cpu(calls):
            why = reasons.get(self._base.name, "it took no CPU time that can be measured")
            raise InstallError(f"{self._base.name}, which the others are compared with, cannot be: {why}. Name another: --reference NAME")
        return calls

    def _growth(self, extractor: Extractor) -> float | None:
        """The exponent, from the page of middle size repeated, the least of two calls each."""
        middle = sorted(self.sizes, key=lambda name: (self.sizes[name], name))[len(self.sizes) // 2]
        text, url, language = self.texts[middle]
        given = {factor: (repeated(text, factor) if extractor.track == "html" else text * factor, url, language) for factor in FACTORS}
        tasks = [_task(extractor, f"growth/{factor}-{turn}", len(page[0]), page) for factor, page in given.items() for turn in range(2)]
        done: list[Extraction] = []
        self._progress.step()
        extract(tasks, done=done.append, slots=1, limits=replace(Limits(), cpu=60.0), environments=self._environment(extractor))
        least: dict[int, float] = {}
        for each in done:
            factor = int(each.page.partition("/")[2].partition("-")[0])
            if each.status == "ok" and each.cpu:
                least[factor] = min(each.cpu, least.get(factor, each.cpu))
        if set(least) != set(FACTORS):
            return None
        return exponent([len(given[factor][0].encode()) for factor in FACTORS], [least[factor] for factor in FACTORS])

    def _cost(
        self, extractor: Extractor, rounds: Sequence[Sequence[Extraction]], ratios: Sequence[float], start: float | None,
        growth: float | None, reason: str,
    ) -> Cost:  # fmt: skip
        environment = self._work.environments.get(extractor.name)
        known = Cost(extractor.name, extractor.category, extractor.track, environment.version if environment else "", reason=reason)
        pages: dict[str, list[float]] = {}
        for each in (each for calls in rounds for each in calls if each.page != _WARM and each.cpu is not None):
            pages.setdefault(each.page, []).append(each.cpu or 0.0)
        if not pages or not ratios:
            return known
        each_page = sorted(statistics.median(seconds) * 1e3 for seconds in pages.values())
        memory = [each.memory for calls in rounds for each in calls if each.memory is not None]
        return replace(
            known,
            ratio=statistics.median(ratios),
            ratio_low=min(ratios),
            ratio_high=max(ratios),
            page_median=statistics.median(each_page),
            page_p95=each_page[math.ceil(0.95 * len(each_page)) - 1],
            per_mb=sum(each_page) / sum(self.sizes[name] for name in pages) * 1e6,
            memory=max(memory) if memory else None,
            start=None if start is None else start * 1e3,
            growth=growth,
            failed=sum(each.status != "ok" for each in rounds[0]),
        )


def _task(extractor: Extractor, page: str, size: int, given: tuple[str, str, str]) -> Task:
    return Task(extractor, page, size, lambda: given)


def _cpu(calls: Iterable[Extraction]) -> float:
    return sum(each.cpu or 0.0 for each in calls if each.page != _WARM)


def _ratio(calls: Sequence[Extraction], before: Sequence[Extraction], after: Sequence[Extraction]) -> float:
    """CPU of the calls over the mean of the reference's before and after them."""
    return _cpu(calls) / ((_cpu(before) + _cpu(after)) / 2)
