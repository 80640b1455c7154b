"""Draws, flips and p-values against scipy, exact enumeration and hand counts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.stats

from harness.averages import AVERAGES
from harness.resample import (
    DRAWS,
    Floats,
    PValues,
    bootstrap,
    by_site,
    flip_test,
    holm,
    pairs_of,
    ranks,
    site_signs,
    site_weights,
)

MEAN = AVERAGES["page"].figures


def sums_of(values: Floats, sites: list[str] | None = None) -> Floats:
    """Sums by site of page F1 of shape (extractors, pages), as the average "page" has them."""
    pages = sites or [f"s{number:02}" for number in range(values.shape[1])]
    return by_site(AVERAGES["page"].terms(np.zeros((3, *values.shape)), np.stack([values] * 3)), pages)


def every_sign(sites: int) -> list[Floats]:
    return [np.array(list(product((-1.0, 1.0), repeat=sites)))]


def test_terms_are_added_up_by_site() -> None:
    sums = by_site(np.array([[[1.0, 2.0, 4.0, 8.0]]]), ["b", "a", "b", "c"])
    assert sums.tolist() == [[[2.0]], [[5.0]], [[8.0]]]


@pytest.mark.parametrize("sites", [2, 7, 1500])
def test_draws_take_as_many_sites_as_there_are(sites: int) -> None:
    drawn = np.concatenate(list(site_weights(sites, draws=1100)))
    assert drawn.shape == (1100, sites)
    assert (drawn.sum(axis=1) == sites).all()
    assert drawn.mean(axis=0) == pytest.approx(1, abs=0.2)
    assert (np.concatenate(list(site_weights(sites, draws=1100))) == drawn).all()


def test_signs_are_even_and_seeded() -> None:
    signs = np.concatenate(list(site_signs(40)))
    assert signs.shape == (DRAWS, 40)
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert signs.mean(axis=0) == pytest.approx(0, abs=0.05)
    assert (np.concatenate(list(site_signs(40))) == signs).all()


def test_ten_thousand_draws() -> None:
    assert DRAWS == 10_000  # DESIGN section 6 and scoring.md section 4


def test_the_bootstrap_is_scipys() -> None:
    """Percentiles of the mean of 40 values, one a site: scipy.stats.bootstrap with a generator of its own."""
    values = np.random.default_rng(1).beta(5, 2, 40)
    drawn = MEAN(bootstrap(sums_of(values[None])))[2][:, 0]
    theirs = scipy.stats.bootstrap((values,), np.mean, method="percentile", n_resamples=20_000, rng=2)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert low == pytest.approx(theirs.confidence_interval.low, abs=0.003)
    assert high == pytest.approx(theirs.confidence_interval.high, abs=0.003)
    assert drawn.std() == pytest.approx(theirs.standard_error, rel=0.03)


@pytest.mark.parametrize("sites", [6, 8, 10])
def test_p_is_scipys_exact_permutation_test(sites: int) -> None:
    """Paired permutation test with all 2^sites exchanges, mean difference, two-sided."""
    values = np.random.default_rng(sites).beta(5, 2, (2, sites)) + np.array([[0.1], [0.0]])
    theirs = scipy.stats.permutation_test(
        tuple(values), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples", vectorized=True, n_resamples=np.inf
    )
    exact = flip_test(sums_of(values), MEAN, every_sign(sites))
    # One more draw than scipy counts: the observed order, (1 + b) / (1 + draws).
    assert (exact.p[0] * (2**sites + 1) - 1) / 2**sites == pytest.approx(theirs.pvalue)
    drawn = flip_test(sums_of(values), MEAN, site_signs(sites))
    assert drawn.p[0] == pytest.approx(theirs.pvalue, abs=4 * np.sqrt(theirs.pvalue / DRAWS))


def test_six_sites_by_enumeration() -> None:
    """Three extractors on nine pages of six sites: p and max-T counted in a plain loop over the 64 sign patterns."""
    sites = list("aaabcdeff")
    values = np.round(np.random.default_rng(4).random((3, 9)), 3)
    pairs = [(0, 1), (0, 2), (1, 2)]
    totals = [[sum(values[i, p] - values[j, p] for p in range(9) if sites[p] == site) for site in "abcdef"] for i, j in pairs]
    scale = [sum(total**2 for total in row) ** 0.5 for row in totals]
    observed = [abs(sum(row)) / size for row, size in zip(totals, scale, strict=True)]
    hits, family = [0, 0, 0], [0, 0, 0]
    for signs in product((-1, 1), repeat=6):
        flipped = [abs(sum(s * t for s, t in zip(signs, row, strict=True))) / size for row, size in zip(totals, scale, strict=True)]
        for pair in range(3):
            hits[pair] += flipped[pair] >= observed[pair] - 1e-9
            family[pair] += max(flipped) >= observed[pair] - 1e-9
    found = flip_test(sums_of(values, sites), MEAN, every_sign(6))
    assert (found.p * 65 - 1).tolist() == pytest.approx(hits)
    # The scale is over the 64 patterns and the observed one, so it is not quite that of the loop; no count hangs on that here.
    assert (found.adjusted * 65 - 1).tolist() == pytest.approx(family)


def test_a_ratio_of_sums_is_tested_by_exchanging_whole_sites() -> None:
    """AEB's F1 under every exchange of two extractors' answers, in a plain loop."""
    generator = np.random.default_rng(6)
    expected = np.full((2, 5), 10.0)
    predicted = generator.integers(0, 3, (2, 5)) * 6.0
    hits = np.floor(np.minimum(predicted, expected) * generator.random((2, 5)))
    average = AVERAGES["ratio"]
    ratios = np.stack([hits / np.maximum(predicted, 1), hits / expected, 2 * hits / (predicted + expected)])
    sums = by_site(average.terms(np.stack([hits, predicted, expected]), ratios), list("abcde"))

    def f1(row: list[int]) -> float:
        answered = [page for page in range(5) if predicted[row[page], page]]
        precision = sum(hits[row[page], page] / predicted[row[page], page] for page in answered) / len(answered) if answered else 0.0
        recall = sum(hits[row[page], page] / 10 for page in range(5)) / 5
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    observed = abs(f1([0] * 5) - f1([1] * 5))
    extreme = sum(abs(f1(list(row)) - f1([1 - one for one in row])) >= observed - 1e-12 for row in product((0, 1), repeat=5))
    found = flip_test(sums, average.figures, every_sign(5))
    assert found.p[0] * 33 - 1 == pytest.approx(extreme)


def test_equal_extractors_have_p_one() -> None:
    values = np.random.default_rng(7).random((1, 25))
    found = flip_test(sums_of(np.concatenate([values, values, values - 0.5])), MEAN, site_signs(25))
    assert found.p[0] == found.adjusted[0] == 1
    assert found.p[1] == pytest.approx(1 / (DRAWS + 1))
    assert found.adjusted[2] == pytest.approx(1 / (DRAWS + 1))


def test_a_noisy_pair_does_not_hide_a_steady_one() -> None:
    """A lead of 0.01 on every page beside an extractor that is right or wrong by chance: max-T over plain differences would lose it."""
    generator = np.random.default_rng(8)
    base = generator.uniform(0.6, 0.7, 40)
    values = np.stack([base + 0.01, base, generator.integers(0, 2, 40).astype(float)])
    assert flip_test(sums_of(values), MEAN, site_signs(40)).adjusted[0] < 0.001


def test_the_family_wise_error_is_held() -> None:
    """Five extractors that differ only by noise, 300 times: any pair is called different in about 5 % (binomial, 3.5 σ)."""
    generator = np.random.default_rng(9)
    wrong = 0
    for _ in range(300):
        pages = generator.normal(0, 1, (1, 60)) + generator.normal(0, 1, (5, 60)) + np.repeat(generator.normal(0, 1, (5, 30)), 2, axis=1)
        sums = sums_of(pages, [f"s{number // 2:02}" for number in range(60)])
        wrong += bool((flip_test(sums, MEAN, site_signs(30, draws=500)).adjusted < 0.05).any())
    assert wrong == pytest.approx(15, abs=3.5 * np.sqrt(300 * 0.05 * 0.95))


def test_adjusted_p_is_never_less_than_the_pairs_own() -> None:
    values = np.random.default_rng(10).random((6, 30)) + np.linspace(0, 0.3, 6)[:, None]
    found: PValues = flip_test(sums_of(values), MEAN, site_signs(30))
    assert (found.adjusted >= found.p).all()
    assert found.p.shape == (15,)


def test_holm_by_hand() -> None:
    # Sorted 0.005, 0.01, 0.03, 0.04 × 4, 3, 2, 1 = 0.02, 0.03, 0.06, 0.04, never falling.
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.5, 0.9])).tolist() == [1, 1]
    assert holm(np.array([])).tolist() == []


def test_pairs_go_in_order() -> None:
    assert [(int(i), int(j)) for i, j in zip(*pairs_of(3), strict=True)] == [(0, 1), (0, 2), (1, 2)]


def test_ranks_are_scipys() -> None:
    figures = np.round(np.random.default_rng(11).random((50, 9)), 1)
    assert (ranks(figures) == scipy.stats.rankdata(-figures, method="min", axis=1)).all()
    assert ranks(np.array([[0.1 + 0.2, 0.3]])).tolist() == [[1, 1]]
