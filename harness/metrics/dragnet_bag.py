r"""dragnet's bag of tokens (Peters and Lecocq 2013; `dragnet/util.py` `evaluation_metrics(bow=False)` at 0986243).

Tokens are what stands between runs of `[\W_]+`, case kept, so `_` separates, unlike in `\w+`. P = hits / answer tokens, R = hits / gold
tokens over multisets. A denominator of 0 gives 0: with both texts empty all three are 0, not 1 as elsewhere here. Averaged over pages. The
Python default of the function compares sets instead: metric `dragnet_set`.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from harness.case import Case
from harness.kernel import HEAD, TAIL, ngram_overlap, tokeniser
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"

Floats = NDArray[np.float64]

_TOKEN = re.compile(r"[^\W_]+")


def _classes(first: int) -> bytes:
    return bytes(HEAD | TAIL if _TOKEN.match(chr(code)) else 0 for code in range(first, first + 256))


tokens = tokeniser(_classes, _TOKEN.findall)


def measure(case: Case, answer: str) -> Measured:
    """Count the tokens of answer and gold body and those they share."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count shared, predicted and expected tokens of two texts."""
    return Counts(*ngram_overlap(tokens(gold), tokens(answer), 1))


def figures(hits: Floats, predicted: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
    """Return each page's precision, recall and F1, 0 where a denominator is 0."""
    return hits / np.maximum(predicted, 1), hits / np.maximum(expected, 1), 2 * hits / np.maximum(predicted + expected, 1)
