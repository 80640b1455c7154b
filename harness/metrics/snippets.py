"""WCXB's snippets: the shares of must-have and of must-not-have phrases in the answer (`evaluate.py` `snippet_check` at c039d5e).

A phrase is found where it stands in the answer literally once both are lower-cased; white space is not normalised. with_rate and
without_rate are found / all, means over pages. **No phrases: 1.0 for both**, so a page without must-not-have phrases counts as one that
leaks them all (15 of WCXB's 1,497 development pages, worth 1.0 point); kept, because it is in the published figures.

Counts are (found must-have, all found, must-have), as in `segments`; the two rates are `rates(parts)`. Applies to pages whose gold is
phrases (`coverage = "snippets"`). Gold lines have their white space collapsed, so a phrase published with a line break in it is looked
for with a blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.case import Case
from harness.metrics import Measured
from harness.metrics.segments import phrases
from harness.records import Counts

VERSION = "1"
COVERAGE = ("snippets",)


def measure(case: Case, answer: str) -> Measured:
    """Count the phrases of the gold that stand in the answer."""
    return compare(*phrases(case.gold), answer)


def compare(wanted: Sequence[str], unwanted: Sequence[str], answer: str) -> Measured:
    """Count the phrases that stand in the answer, case aside. `parts` has found and all of both kinds."""
    text = answer.lower()
    found, leaked = (sum(phrase.lower() in text for phrase in kind) for kind in (wanted, unwanted))
    parts = {"with": found, "with_all": len(wanted), "without": leaked, "without_all": len(unwanted)}
    return Measured(Counts(found, found + leaked, len(wanted)), parts)


def rates(parts: Mapping[str, int]) -> tuple[float, float]:
    """Return a page's with_rate and without_rate, 0–1, each 1.0 where the page has no such phrase."""
    with_rate = parts["with"] / parts["with_all"] if parts["with_all"] else 1.0
    without_rate = parts["without"] / parts["without_all"] if parts["without_all"] else 1.0
    return with_rate, without_rate
