r"""AEB's metric: multisets of 4-token shingles (Zyte article extraction benchmark, `evaluate.py` at 4a3bc97).

Tokens are Python's `\w+`, case kept; a text of one to three tokens is one shorter shingle, an empty one none. Precision is averaged
over pages with an answer, recall over pages with a body, and F1 is the harmonic mean of those two means, as AEB does it: so an empty
answer does not lower precision here. The counts are AEB's before it divides all three by their sum, which changes no ratio.
"""

from __future__ import annotations

import re
from collections import Counter

from harness.case import Case
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"
AVERAGE = "ratio"

_TOKEN = re.compile(r"\w+")
_LENGTH = 4


def measure(case: Case, answer: str) -> Measured:
    """Count the shingles of answer and gold body and those they share."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count shared, predicted and expected shingles of two texts."""
    expected, predicted = shingles(gold), shingles(answer)
    return Counts((expected & predicted).total(), predicted.total(), expected.total())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the multiset of a text's shingles."""
    words = _TOKEN.findall(text)
    count = max(1, len(words) - _LENGTH + 1)
    return Counter(shingle for i in range(count) if (shingle := tuple(words[i : i + _LENGTH])))
