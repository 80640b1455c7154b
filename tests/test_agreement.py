"""Rank correlations against scipy, and the pages on which two metrics differ most."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from harness.agreement import correlations, disagreements, kendall, spearman
from harness.resample import Floats
from harness.stats import Cells, Row


@pytest.mark.parametrize("decimals", [1, 2, 8])
@pytest.mark.parametrize("count", [3, 5, 20])
def test_coefficients_are_scipys_with_and_without_ties(count: int, decimals: int) -> None:
    generator = np.random.default_rng(count)
    for _ in range(10):
        x = np.round(generator.random(count), decimals)
        y = np.round(x / 2 + generator.random(count) / 2, decimals)
        if len(set(x)) > 1 and len(set(y)) > 1:
            assert spearman(x, y) == pytest.approx(scipy.stats.spearmanr(x, y).statistic)
            assert kendall(x, y) == pytest.approx(scipy.stats.kendalltau(x, y, variant="b").statistic)


def test_all_equal_has_no_coefficient() -> None:
    flat, rising = np.ones(4), np.arange(4.0)
    assert math.isnan(spearman(flat, rising))
    assert math.isnan(kendall(rising, flat))


def table(**figures: list[float]) -> list[Row]:
    return [Row(name, metric, "all", 9, 9, f1=f1) for metric, values in figures.items() for name, f1 in zip("abcd", values, strict=True)]


def test_every_two_metrics_over_those_that_compete() -> None:
    rows = table(alignment=[0.9, 0.8, 0.7, 0.1], words=[0.5, 0.6, 0.4, 0.9], edit=[0.3, 0.2, 0.1, 0.0])
    rows += [replace(row, slice="lang=de", f1=0.5) for row in rows]
    found = correlations(rows, ["a", "b", "c"])
    assert [(one.first, one.second, one.extractors) for one in found] == [
        ("alignment", "words", 3), ("alignment", "edit", 3), ("words", "edit", 3),
    ]  # fmt: skip
    # a and b swap places: rho = 1 - 6·2/(3·8), tau = (2 - 1)/3
    assert [one.spearman for one in found] == pytest.approx([0.5, 1, 0.5])
    assert [one.kendall for one in found] == pytest.approx([1 / 3, 1, 1 / 3])


def test_last_bits_are_ties() -> None:
    (one,) = correlations(table(x=[0.1 + 0.2, 0.3, 0.5, 0.6], y=[0.2, 0.2, 0.5, 0.6]), list("abcd"))
    assert one.kendall == pytest.approx(1)


def test_two_extractors_or_a_metric_without_figures_are_not_correlated() -> None:
    assert correlations(table(x=[1, 2, 3, 4], y=[1, 2, 3, 4]), ["a", "b"]) == []
    rows = table(x=[1, 2, 3, 4]) + [replace(row, f1=None) for row in table(y=[1, 2, 3, 4])]
    assert correlations(rows, ["a", "b", "c"]) == []


def cells(f1: Floats, pages: str) -> Cells:
    ten = np.full(f1.shape, 10.0)
    return Cells(tuple("abc"), tuple(pages), tuple(pages), f1 * 10, ten, ten)


def test_pages_once_each_with_the_extractor_furthest_apart() -> None:
    headline = cells(np.array([[0.9, 0.5, 0.2], [0.9, 0.9, 0.2], [0.0, 0.0, 0.0]]), "pqr")
    other = cells(np.array([[0.8, 0.1, 0.2], [0.6, 0.8, 0.2], [1.0, 1.0, 1.0]]), "pqr")
    found = disagreements({"alignment": headline, "words": other}, "alignment", ["a", "b"])
    assert [(row.page, row.extractor, row.first, row.second, row.first_f1, row.second_f1) for row in found] == [
        ("q", "a", "alignment", "words", 0.5, 0.1), ("p", "b", "alignment", "words", 0.9, 0.6),
    ]  # fmt: skip


def test_at_most_five_pages_and_only_those_that_both_cover() -> None:
    headline = cells(np.zeros((3, 8)), "pqrstuvw")
    other = cells(np.ones((3, 7)), "qrstuvx")
    found = disagreements({"alignment": headline, "words": other}, "alignment", ["c", "b"])
    assert [(row.page, row.extractor) for row in found] == [(page, "c") for page in "qrstu"]


def test_a_page_that_a_metric_leaves_out_is_no_disagreement() -> None:
    def ratios(hits: Floats, predicted: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
        values = np.where(hits == 0, np.nan, hits / predicted)
        return values, values, values

    other = replace(cells(np.array([[0.0, 0.5]] * 3), "pq"), ratios=ratios)
    found = disagreements({"alignment": cells(np.ones((3, 2)), "pq"), "edit": other}, "alignment", ["a"])
    assert [row.page for row in found] == ["q"]


def test_no_headline_no_disagreement() -> None:
    assert disagreements({"words": cells(np.ones((3, 1)), "p")}, "alignment", ["a"]) == []
