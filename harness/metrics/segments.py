"""trafilatura's own evaluation: phrases that must be in the answer and phrases that must not (`tests/eval_common.py` at e90b0ef).

White space of answer and phrases is collapsed to one blank and stripped; case and punctuation count. tp = must-have phrases in the answer,
fp = must-not-have ones in it, fn and tn the others; the counts are (tp, tp + fp, tp + fn). Pooled over all pages: P = tp / (tp + fp),
R = tp / (tp + fn), F1 = 2tp / (2tp + fp + fn), 0 on an empty denominator; accuracy = (tp + tn) / phrases, from `parts`. An answer that
failed has found no phrase: it counts like an empty one (and an empty extractor keeps an accuracy of about one half, F1 0).

Applies to pages whose gold is such phrases (`coverage = "snippets"`): body lines must be there, clutter lines must not.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.case import Case
from harness.metrics import Measured
from harness.records import Counts, Gold, class_of

VERSION = "1"
AVERAGE = "pool"
COVERAGE = ("snippets",)


def measure(case: Case, answer: str) -> Measured:
    """Count the phrases of the gold that stand in the answer."""
    return compare(*phrases(case.gold), answer)


def compare(wanted: Sequence[str], unwanted: Sequence[str], answer: str) -> Measured:
    """Count the phrases that stand in the answer, white space normalised. `parts` has tp, fp, fn and tn."""
    text = " ".join(answer.split())
    tp = sum(" ".join(phrase.split()) in text for phrase in wanted)
    fp = sum(" ".join(phrase.split()) in text for phrase in unwanted)
    parts = {"tp": tp, "fp": fp, "fn": len(wanted) - tp, "tn": len(unwanted) - fp}
    return Measured(Counts(tp, tp + fp, len(wanted)), parts)


def phrases(gold: Gold) -> tuple[list[str], list[str]]:
    """Return the phrases of a gold that must and that must not be in the answer."""
    wanted = [line.text for line in gold.lines if class_of(line.label) == "body"]
    unwanted = [line.text for line in gold.lines if class_of(line.label) == "clutter"]
    return wanted, unwanted
