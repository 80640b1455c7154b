r"""AEB's accuracy: the share of pages where answer and body have the same words (`evaluate.py` at 4a3bc97).

Words are Python's `\w+`, case kept, compared in order; punctuation and white space do not matter. A page counts (1, 1, 1) or (0, 1, 1),
so precision, recall and F1 are all the page's 0 or 1 and their means the share. Two texts without a word are equal. Averaged over all
pages.
"""

from __future__ import annotations

from harness.case import Case
from harness.kernel import same_words
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"


def measure(case: Case, answer: str) -> Measured:
    """Count one hit where the answer's words are the gold body's."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Return (1, 1, 1) for texts of the same words in the same order, else (0, 1, 1)."""
    return Counts(int(same_words(gold, answer)), 1, 1)
