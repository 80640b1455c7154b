"""Statistics against hand-made cases, AEB's own aggregates, and an independent bootstrap."""

from __future__ import annotations

import json
import statistics
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.errors import StoreError
from harness.resample import Floats
from harness.stats import Cells, cells, label_rows, page_figures, rows


def make(hits: list[list[float]], predicted: list[list[float]], expected: list[float], sites: list[str]) -> Cells:
    names = tuple("abcdefgh"[: len(hits)])
    pages = tuple(f"s/p{number}" for number in range(len(sites)))
    counts = np.array([hits, predicted, [expected] * len(hits)], dtype=float)
    return Cells(names, pages, tuple(sites), counts[0], counts[1], counts[2])


def test_page_figures_follow_the_table_of_empty_cases() -> None:
    found = make([[0, 0, 0, 3]], [[0, 0, 7, 4]], [0, 7, 0, 6], ["s"] * 4)
    precision, recall, f1 = page_figures(found)
    assert precision.tolist() == [[1, 0, 0, 0.75]]
    assert recall.tolist() == [[1, 0, 0, 0.5]]
    assert f1.tolist() == [[1, 0, 0, 0.6]]


def test_the_mean_is_over_all_pages() -> None:
    found = make([[5, 0, 3]], [[5, 0, 4]], [5, 5, 6], ["x", "y", "z"])
    (row,) = rows(found, metric="m", average="page", slice_name="all", ranked=["a"])
    assert row.f1 == pytest.approx((1 + 0 + 0.6) / 3)
    assert row.precision == pytest.approx((1 + 0 + 0.75) / 3)


def test_ratio_average_leaves_empty_answers_out_of_precision() -> None:
    # AEB: P over pages with an answer, R over pages with a body, F1 of the two means
    found = make([[5, 0, 3]], [[5, 0, 4]], [5, 5, 6], ["x", "y", "z"])
    (row,) = rows(found, metric="m", average="ratio", slice_name="all", ranked=["a"])
    precision, recall = (1 + 0.75) / 2, (1 + 0 + 0.5) / 3
    assert row.precision == pytest.approx(precision)
    assert row.recall == pytest.approx(recall)
    assert row.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_pooled_counts_are_added_up_first() -> None:
    # trafilatura's evaluation: F1 = 2tp / (2tp + fp + fn) over all pages
    found = make([[5, 0, 3]], [[5, 0, 4]], [5, 5, 6], ["x", "y", "z"])
    (row,) = rows(found, metric="m", average="pool", slice_name="all", ranked=["a"])
    assert (row.precision, row.recall, row.f1) == (8 / 9, 8 / 16, 16 / (16 + 1 + 8))


def test_a_page_that_a_metric_leaves_out_is_in_no_mean() -> None:
    def ratios(hits: Floats, predicted: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
        share = np.divide(hits, predicted, out=np.full_like(hits, np.nan), where=predicted > 0)
        return share, share, share

    sites = [f"s{number}" for number in range(4)]
    found = replace(make([[4, 0, 2, 1], [4, 4, 4, 4]], [[4, 0, 4, 4], [4, 4, 4, 4]], [4] * 4, sites), ratios=ratios)
    table = rows(found, metric="m", average="page", slice_name="all", ranked=["a", "b"])
    assert table[0].f1 == pytest.approx((1 + 0.5 + 0.25) / 3)
    assert table[0].f1_interval is not None
    assert 0.25 <= table[0].f1_interval.low < table[0].f1_interval.high <= 1


def test_aeb_aggregates_are_reproduced(shared: Path) -> None:
    """Oracle: AEB's own `evaluate.py` (its README says 1e-9)."""
    systems = json.loads((shared / "oracles" / "aeb-shingles.json").read_text())["systems"]
    for figures in systems.values():
        triples = np.array([page[:3] for _, page in sorted(figures["pages"].items())])
        hits, predicted, expected = triples[:, 0], triples[:, 0] + triples[:, 1], triples[:, 0] + triples[:, 2]
        names = tuple(map(str, range(len(hits))))
        found = Cells(("a",), names, names, hits[None], predicted[None], expected[None])
        (row,) = rows(found, metric="shingles", average="ratio", slice_name="all", ranked=["a"])
        assert row.f1 == pytest.approx(figures["f1"], abs=1e-9)
        assert row.precision == pytest.approx(figures["precision"], abs=1e-9)
        assert row.recall == pytest.approx(figures["recall"], abs=1e-9)


def test_the_interval_is_that_of_an_independent_bootstrap() -> None:
    """Percentiles of a plain loop over sites with another generator; two bootstraps of 10,000 draws agree to about 0.01 here."""
    import random

    generator = random.Random(5)
    sites = [f"s{number // 2}" for number in range(60)]
    hits = [float(generator.randint(0, 10)) for _ in sites]
    found = make([hits], [[10.0] * 60], [10.0] * 60, sites)
    (row,) = rows(found, metric="m", average="page", slice_name="all", ranked=["a"])
    by_site: dict[str, list[float]] = {}
    for site, hit in zip(sites, hits, strict=True):
        by_site.setdefault(site, []).append(hit / 10)
    names = list(by_site)
    means = []
    for _ in range(4000):
        drawn = [value for name in generator.choices(names, k=len(names)) for value in by_site[name]]
        means.append(statistics.fmean(drawn))
    means.sort()
    assert row.f1_interval is not None
    assert row.f1_interval.low == pytest.approx(means[100], abs=0.01)
    assert row.f1_interval.high == pytest.approx(means[3899], abs=0.01)


def test_a_clear_lead_is_separable_and_noise_is_not() -> None:
    generator = np.random.default_rng(3)
    pages = 60
    base = generator.integers(60, 90, pages).astype(float)
    hits = np.stack([base, base - 20, base + generator.integers(-9, 10, pages)])
    names, hundred = tuple(map(str, range(pages))), np.full((3, pages), 100.0)
    found = Cells(("a", "b", "c"), names, names, hits, hundred, hundred)
    table = {row.extractor: row for row in rows(found, metric="m", average="page", slice_name="all", ranked=["a", "b", "c"])}
    leader = max("ac", key=lambda name: table[name].f1 or 0)
    other = "c" if leader == "a" else "a"
    assert table[leader].separable is None
    assert table[other].separable is False
    assert table["b"].separable is True
    assert table["b"].behind == pytest.approx((table["b"].f1 or 0) - (table[leader].f1 or 0))
    assert table["b"].rank == (3, 3)
    assert table[leader].rank == (1, 2)


def test_few_sites_never_make_a_claim() -> None:
    found = make([[9] * 12, [1] * 12], [[10] * 12] * 2, [10] * 12, [f"s{number}" for number in range(12)])
    table = {row.extractor: row for row in rows(found, metric="m", average="page", slice_name="all", ranked=["a", "b"])}
    assert table["b"].separable is False


def test_equal_extractors_share_the_better_rank() -> None:
    found = make([[5, 3, 4], [5, 3, 4]], [[9, 9, 9]] * 2, [9, 9, 9], ["x", "y", "z"])
    assert [row.rank for row in rows(found, metric="m", average="page", slice_name="all", ranked=["a", "b"])] == [(1, 1), (1, 1)]


def test_what_does_not_compete_neither_ranks_nor_leads_nor_is_beaten() -> None:
    sites = [f"s{number}" for number in range(30)]
    found = make([[9] * 30, [5, 3, 4] * 10, [1] * 30], [[9] * 30] * 3, [9] * 30, sites)
    better, ranked, worse = rows(found, metric="m", average="page", slice_name="all", ranked=["b"])
    assert better.rank is worse.rank is None
    assert better.separable is worse.separable is None
    assert ranked.rank == (1, 1)
    assert ranked.behind is None
    assert better.behind == pytest.approx(5 / 9)
    assert worse.behind == pytest.approx(-3 / 9)


def test_a_metric_that_no_page_has_gives_rows_without_figures() -> None:
    (row,) = rows(make([[]], [[]], [], []), metric="m", average="page", slice_name="all", ranked=["a"])
    assert (row.pages, row.f1, row.rank) == (0, None, None)


def test_a_small_slice_has_no_mean_and_one_site_no_interval() -> None:
    found = make([[9, 8, 9]], [[9, 9, 9]], [9, 9, 9], ["x", "x", "x"])
    (small,) = rows(found, metric="m", average="page", slice_name="type=news", ranked=["a"])
    assert (small.pages, small.f1, small.f1_interval) == (3, None, None)
    (whole,) = rows(found, metric="m", average="page", slice_name="all", ranked=["a"])
    assert whole.f1 is not None
    assert whole.f1_interval is None


def test_a_missing_cell_stops_everything() -> None:
    frame = pd.DataFrame([("a", "s/p", 1, 1, 1), ("b", "s/q", 1, 1, 1)], columns=["extractor", "page", "hits", "predicted", "expected"])
    with pytest.raises(StoreError, match="no score of a on s/q"):
        cells(frame, {"s/p": "s", "s/q": "s"}, ["a", "b"])


def test_label_rows_count_only_pages_that_have_the_label() -> None:
    totals = {"s/p": {"p": 10, "x-nav": 4}, "s/q": {"p": 20}}
    parts = {("a", "s/p"): {"p": 9, "x-nav": 1}, ("a", "s/q"): {"p": 20}}
    (row,) = label_rows(parts, totals, ["x-nav", "x-ad"])
    assert (row.extractor, row.label, row.pages, row.tokens, row.found, row.rate) == ("a", "x-nav", 1, 4, 1, 0.25)


def test_no_more_leaks_than_was_offered() -> None:
    (row,) = label_rows({("a", "s/p"): {"x-nav": 9}}, {"s/p": {"x-nav": 4}}, ["x-nav"])
    assert row.rate == 1
