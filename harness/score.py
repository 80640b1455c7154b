"""Extraction × gold × metrics → scores: the first place where an answer and a gold body meet. Every cell exists."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from harness import reference
from harness.case import Case
from harness.confusion import Confusion, confusion
from harness.corpus import infer, segment
from harness.corpus.corpus import Corpus
from harness.errors import StoreError, UsageError, did_you_mean
from harness.records import TRACKS, Counts, Extraction, Track
from harness.registry import plugins
from harness.store import Cache, Run, digest, without_timing
from harness.text import SCHEME

HEADLINE = "alignment"

Figures = Callable[[Any, Any, Any], tuple[Any, Any, Any]]
"""Arrays of hits, predicted and expected things → arrays of precision, recall and F1."""

_FOLDER = Path(__file__).parent / "metrics"


@dataclass(frozen=True)
class Metric:
    """A file in `harness/metrics/`. `average` and `figures` say how pages make a mean, `coverage` which pages; see `harness.metrics`."""

    name: str
    version: str
    average: str
    module: ModuleType
    figures: Figures | None = None
    coverage: tuple[str, ...] = ("full", "body")


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
    coverage = tuple(getattr(module, "COVERAGE", ("full", "body")))
    return Metric(name, str(module.VERSION), str(getattr(module, "AVERAGE", "page")), module, getattr(module, "figures", None), coverage)


def failed(expected: float) -> Counts:
    """Return the counts of an extraction that failed: a full miss, also where the right answer was nothing.

    On a page without a body an empty answer is right and a failure is not, so there it counts as one wrong thing.
    """
    return Counts(0, 0, expected) if expected else Counts(0, 1, 0)


@dataclass(frozen=True)
class Scored:
    """A run's scores: rows about the pages, one score per extraction and metric, and the reference answers, all sorted.

    `confusion` says how well inferred labels fit the pages that are labelled in full, None where there is none.
    """

    pages: list[dict[str, Any]]
    scores: list[Score]
    references: list[Extraction]
    confusion: Confusion | None


def score_pages(
    corpus: Corpus,
    extractions: Iterable[Extraction],
    chosen: Sequence[Metric],
    cache: Cache,
    tick: Callable[[], None] = lambda: None,
    tracks: Mapping[Track, Collection[str]] | None = None,
) -> Scored:
    """Score extractions against a corpus; on each of `tracks` (track → names of its competing extractors) the reference rows too.

    Only what the cache has not is computed. Raises StoreError for an extraction of a page that the corpus has not.
    """
    by_page: dict[str, list[Extraction]] = {entry.id: [] for entry in corpus.entries}
    for extraction in extractions:
        if extraction.page not in by_page:
            raise StoreError(f"The run has an extraction of {extraction.page}, which is not in {corpus.root}. Run the extractors again.")
        by_page[extraction.page].append(extraction)
    pages: list[dict[str, Any]] = []
    scores: list[Score] = []
    found: list[Extraction] = []
    compared: Counter[tuple[str, str]] = Counter()
    compared_sites: list[str] = []
    for page, gold in corpus:
        work = _Page(Case(page, gold), cache)
        fitting = [metric for metric in chosen if gold.coverage in metric.coverage]
        header = {key: gold.header.get(key) for key in ("url", "site", "type", "lang", "origin", "story")}
        facts = {"coverage": gold.coverage, "inferred": work.case.inferred, "labels": work.labels()}
        pages.append({"page": page.id, **header, **facts})
        made: list[Extraction] = []
        for track, names in (tracks or {}).items():
            if page.source(track) is not None:
                made += work.references(track, [each for each in by_page[page.id] if each.extractor in names])
        found += made
        scores += work.scores([*by_page[page.id], *made], fitting)
        if gold.coverage == "full" and page.html is not None:
            compared += work.confusion()
            compared_sites.append(gold.site)
        tick()
    scores.sort(key=lambda score: (score.extractor, score.page, score.metric))
    found.sort(key=lambda extraction: (extraction.extractor, extraction.page))
    known = Confusion(dict(sorted(compared.items())), len(compared_sites), len(set(compared_sites))) if compared_sites else None
    return Scored(pages, scores, found, known)


_LABELS_VERSION = "3"
"""Of the labels that tokens have (`harness.case`); raise it when some get another."""


class _Page:
    """One page's work, taken from the cache where that has it."""

    def __init__(self, case: Case, cache: Cache) -> None:
        self.case, self._cache = case, cache
        gold = case.gold
        inferred = [infer.VERSION] if gold.coverage == "body" else []
        lines = json.dumps([asdict(line) for line in gold.lines])
        self._base = digest(segment.VERSION, SCHEME, case.page.sha256, lines, gold.coverage, *inferred)
        # Where a flattened text is stored beside the HTML, `sha256` is of the HTML alone.
        self._with_text = digest(self._base, case.page.text)

    def labels(self) -> dict[str, dict[str, int]]:
        """Count the tokens of each label that each track offers."""
        labels: dict[str, dict[str, int]] = self._kept(
            digest("labels", _LABELS_VERSION, self._with_text),
            lambda: {track: dict(sorted(self.case.offered(track).items())) for track in TRACKS},
        )
        return labels

    def references(self, track: Track, extractions: Sequence[Extraction]) -> list[Extraction]:
        """Return the page's reference answers on one track."""
        answers = json.dumps(sorted((each.extractor, each.status, each.text) for each in extractions))
        kept = self._kept(
            digest("references", reference.VERSION, self._with_text, track, answers),
            lambda: {"rows": [without_timing(each) for each in reference.references(self.case, track, extractions)]},
        )
        # The cache goes by content: the same page under another name has the same answers.
        return [Extraction(**{**row, "page": self.case.page.id}) for row in kept["rows"]]

    def confusion(self) -> Counter[tuple[str, str]]:
        """Count the page's tokens by gold label and inferred label."""
        kept = self._kept(
            digest("confusion", _LABELS_VERSION, infer.VERSION, self._base),
            lambda: {"tokens": [[*pair, count] for pair, count in confusion([(self.case.page, self.case.gold)]).tokens.items()]},
        )
        return Counter({(gold, guess): count for gold, guess, count in kept["tokens"]})

    def scores(self, extractions: Sequence[Extraction], chosen: Sequence[Metric]) -> list[Score]:
        """Return the scores of all extractions under all metrics."""
        wanted: dict[tuple[str, str, str], str] = {}
        for answer in {extraction.text for extraction in extractions} | {""}:
            for metric in chosen:
                key = (metric.name, metric.version, answer)
                wanted[key] = digest(*key, self._base)
        known = self._cache.get(list(wanted.values()))
        found: dict[tuple[str, str, str], Any] = {}
        for key, cached_as in wanted.items():
            if (value := known.get(cached_as)) is None:
                value = _measure(self.case, key, chosen)
                self._cache.put(cached_as, value)
            found[key] = value
        return [_cell(extraction, metric, found) for extraction in extractions for metric in chosen]

    def _kept(self, cached_as: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        value: dict[str, Any] | None = self._cache.get([cached_as]).get(cached_as)
        if value is None:
            value = make()
            self._cache.put(cached_as, value)
        return value


def _measure(case: Case, key: tuple[str, str, str], chosen: Sequence[Metric]) -> dict[str, Any]:
    name, _, answer = key
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


def write(run: Run, scored: Scored) -> None:
    """Write a run's `pages.jsonl`, `scores.jsonl`, `references.jsonl` and `confusion.json`."""
    run.write_rows("pages.jsonl", scored.pages)
    run.write_rows("references.jsonl", map(without_timing, scored.references))
    known = scored.confusion or Confusion({}, 0, 0)
    tokens = [[*pair, count] for pair, count in known.tokens.items()]
    run.write_rows("confusion.json", [{"pages": known.pages, "sites": known.sites, "tokens": tokens, "version": known.version}])
    run.write_rows("scores.jsonl", ({**asdict(score), "counts": _triple(score.counts)} for score in scored.scores))


def read(run: Run) -> Scored:
    """Read what `write` wrote."""
    scores = [Score(**{**row, "counts": Counts(*row["counts"])}) for row in run.rows("scores.jsonl")]
    references = [Extraction(**row) for row in run.rows("references.jsonl")]
    (known,) = run.rows("confusion.json")
    tokens = {(gold, guess): count for gold, guess, count in known["tokens"]}
    compared = Confusion(tokens, known["pages"], known["sites"], known["version"]) if known["pages"] else None
    return Scored(list(run.rows("pages.jsonl")), scores, references, compared)


def _triple(counts: Counts) -> list[float]:
    return [counts.hits, counts.predicted, counts.expected]
