"""Extraction × gold × metrics → scores: the first place where an answer and a gold body meet. Every cell exists."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.case import Case
from harness.corpus import segment
from harness.corpus.corpus import Corpus
from harness.errors import StoreError, UsageError, did_you_mean
from harness.records import TRACKS, Counts, Extraction
from harness.registry import plugins
from harness.store import Cache, Run
from harness.text import SCHEME

HEADLINE = "alignment"
_FOLDER = Path(__file__).parent / "metrics"


@dataclass(frozen=True)
class Metric:
    """A file in `harness/metrics/`. `average` says how pages make a mean, see `harness.metrics`."""

    name: str
    version: str
    average: str
    module: ModuleType


@dataclass(frozen=True, slots=True)
class Score:
    """The counts of one page × extractor × metric, and how the extraction ended ("empty" is `ok` without text)."""

    extractor: str
    page: str
    metric: str
    status: str
    counts: Counts
    parts: Mapping[str, int]


def metrics(names: Sequence[str] = ()) -> list[Metric]:
    """Return the named metrics, or all, the headline first. Raises UsageError for a name that no file has."""
    known = plugins(_FOLDER)
    for name in names:
        if name not in known:
            raise UsageError(f'There is no metric "{name}".{did_you_mean(name, known)} See: clutterbench list metrics')
    chosen = sorted(names or known, key=lambda name: (name != HEADLINE, name))
    return [_metric(name, importlib.import_module(f"harness.metrics.{name}")) for name in chosen]


def _metric(name: str, module: ModuleType) -> Metric:
    return Metric(name, str(module.VERSION), str(getattr(module, "AVERAGE", "page")), module)


def failed(expected: float) -> Counts:
    """Return the counts of an extraction that failed: a full miss, also where the right answer was nothing.

    On a page without a body an empty answer is right and a failure is not, so there it counts as one wrong thing.
    """
    return Counts(0, 0, expected) if expected else Counts(0, 1, 0)


def score_pages(
    corpus: Corpus,
    extractions: Iterable[Extraction],
    chosen: Sequence[Metric],
    cache: Cache,
    tick: Callable[[], None] = lambda: None,
) -> tuple[list[dict[str, Any]], list[Score]]:
    """Score extractions against a corpus: rows about the pages, and one score per extraction and metric, both sorted.

    Only what the cache has not is computed. Raises StoreError for an extraction of a page that the corpus has not.
    """
    by_page: dict[str, list[Extraction]] = {entry.id: [] for entry in corpus.entries}
    for extraction in extractions:
        if extraction.page not in by_page:
            raise StoreError(f"The run has an extraction of {extraction.page}, which is not in {corpus.root}. Run the extractors again.")
        by_page[extraction.page].append(extraction)
    pages: list[dict[str, Any]] = []
    scores: list[Score] = []
    for page, gold in corpus:
        case = Case(page, gold)
        base = _digest(segment.VERSION, SCHEME, page.sha256, json.dumps([asdict(line) for line in gold.lines]), gold.coverage)
        wanted = {("labels", _LABELS_VERSION, ""): _digest("labels", _LABELS_VERSION, base)}
        for answer in {extraction.text for extraction in by_page[page.id]} | {""}:
            for metric in chosen:
                key = (metric.name, metric.version, answer)
                wanted[key] = _digest(*key, base)
        known = cache.get(list(wanted.values()))
        found: dict[tuple[str, str, str], Any] = {}
        for key, digest in wanted.items():
            value = known.get(digest)
            if value is None:
                value = _measure(case, key, chosen)
                cache.put(digest, value)
            found[key] = value
        header = {key: gold.header.get(key) for key in ("url", "site", "type", "lang", "origin", "story")}
        pages.append({"page": page.id, **header, "coverage": gold.coverage, "labels": found["labels", _LABELS_VERSION, ""]})
        for extraction in by_page[page.id]:
            scores.extend(_cell(extraction, metric, found) for metric in chosen)
        tick()
    scores.sort(key=lambda score: (score.extractor, score.page, score.metric))
    return pages, scores


_LABELS_VERSION = "2"


def _measure(case: Case, key: tuple[str, str, str], chosen: Sequence[Metric]) -> dict[str, Any]:
    name, _, answer = key
    if name == "labels":
        return {track: dict(sorted(case.offered(track).items())) for track in TRACKS}
    module = next(metric.module for metric in chosen if metric.name == name)
    measured = module.measure(case, answer)
    counts: Counts = measured.counts
    return {"counts": [counts.hits, counts.predicted, counts.expected], "parts": dict(measured.parts)}


def _cell(extraction: Extraction, metric: Metric, found: Mapping[tuple[str, str, str], Any]) -> Score:
    if extraction.status != "ok":
        empty = found[metric.name, metric.version, ""]
        counts = failed(empty["counts"][2])
        return Score(extraction.extractor, extraction.page, metric.name, extraction.status, counts, {})
    value = found[metric.name, metric.version, extraction.text]
    status = "ok" if extraction.text.strip() else "empty"
    return Score(extraction.extractor, extraction.page, metric.name, status, Counts(*value["counts"]), value["parts"])


def _digest(*parts: str) -> str:
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "replace")
        total.update(f"{len(data)}:".encode() + data)
    return total.hexdigest()


def write(run: Run, pages: Sequence[Mapping[str, Any]], scores: Sequence[Score]) -> None:
    """Write a run's `pages.jsonl` and `scores.jsonl`."""
    run.write_rows("pages.jsonl", pages)
    run.write_rows("scores.jsonl", ({**asdict(score), "counts": _triple(score.counts)} for score in scores))


def read(run: Run) -> tuple[list[dict[str, Any]], list[Score]]:
    """Read what `write` wrote."""
    scores = [Score(**{**row, "counts": Counts(*row["counts"])}) for row in run.rows("scores.jsonl")]
    return list(run.rows("pages.jsonl")), scores


def _triple(counts: Counts) -> list[float]:
    return [counts.hits, counts.predicted, counts.expected]
