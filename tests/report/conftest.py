"""A small run drawn together: three extractors × four pages × three sites, one that did not run, and a second track."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from harness.confusion import Confusion
from harness.records import UNLABELLED, Counts
from harness.score import Metric, Score
from harness.stats import Correlation, Disagreement, Interval, LabelRow, Pair, Row, Spread
from harness.summary import Entrant, Failure, Summary, summarise

METRICS = (
    Metric("alignment", "1|tok:x", "page", ModuleType("alignment", "The headline.")),
    Metric("shingles", "1", "ratio", ModuleType("shingles", "Shingles of four words.")),
)
# (hits, predicted, expected) and how it ended, per page a/one, a/two, b/one, c/one.
CELLS: Mapping[str, list[tuple[int, int, int, str]]] = {
    "alpha": [(80, 100, 100, "ok"), (50, 50, 100, "ok"), (100, 100, 100, "ok"), (0, 0, 50, "timeout")],
    "beta": [(60, 80, 100, "ok"), (0, 0, 100, "empty"), (50, 100, 100, "ok"), (50, 50, 50, "ok")],
    "everything": [(100, 200, 100, "ok"), (100, 200, 100, "ok"), (100, 200, 100, "ok"), (50, 100, 50, "ok")],
    "lines": [(100, 100, 100, "ok"), (100, 100, 100, "ok"), (100, 100, 100, "ok"), (50, 50, 50, "ok")],
}
PAGES = ("a/one", "a/two", "b/one", "c/one")
# Words per label on each page; and of them what each extractor let out on a/one, nothing elsewhere.
LABELS = {"a/one": {"p": 100, "x-nav": 20, "x-ad": 5, "title": 7}, "a/two": {"p": 90, "h": 10}, "b/one": {"p": 100}, "c/one": {"p": 50}}
PARTS = {"alpha": {"p": 80, "x-nav": 10, "invented": 10}, "beta": {"p": 60, "x-nav": 20}, "everything": {"p": 100, "x-nav": 20, "x-ad": 5}}

HOSTILE = "<script>alert(1)</script>|`*$\n\u202e"


def _extractor(name: str, **changes: Any) -> dict[str, Any]:
    kinds = {"everything": "baseline"}
    facts: dict[str, Any] = {
        "name": name, "plugin": name, "track": "text" if name == "lines" else "html", "category": kinds.get(name, "extractor"),
        "version": "1.0", "about": f"{name}, a tool.\n\nMIT.", "options": {}, "did_not_run": "",
    }  # fmt: skip
    return {**facts, **changes}


@pytest.fixture
def make() -> Callable[..., Summary]:
    """Return a builder of summaries. `names` run; `sites` renames the pages' sites; `extra` are further extractors' facts."""

    def build(
        names: tuple[str, ...] = ("alpha", "beta", "everything"), sites: Mapping[str, str] | None = None, extra: tuple[str, ...] = (),
        coverage: str = "full", failures: tuple[Failure, ...] = (),
    ) -> Summary:  # fmt: skip
        pages = [
            {"page": page, "site": (sites or {}).get(page[0], page[0]), "type": "news", "lang": "en", "origin": "original",
             "coverage": coverage, "labels": {"html": LABELS[page], "text": LABELS[page]}}
            for page in PAGES
        ]  # fmt: skip
        scores = [
            Score(name, page, metric.name, status, Counts(hits, predicted, expected), PARTS.get(name, {}) if page == "a/one" else {})
            for name in names
            for page, (hits, predicted, expected, status) in zip(PAGES, CELLS[name], strict=True)
            for metric in METRICS
        ]
        absent = [_extractor(name, did_not_run="no wheel for this system", version="") for name in extra]
        facts = {"extractors": [_extractor(name) for name in names] + absent, "gold": "0123456789abcdef"}
        return summarise("sample", facts, pages, scores, METRICS, failures)

    return build


@pytest.fixture
def summary(make: Callable[..., Summary]) -> Summary:
    """Both tracks, a failure, an extractor that did not run."""
    failure = Failure("alpha", "c/one", "timeout", "still running after 20 s")
    return make(("alpha", "beta", "everything", "lines"), extra=("gone",), failures=(failure,))


@pytest.fixture
def compared(summary: Summary) -> Summary:
    """The same with everything that is measured beside the headline, in figures made up by hand.

    Over the html track's four pages: alpha leads beta under alignment and trails it under words; a reference row "oracle"; `p` and
    `x-nav` inferred, `x-unlabelled` not told apart; a confusion of 100 words.
    """
    track = summary.tracks[0]
    words = Metric("words", "1", "page", ModuleType("words", "Bags of <words>.\n\nMore."))
    phrases = Metric("segments", "1", "pool", ModuleType("segments", "Phrases."))
    f1 = {"beta": 0.75, "alpha": 0.5, "everything": 0.25, "oracle": 1.0}
    oracle = Entrant("oracle", "", "html", "reference", "", "The best answer per page.\n\nMore.", {}, "")
    rows = (
        *track.rows,
        *(replace(row, extractor="oracle", precision=1.0, recall=0.9, f1=0.95) for row in track.rows if row.extractor == "everything"),
        *(Row(name, "words", "all", 3, 3, value, value, value) for name, value in f1.items()),
    )
    track = replace(
        track,
        entrants=(*track.entrants, oracle),
        rows=rows,
        signatures={**track.signatures, "words": "words|n:3/3"},
        leaks=tuple(
            row
            for name in ("alpha", "beta", "everything", "oracle")
            for row in (LabelRow(name, "x-nav", 6, 20, 5, True), LabelRow(name, "x-nav", 5, 10, 1), LabelRow(name, UNLABELLED, 7, 40, 10))
        ),
        losses=tuple(LabelRow(name, "p", 7, 100, 80, True) for name in ("alpha", "beta", "everything", "oracle")),
        page_rows=tuple(replace(row, f1={**row.f1, "oracle": 1.0}) for row in track.page_rows),
        pairs=(Pair("beta", "alpha", -0.075, Interval(-0.25, 0.0125), 0.0234, 0.0456, 0.1, 0.123),),
        spreads=(
            Spread("alpha", 0.61, Interval(0.5, 0.7), 0.75, 2, 1, 1, "a"),
            Spread("beta", 0.55, Interval(0.4, 0.66), 0.5833, 1, 1, 1, "ab"),
            Spread("oracle", 0.95, None, 0.96, 4, 0, 2, ""),
        ),
        correlations=(
            Correlation("alignment", "shingles", 1.0, 1.0, 2),
            Correlation("alignment", "words", -1.0, -0.996, 2),
            Correlation("shingles", "words", 0.5, 0.25, 2),
        ),
        disagreements=(Disagreement("a/one", "alpha", "alignment", "words", 0.8, 0.25),),
    )
    tokens = {("x-nav", "x-nav"): 60, ("x-nav", "x-ad"): 20, ("x-ad", "x-nav"): 10, ("p", "p"): 8, ("q", "p"): 2}
    metrics = (*summary.metrics, words, phrases)
    return replace(
        summary, tracks=(track, *summary.tracks[1:]), metrics=metrics, coverage="body", confusion=Confusion(tokens, 12, 9, "inf:x")
    )


@pytest.fixture
def hostile(summary: Summary) -> Summary:
    """The same with markup, pipes, line ends and a direction mark in everything that comes from pages and extractors."""
    track = summary.tracks[0]
    span = Interval(0.0, 0.1)

    def name(old: str) -> str:
        return HOSTILE if old == "alpha" else old

    track = replace(
        track,
        entrants=tuple(
            replace(one, name=name(one.name), about=HOSTILE, version=HOSTILE, options={HOSTILE: HOSTILE}, reason=one.reason and HOSTILE)
            for one in track.entrants
        ),
        rows=tuple(replace(row, extractor=name(row.extractor), slice=row.slice.replace("news", HOSTILE)) for row in track.rows),
        leaks=tuple(LabelRow(name(row.extractor), HOSTILE, 6, 20, 10) for row in track.leaks),
        losses=tuple(replace(row, extractor=name(row.extractor)) for row in track.losses),
        pairs=(Pair(HOSTILE, "beta", 0.1, span, 0.1, 0.1, 0.1, 0.1),),
        spreads=(Spread(HOSTILE, 0.5, span, 0.5, 1, 1, 1, HOSTILE),),
        correlations=(Correlation("alignment", HOSTILE, 0.5, 0.5, 2),),
        disagreements=(Disagreement(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 0.5, 0.1),),
        verdict=HOSTILE,
        page_rows=tuple(
            replace(
                row,
                page=HOSTILE + row.page,
                site=HOSTILE,
                type=HOSTILE,
                language=HOSTILE,
                f1={name(one): f1 for one, f1 in row.f1.items()},
            )
            for row in track.page_rows
        ),
    )
    failures = (Failure(HOSTILE, HOSTILE, "error", HOSTILE + "x" * 1000 + "\ud800\x00\x1b[31m"),)
    absent = tuple(one for one in track.entrants if one.reason)
    return replace(summary, corpus=HOSTILE, tracks=(track, *summary.tracks[1:]), failures=failures, did_not_run=absent)
