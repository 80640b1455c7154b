r"""WCXB's word F1: bags of lower-cased words (Web Content eXtraction Benchmark 2026, `evaluate.py` `word_f1` at c039d5e).

Words are Python's `\w+` of `text.lower()`; hits = Σ over words of the smaller count, P = hits / answer words, R = hits / gold words.
Both texts empty: 1, 1, 1; one empty: 0, 0, 0. Averaged over all pages, a missing answer is an empty one. Order, punctuation and white
space do not matter. `\w` cuts words of scripts with combining marks (Thai, Hindi) at the marks, as it does for WCXB.
"""

from __future__ import annotations

from harness.case import Case
from harness.kernel import word_ngrams
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"


def measure(case: Case, answer: str) -> Measured:
    """Count the words of answer and gold body and those they share."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count shared, predicted and expected lower-cased words of two texts."""
    return Counts(*word_ngrams(gold, answer, 1, lower=True))
