"""Whole sites drawn again and flipped: the bootstrap and the randomisation test. Arrays in, arrays out; seeded; knows no names.

Pages of one site share a template and rise and fall together, so the unit is the site. Everything starts from sums by site, an array of
shape (sites, terms, extractors), of which `Figures` make precision, recall and F1; pages are not needed any more. Draws are made in
chunks, so that memory does not grow with their number times that of the sites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
SEED = 0

Floats = NDArray[np.float64]
Figures = Callable[[Floats], tuple[Floats, Floats, Floats]]
"""Sums of shape (…, terms, extractors) → precision, recall and F1, each of shape (…, extractors)."""

_EQUAL = 1e-12
"""Sums of the same numbers in another order differ in their last bits; figures this near are equal."""
_CHUNK_CELLS = 1 << 20
_CHUNK_DRAWS = 512


def by_site(terms: Floats, sites: Sequence[str]) -> Floats:
    """Add up terms of shape (terms, extractors, pages) over each site's pages; returns (sites, terms, extractors), sites sorted."""
    index = np.unique(np.array(sites), return_inverse=True)[1]
    order = np.argsort(index, kind="stable")
    starts = np.flatnonzero(np.diff(index[order], prepend=-1))
    return np.ascontiguousarray(np.moveaxis(np.add.reduceat(terms[..., order], starts, axis=-1), -1, 0))


def site_weights(sites: int, draws: int = DRAWS, seed: int = SEED) -> Iterator[Floats]:
    """Yield chunks of shape (some draws, sites): how often each site was drawn when as many as there are were drawn with replacement."""
    generator = np.random.Generator(np.random.SFC64(seed))
    for size in _chunks(sites, draws):
        drawn = generator.integers(0, sites, size=(size, sites)) + np.arange(0, size * sites, sites)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * sites).reshape(size, sites).astype(np.float64)


def site_signs(sites: int, draws: int = DRAWS, seed: int = SEED) -> Iterator[Floats]:
    """Yield chunks of shape (some draws, sites) of random signs, −1 or 1."""
    generator = np.random.Generator(np.random.SFC64(seed))
    for size in _chunks(sites, draws):
        yield generator.integers(0, 2, size=(size, sites), dtype=np.int8).astype(np.float64) * 2 - 1


def _chunks(sites: int, draws: int) -> Iterator[int]:
    size = max(1, min(_CHUNK_DRAWS, _CHUNK_CELLS // sites))
    for start in range(0, draws, size):
        yield min(size, draws - start)


def bootstrap(sums: Floats) -> Floats:
    """Return the sums of each draw of sites, shape (draws, terms, extractors). The same sites give the same draws for any metric."""
    flat = sums.reshape(len(sums), -1)
    drawn = np.concatenate([weights @ flat for weights in site_weights(len(sums))])
    return drawn.reshape(len(drawn), *sums.shape[1:])


class PValues(NamedTuple):
    """Two-sided p-values of all pairs of extractors, in the order of `pairs_of`; `adjusted` holds for all of them at once."""

    p: Floats
    adjusted: Floats


def pairs_of(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the second of every pair of `count` things: 0-1, 0-2, …, 1-2, …"""
    first, second = np.triu_indices(count, 1)
    return first, second


def flip_test(sums: Floats, figures: Figures, signs: Iterable[Floats]) -> PValues:
    """Test for every pair whether the two extractors' F1 differ, by exchanging their answers on whole sites at random.

    Under the null hypothesis the two could have given each other's answers on any site; a draw exchanges them where its sign is −1
    (Fisher's randomisation test; for ratios of sums as in Noreen 1989 and Yeh 2000, https://aclanthology.org/C00-2137). For a mean
    over pages that is flipping the signs of the sites' differences. All pairs share the signs. The observed order counts as one more
    draw, so p = (1 + draws at least as extreme) / (1 + draws) and never 0 (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585).

    Adjusted p-values are those of the largest statistic of all pairs (single-step max-T, Westfall and Young 1993). Each pair's
    difference is divided by its root mean square over the draws: with a plain difference, pairs that vary most would set the bar for
    all, and a small but steady lead could not pass it. For a mean this is the same test as with a t statistic, for flips do not change
    Σ D² and t grows with |Σ ±D| / √(Σ D²) alike for all pairs; a single pair's p is that of the plain difference.
    """
    first, second = pairs_of(sums.shape[2])
    total = sums.sum(axis=0)
    middle = (total[:, first] + total[:, second]) / 2
    flat = sums.reshape(len(sums), -1)
    moved = [np.abs(_apart(figures, middle, (total[:, first] - total[:, second]) / 2))[None]]
    for some in signs:
        flipped = (some @ flat).reshape(len(some), *total.shape)
        moved.append(np.abs(_apart(figures, middle, (flipped[..., first] - flipped[..., second]) / 2)))
    statistic = np.concatenate(moved)
    scale = np.sqrt(np.mean(statistic**2, axis=0))
    np.divide(statistic, scale, out=statistic, where=scale > _EQUAL)
    statistic[:, scale <= _EQUAL] = 0
    bar = statistic[0] - _EQUAL
    largest = np.sort(statistic.max(axis=1, initial=0))
    return PValues((statistic >= bar).mean(axis=0), (len(largest) - np.searchsorted(largest, bar)) / len(largest))


def _apart(figures: Figures, middle: Floats, half: Floats) -> Floats:
    return figures(middle + half)[2] - figures(middle - half)[2]


def holm(p: Floats) -> Floats:
    """Return p-values adjusted for all of them at once by Holm's step-down rule (Holm 1979, jstor.org/stable/4615733).

    With m pairs none gets under m / (1 + draws): from 500 pairs on, 10,000 draws cannot bring one under 0.05.
    """
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def ranks(figures: Floats) -> NDArray[np.int64]:
    """Return ranks from 1 within each draw of shape (draws, extractors), the largest first; equal figures share the better rank."""
    rounded = np.round(figures, 12)
    return np.stack([(rounded > rounded[:, [index]]).sum(axis=1) for index in range(rounded.shape[1])], axis=1) + 1
