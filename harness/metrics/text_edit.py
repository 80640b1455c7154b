"""WebMainBench's text_edit: character edit similarity (`webmainbench/metrics` at 9d991bd, with rapidfuzz).

1 - Levenshtein(gold, answer) / the longer length, over characters with unit costs, white space and case included. Despite its description
("pure text without code, tables, formulas") it compares the whole text. One empty text: 0. With both empty the metric fails for that
page and is left out of the mean (`figures` says NaN). There is one figure: the counts are (longer - distance, longer, longer), so
precision, recall and F1 are all it. Averaged over pages.

White space counts, so gold lines are joined by a blank line, as WebMainBench's markdown and AEB's bodies have it. What an import does not
keep still moves AEB's figures when scored through its imported gold: a page's by up to 0.022, a system's mean by up to 0.0007.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.case import Case
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"

Floats = NDArray[np.float64]


def measure(case: Case, answer: str) -> Measured:
    """Count the characters of the longer text and those that no edit touches."""
    return Measured(compare(case.body.replace("\n", "\n\n"), answer))


def compare(gold: str, answer: str) -> Counts:
    """Count the longer text's characters, once less the edit distance."""
    from rapidfuzz.distance import Levenshtein

    longer = max(len(gold), len(answer))
    # Where an answer begins and ends too early or too late, the distance is little more than the difference in length: a hint that is
    # right saves work, a wrong one costs some and changes nothing (AEB's 1,448 pairs: 967 µs without, 271 µs with).
    hint = abs(len(gold) - len(answer)) + 31
    return Counts(longer - Levenshtein.distance(gold, answer, score_hint=hint), longer, longer)


def figures(hits: Floats, predicted: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the similarity of each page three times, NaN where both texts are empty."""
    similarity = np.where(expected > 0, hits / np.maximum(expected, 1), np.nan)
    return similarity, similarity, similarity
