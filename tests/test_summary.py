"""A whole summary from score rows: slices with their n, quartiles of complexity, pairs and groups, who competes, the verdict's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from harness.records import Counts
from harness.score import HEADLINE, Metric, Score
from harness.slices import complexity, quartiles, slices
from harness.stats import FEWEST_SITES
from harness.summary import Summary, TrackSummary, summarise

ALIGNMENT = Metric(HEADLINE, "1", "page", ModuleType("alignment", "The headline."))
WORDS = Metric("words", "1", "page", ModuleType("words", "Words."))
SNIPPETS = Metric("snippets", "1", "pool", ModuleType("snippets", "Phrases."), coverage=("snippets",))
# Hits of 100 on page i of 40; "gold" and "everything" do not compete.
HITS: Mapping[str, Callable[[int], int]] = {
    "alpha": lambda i: 90 - i % 7, "beta": lambda i: 89 - (i + 3) % 7, "gamma": lambda i: 60 - i % 5, "gold": lambda i: 100,
    "everything": lambda i: 50 + i % 3,
}  # fmt: skip
KINDS = {"gold": "reference", "everything": "baseline"}


def page(number: int, site: str, body: int = 100, clutter: int = 20, **changes: Any) -> dict[str, Any]:
    labels = {"p": body, "x-nav": clutter}
    row = {"page": f"{site}/p{number:02}", "site": site, "type": "news" if number % 2 else "blog", "lang": "de", "origin": None}
    return {**row, "coverage": "full", "labels": {"html": labels, "text": {"p": body}}, **changes}


def summary_of(
    pages: Sequence[Mapping[str, Any]], names: Sequence[str] = tuple(HITS), metrics: Sequence[Metric] = (ALIGNMENT, WORDS)
) -> Summary:
    scores = [
        Score(name, row["page"], metric.name, "ok" if i else "timeout", Counts(HITS[name](i) - (metric is WORDS) * (i % 2), 100, 100), {})
        for name in names
        for metric in metrics
        for i, row in enumerate(pages)
        if row["coverage"] in metric.coverage
    ]
    extractors = [
        {"name": name, "plugin": name, "track": "html", "category": KINDS.get(name, "extractor"), "version": "1", "about": "",
         "options": {}, "did_not_run": ""}
        for name in names
    ]  # fmt: skip
    return summarise("sample", {"extractors": extractors, "gold": "0123456789abcdef"}, pages, scores, metrics, ())


def pages_of(sites: int, count: int = 40) -> list[dict[str, Any]]:
    return [page(number, f"s{number % sites:02}", clutter=10 * (1 + number)) for number in range(count)]


@pytest.fixture(scope="module")
def track() -> TrackSummary:
    return summary_of(pages_of(20)).tracks[0]


def test_every_kind_of_slice_with_its_n(track: TrackSummary) -> None:
    sizes = {row.slice: (row.pages, row.sites) for row in track.rows if row.metric == HEADLINE and row.extractor == "alpha"}
    assert sizes.pop("all") == (40, 20)
    assert {name: size for name, size in sizes.items() if not name.startswith("site=")} == {
        "type=blog": (20, 10), "type=news": (20, 10), "lang=de": (40, 20),
        "complexity=q1": (10, 10), "complexity=q2": (10, 10), "complexity=q3": (10, 10), "complexity=q4": (10, 10),
    }  # fmt: skip
    assert [size for name, size in sizes.items() if name.startswith("site=")] == [(2, 1)] * 20


def test_under_ten_pages_there_is_no_mean_and_other_metrics_do_not_list_such_sites(track: TrackSummary) -> None:
    small = [row for row in track.rows if row.slice.startswith("site=")]
    assert {row.metric for row in small} == {HEADLINE}
    assert {(row.f1, row.f1_interval, row.rank) for row in small} == {(None, None, None)}
    large = summary_of(pages_of(2)).tracks[0]
    rows = [row for row in large.rows if row.slice == "site=s01" and row.extractor == "alpha"]
    assert [(row.metric, row.pages, row.sites, row.f1_interval) for row in rows] == [(HEADLINE, 20, 1, None), ("words", 20, 1, None)]
    assert rows[0].f1 == pytest.approx(np.mean([HITS["alpha"](i) for i in range(1, 40, 2)]) / 100)


def test_statuses_are_counted_within_the_slice(track: TrackSummary) -> None:
    found = {row.slice: row.statuses for row in track.rows if row.extractor == "beta" and row.metric == "words"}
    assert (found["all"]["ok"], found["all"]["timeout"], found["type=blog"]["timeout"], found["type=news"]["timeout"]) == (39, 1, 1, 0)


def test_complexity_is_the_share_that_is_not_body() -> None:
    known: dict[str, dict[str, Any]] = {row["page"]: row for row in (page(1, "s", 75, 25), page(2, "s", 0, 3), page(3, "s", 0, 0))}
    known["s/p04"] = page(4, "s", coverage="snippets")
    assert complexity(known, "html") == {"s/p01": 0.25, "s/p02": 1}
    assert complexity(known, "text") == {"s/p01": 0}


def test_quartiles_by_hand() -> None:
    bounds, quarters = quartiles(dict(zip("abcde", [0.1, 0.2, 0.3, 0.4, 0.9], strict=True)))
    assert bounds == pytest.approx((0.1, 0.2, 0.3, 0.4, 0.9))
    assert quarters == {"a": 1, "b": 1, "c": 2, "d": 3, "e": 4}
    assert quartiles({"a": 0.5, "b": 0.5}) == ((0.5,) * 5, {"a": 1, "b": 1})
    assert quartiles({}) == ((), {})


def test_bounds_of_the_complexity_slices_are_given(track: TrackSummary) -> None:
    shares = sorted(clutter / (100 + clutter) for clutter in range(10, 401, 10))
    assert track.complexity == pytest.approx(np.quantile(shares, [0, 0.25, 0.5, 0.75, 1]).tolist())


def test_slices_hold_each_page_once() -> None:
    known = {row["page"]: row for row in pages_of(3, 9)}
    found = slices(known, sorted(known), dict.fromkeys(known, 1), small_sites=True)
    for kind in ("type", "lang", "complexity", "site"):
        masks = np.array([part.mask for part in found if part.name.startswith(kind)])
        assert masks.sum(axis=0).tolist() == [1] * 9
    assert not [part for part in found if part.name.startswith("origin")]


def test_only_extractors_compete(track: TrackSummary) -> None:
    assert {(pair.first, pair.second) for pair in track.pairs} == {("alpha", "beta"), ("alpha", "gamma"), ("beta", "gamma")}
    groups = {spread.extractor: spread.group for spread in track.spreads}
    assert groups.keys() == HITS.keys()
    assert groups["gold"] == groups["everything"] == ""
    assert not set(groups["alpha"]) & set(groups["gamma"])
    ranked = {row.extractor for row in track.table() if row.rank}
    assert ranked == {"alpha", "beta", "gamma"}
    assert {row.extractor for row in track.disagreements} <= ranked
    assert {(one.first, one.second, one.extractors) for one in track.correlations} == {(HEADLINE, "words", 3)}
    assert track.table()[0].extractor == "gold"
    assert "gold" not in track.verdict


def test_verdict_and_separable_follow_the_adjusted_p(track: TrackSummary) -> None:
    rows = {row.extractor: row for row in track.table()}
    for pair in track.pairs:
        if pair.first == "alpha":
            assert rows[pair.second].separable == (pair.adjusted < 0.05)
    assert rows["gamma"].separable is True
    assert "It is better than" in track.verdict
    assert "gamma" in track.verdict


def test_on_fewer_than_twenty_sites_nothing_is_claimed() -> None:
    track = summary_of(pages_of(FEWEST_SITES - 1)).tracks[0]
    assert "19 sites are too few to say that it is better than any other here" in track.verdict
    assert {spread.group for spread in track.spreads} == {"a", ""}
    assert {row.separable for row in track.table() if row.rank} == {None, False}
    assert len(track.pairs) == 3


def test_two_extractors_are_not_correlated() -> None:
    assert summary_of(pages_of(20), ["alpha", "beta", "gold"]).tracks[0].correlations == ()


def test_each_metric_has_the_pages_of_its_kind_of_gold() -> None:
    pages = pages_of(20)
    for row in pages[:12]:
        row["coverage"] = "snippets"
    track = summary_of(pages, metrics=(ALIGNMENT, WORDS, SNIPPETS)).tracks[0]
    assert {(row.metric, row.pages) for row in track.rows if row.slice == "all"} == {(HEADLINE, 28), ("words", 28), ("snippets", 12)}
    assert "|n:28/20|" in track.signatures[HEADLINE]
    assert "|n:12/12|" in track.signatures["snippets"]
    assert {(one.first, one.second) for one in track.correlations} == {(HEADLINE, "words"), (HEADLINE, "snippets"), ("words", "snippets")}


def test_a_run_without_the_headline_has_its_tables_and_nothing_else() -> None:
    track = summary_of(pages_of(20), metrics=(WORDS,)).tracks[0]
    assert track.table("words")[1].behind is None
    assert (track.pairs, track.spreads, track.disagreements, track.correlations) == ((), (), (), ())


def test_equal_inputs_give_equal_summaries(track: TrackSummary) -> None:
    assert summary_of(pages_of(20)).tracks[0] == track
