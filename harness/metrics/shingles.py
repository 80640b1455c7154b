r"""AEB's metric: multisets of 4-token shingles (Zyte article extraction benchmark, `evaluate.py` at 4a3bc97).

Tokens are Python's `\w+`, case kept; a text of one to three tokens is one shorter shingle, an empty one none. Precision is averaged
over pages with an answer, recall over pages with a body, and F1 is the harmonic mean of those two means, as AEB does it: so an empty
answer does not lower precision here. The counts are AEB's before it divides all three by their sum, which changes no ratio. White space
does not matter, so gold lines give what articleBody itself gives.
"""

from __future__ import annotations

from harness.case import Case
from harness.kernel import word_ngrams
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"
AVERAGE = "ratio"

_LENGTH = 4


def measure(case: Case, answer: str) -> Measured:
    """Count the shingles of answer and gold body and those they share."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count shared, predicted and expected shingles of two texts."""
    return Counts(*word_ngrams(gold, answer, _LENGTH))
