"""The compiled kernel as the functions of `plain.py`. Importing this raises ImportError where the kernel was not built."""

from __future__ import annotations

from harness.kernel import classes
from harness.kernel._kernel import Cutter, Tiling, lcs_length, lcs_positions, matching_blocks, ngram_overlap, set_overlap, union_lcs
from harness.kernel.plain import Overlap

__all__ = [
    "Tiling", "lcs_length", "lcs_positions", "matching_blocks", "ngram_overlap", "same_words", "set_overlap", "space_lcs", "union_lcs",
    "word_ngrams",
]  # fmt: skip

words = Cutter(classes.words)
between_spaces = Cutter(classes.between_spaces)


def word_ngrams(gold: str, answer: str, n: int, lower: bool = False) -> Overlap:
    """See `plain.word_ngrams`."""
    return words.shingles(gold.lower(), answer.lower(), n) if lower else words.shingles(gold, answer, n)


same_words = words.same
space_lcs = between_spaces.lcs
