"""WCEB's "Levenshtein distance", which is the token Indel similarity (Bevendorff et al. 2023, `src/extraction_benchmark/eval.py`).

WCEB calls `Levenshtein.ratio` on lists of tokens cut at white space: 1 - (insertions + deletions) / (gold tokens + answer tokens), a
substitution being one of each. That is 2 · LCS / (gold + answer): F1 over a longest common subsequence, whose precision and recall stand
beside it here although WCEB does not give them. WCEB stores it as `dist` and titles it a distance; it is a similarity, 1 is best. Both
texts blank: 1; one blank: 0. Averaged over all pages of all sets (WCEB's "micro"; its "macro" is the mean of the sets' means). WCEB leaves
out pages that a system has no answer line for; here they count as a miss. Punctuation stays attached and case is kept; which white space
it is does not matter.
"""

from __future__ import annotations

from harness.case import Case
from harness.kernel import space_lcs
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"


def measure(case: Case, answer: str) -> Measured:
    """Count the tokens of answer and gold body and of their longest common subsequence."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count the tokens of two texts and of their longest common subsequence; `f1` is WCEB's figure."""
    return Counts(*space_lcs(gold, answer))
