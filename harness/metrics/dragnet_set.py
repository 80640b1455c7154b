r"""dragnet's sets of tokens (Peters and Lecocq 2013; `dragnet/util.py` `evaluation_metrics(bow=True)`, the default, at 0986243).

As `dragnet_bag`, but each distinct token counts once on each side. dragnet's Jaccard index of the two sets (`evaluate_extracted_tokens`)
is hits / (predicted + expected - hits): see `jaccard`.
"""

from __future__ import annotations

from harness.case import Case
from harness.kernel import set_overlap
from harness.metrics import Measured
from harness.metrics.dragnet_bag import figures, tokens
from harness.records import Counts

__all__ = ["VERSION", "compare", "figures", "jaccard", "measure"]

VERSION = "1"


def measure(case: Case, answer: str) -> Measured:
    """Count the distinct tokens of answer and gold body and those they share."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count shared, predicted and expected distinct tokens of two texts."""
    return Counts(*set_overlap(tokens(gold), tokens(answer)))


def jaccard(counts: Counts) -> float:
    """Return the Jaccard index (0–1) of the two sets behind `counts`, 0 for two empty ones."""
    return counts.hits / (counts.predicted + counts.expected - counts.hits or 1)
