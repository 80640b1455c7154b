"""Paired differences, what can be detected, groups and spreads against hand formulas and made cases."""

from __future__ import annotations

import statistics
from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.pairs import _alphabet, compare, letters, spreads
from harness.resample import DRAWS, Floats
from harness.stats import Cells, rows


def make(f1: Floats, sites: list[str]) -> Cells:
    """Cells with the given page F1, in thousandths."""
    names = tuple("abcdefgh"[: len(f1)])
    thousand = np.full(f1.shape, 1000.0)
    return Cells(names, tuple(f"p{number:03}" for number in range(len(sites))), tuple(sites), np.round(f1 * 1000), thousand, thousand)


def sites_of(pages: int, per_site: int = 1) -> list[str]:
    return [f"s{number // per_site:02}" for number in range(pages)]


@pytest.fixture
def found() -> Cells:
    """Forty pages of twenty sites; b is a little better than a, c much worse, d a baseline better than all."""
    generator = np.random.default_rng(0)
    base = generator.uniform(0.5, 0.8, 40)
    return make(np.stack([base, base + 0.02 + generator.normal(0, 0.02, 40), base - 0.3, base + 0.19]), sites_of(40, 2))


def test_every_pair_of_those_that_compete_the_better_first(found: Cells) -> None:
    table = compare(found, ["a", "b", "c"])
    assert [(pair.first, pair.second) for pair in table] == [("b", "a"), ("b", "c"), ("a", "c")]
    means = dict(zip("abcd", (found.hits / 1000).mean(axis=1), strict=True))
    for pair in table:
        assert pair.difference == pytest.approx(means[pair.first] - means[pair.second])
        assert pair.interval.low < pair.difference < pair.interval.high
        assert 1 / (DRAWS + 1) - 1e-12 <= pair.p <= pair.adjusted <= 1
        assert pair.p <= pair.holm
    assert table[2].adjusted < 0.05


def test_a_pairs_interval_is_that_of_the_leaderboard(found: Cells) -> None:
    row = rows(found, metric="m", average="page", slice_name="all", ranked=["a", "b", "c"])[2]
    pair = compare(found, ["a", "b", "c"])[1]
    assert row.behind_interval is not None
    assert (-row.behind_interval.high, -row.behind_interval.low) == pytest.approx((pair.interval.low, pair.interval.high))


def test_detectable_by_hand() -> None:
    # Differences .1 .3 | .2 | 0 on sites x, y, z: mean .15; site sums less n·mean: .1, .05, -.15
    # √(3/2 · (.01 + .0025 + .0225)) / 4 = .057282…, × 2.80
    (pair,) = compare(make(np.array([[0.6, 0.8, 0.7, 0.5], [0.5, 0.5, 0.5, 0.5]]), ["x", "x", "y", "z"]), ["a", "b"])
    assert pair.difference == pytest.approx(0.15)
    assert pair.detectable == pytest.approx(2.80 * (1.5 * 0.035) ** 0.5 / 4)


def test_one_page_a_site_makes_detectable_the_paired_t_tests() -> None:
    generator = np.random.default_rng(1)
    values = np.round(generator.random((2, 50)), 3)
    (pair,) = compare(make(values, sites_of(50)), ["a", "b"])
    assert pair.detectable == pytest.approx(2.80 * statistics.stdev(values[0] - values[1]) / 50**0.5)


def test_nothing_to_compare() -> None:
    one_site = make(np.array([[0.5, 0.6], [0.4, 0.4]]), ["x", "x"])
    assert compare(one_site, ["a", "b"]) == []
    assert compare(make(np.array([[0.5, 0.6], [0.4, 0.4]]), ["x", "y"]), ["a"]) == []


def test_the_macro_mean_is_the_mean_of_the_sites_means() -> None:
    found = make(np.array([[1.0, 0.5, 0.3, 0.9, 0.4]]), ["x", "x", "y", "z", "z"])
    (spread,) = spreads(found, [], ["a"])
    assert spread.macro == pytest.approx((0.75 + 0.3 + 0.65) / 3)
    assert spread.macro_interval is not None
    # With three sites, the chance to draw one site alone is 1/27 > 2.5 %, so the ends are the sites' own means.
    assert (spread.macro_interval.low, spread.macro_interval.high) == pytest.approx((0.3, 0.75))
    assert (spread.median, spread.good, spread.bad, spread.perfect, spread.group) == (0.5, 2, 2, 1, "a")


def test_bounds_of_good_and_bad_are_0_9_and_0_5() -> None:
    (spread,) = spreads(make(np.array([[0.9, 0.899, 0.5, 0.499]]), ["x"] * 4), [], ["a"])
    assert (spread.good, spread.bad, spread.perfect, spread.macro_interval) == (1, 1, 0, None)


def test_groups_follow_the_adjusted_p(found: Cells) -> None:
    ranked = ["a", "b", "c"]
    pairs = compare(found, ranked)
    groups = {spread.extractor: spread.group for spread in spreads(found, pairs, ranked)}
    assert groups["d"] == ""
    for pair in pairs:
        assert bool(set(groups[pair.first]) & set(groups[pair.second])) == (pair.adjusted >= 0.05)


def test_under_twenty_sites_all_share_a_letter() -> None:
    base = np.linspace(0.5, 0.8, 38)
    found = make(np.stack([base, base - 0.4]), sites_of(38, 2))
    pairs = compare(found, ["a", "b"])
    assert pairs[0].adjusted < 0.05
    assert [spread.group for spread in spreads(found, pairs, ["a", "b"])] == ["a", "a"]


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        ([], ["a", "a", "a", "a"]),
        (["14"], ["a", "ab", "ab", "b"]),
        (["13", "14", "24"], ["a", "ab", "bc", "c"]),
        (["12", "13", "14", "23", "24", "34"], ["a", "b", "c", "d"]),
        # Not an interval of the order: 2 is apart from its neighbours only.
        (["12", "23"], ["a", "b", "a", "ab"]),
    ],
)
def test_letters_by_hand(apart: list[str], expected: list[str]) -> None:
    found = letters(list("1234"), [(pair[0], pair[1]) for pair in apart])
    assert [found[name] for name in "1234"] == expected


def test_letters_of_the_example_of_gramm_and_others() -> None:
    """Gramm et al. 2007 (doi:10.1016/j.csda.2006.09.035), fig. 2: five treatments, H = {15, 23, 25, 35}: cliques 134, 124, 45."""
    found = letters(list("12345"), [("1", "5"), ("2", "3"), ("2", "5"), ("3", "5")])
    groups = {"".join(name for name in "12345" if letter in found[name]) for letter in set("".join(found.values()))}
    assert groups == {"134", "124", "45"}


@given(some.integers(1, 7).flatmap(lambda size: some.sets(some.sampled_from(list(combinations(range(size + 1), 2))))))
def test_letters_are_shared_exactly_by_those_that_are_not_apart(apart: set[tuple[int, int]]) -> None:
    names = list("abcdefgh")
    named = [(names[i], names[j]) for i, j in sorted(apart)]
    found = letters(names, named)
    for one, other in combinations(names, 2):
        assert bool(set(found[one]) & set(found[other])) == ((one, other) not in named)
    assert all(found.values())


def test_no_extractor_no_letter() -> None:
    assert letters([], []) == {}


def test_the_alphabet_does_not_end_or_repeat() -> None:
    first = list(islice(_alphabet(), 300))
    assert first[0] == "a"
    assert len(set(first)) == 300
    assert all(len(letter) == 1 for letter in first)
