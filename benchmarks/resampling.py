"""The statistics of one track at full size: 20 extractors × 2,000 pages of 1,160 sites × 10,000 paired resamples and as many flips.

    python benchmarks/resampling.py [--rounds N]

Each round runs the rows with their intervals and rank ranges, all 190 pairs with max-T, and the spreads, in a process of its own. Target:
5 s and 1 GB. Beside it, the bootstrap as AEB does it (`evaluate.py` at 4a3bc97: one page at a time, `random.randint` and
`statistics.mean`, unpaired, no test), for one extractor and 100 resamples. Times are CPU seconds of all threads.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import statistics
import time
from dataclasses import dataclass

EXTRACTORS, PAGES, SITES = 20, 2_000, 1_160
PLAIN_RESAMPLES = 100


@dataclass(frozen=True)
class Cost:
    """CPU seconds by part, and the process's peak memory in MB, of which `before` was there once modules and counts were loaded."""

    parts: dict[str, float]
    before: float
    peak: float


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def harness_cost(average: str) -> Cost:
    """Measure the harness on made counts."""
    import numpy as np

    from harness.pairs import compare, spreads
    from harness.resample import DRAWS
    from harness.stats import Cells, Row, rows

    generator = np.random.default_rng(0)
    sites = [f"s{number}" for number in (*range(SITES), *generator.integers(0, SITES, PAGES - SITES))]
    expected = np.tile(generator.integers(50, 2000, PAGES).astype(float), (EXTRACTORS, 1))
    hits = np.floor(expected * generator.beta(8, 2, PAGES) * generator.beta(20, 1, expected.shape))
    predicted = np.floor(hits / generator.beta(20, 2, expected.shape))
    names = tuple(f"e{number:02}" for number in range(EXTRACTORS))
    found = Cells(names, tuple(f"p{number:04}" for number in range(PAGES)), tuple(sites), hits, predicted, expected)
    assert DRAWS == 10_000
    before, parts, began = _peak(), {}, time.process_time()
    table: list[Row] = rows(found, metric="m", average=average, slice_name="all", ranked=names)
    assert len(table) == EXTRACTORS
    parts["rows, rank ranges, max-T against the leader"] = time.process_time() - began
    if average == "page":
        began = time.process_time()
        pairs = compare(found, names)
        parts["190 pairs: intervals, p, max-T, Holm"] = time.process_time() - began
        began = time.process_time()
        spreads(found, pairs, names)
        parts["spreads, macro intervals, groups"] = time.process_time() - began
    return Cost(parts, before, _peak())


def plain_cost() -> float:
    """Return the CPU seconds of one resample of one extractor, AEB's way."""
    generator = random.Random(0)
    counts = [(generator.random() * 0.8, generator.random() * 0.1, generator.random() * 0.1) for _ in range(PAGES)]
    began = time.process_time()
    for _ in range(PLAIN_RESAMPLES):
        chosen = [counts[generator.randint(0, PAGES - 1)] for _ in range(PAGES)]
        precision = statistics.mean(tp / (tp + fp) for tp, fp, _ in chosen if tp + fp > 0)
        recall = statistics.mean(tp / (tp + fn) for tp, _, fn in chosen if tp + fn > 0)
        assert 0 < 2 * precision * recall / (precision + recall) < 1
    return (time.process_time() - began) / PLAIN_RESAMPLES


def main() -> None:
    """Print the median of the rounds and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    costs: dict[str, list[Cost]] = {"page": [], "ratio": [], "pool": []}
    plain: list[float] = []
    context = multiprocessing.get_context("spawn")
    for _ in range(rounds):
        for average, found in costs.items():
            with context.Pool(1) as pool:
                found.append(pool.apply(harness_cost, (average,)))
        plain.append(plain_cost())
    print(f"{EXTRACTORS} extractors x {PAGES:,} pages of {SITES:,} sites x 10,000 resamples, median of {rounds} rounds")
    for average, found in costs.items():
        for part in found[0].parts:
            print(f"  {average:<6}{part:<46}{statistics.median(cost.parts[part] for cost in found):>8.3f} s CPU")
        total, peak = statistics.median(sum(cost.parts.values()) for cost in found), max(cost.peak for cost in found)
        print(f"  {average:<6}{'all':<46}{total:>8.3f} s CPU {peak:>6,.0f} MB at most, {found[0].before:,.0f} before it began")
    ours = statistics.median(cost.parts["rows, rank ranges, max-T against the leader"] for cost in costs["ratio"])
    theirs = statistics.median(plain) * 10_000
    print(f"  AEB's way, one extractor, 10,000 resamples (from {PLAIN_RESAMPLES}): {theirs:,.0f} s CPU")
    ratio = theirs * EXTRACTORS / ours
    print(f"  {EXTRACTORS} extractors its way over our rows of the same average: {ratio:,.0f} x; ours are paired and tested")


if __name__ == "__main__":
    main()
