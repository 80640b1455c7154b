"""The headline: token precision, recall and F1 over the alignment of an answer to the labelled page (`harness.align`).

precision = kept / (kept + leaked + repeated + invented), recall = kept / body tokens; may tokens count nowhere. `parts` holds the
aligned tokens per label (body labels: kept; clutter labels: leaked) and `repeated` and `invented`.
"""

from __future__ import annotations

from harness.align import align
from harness.case import Case
from harness.metrics import Measured
from harness.records import Counts, class_of
from harness.text import SCHEME, readable, tokens

VERSION = f"3|tok:{SCHEME}"


def measure(case: Case, answer: str) -> Measured:
    """Count the answer's kept tokens, its scored tokens and the page's body tokens."""
    found = align(case.target, (tokens(readable(line)) for line in answer.split("\n")))
    aligned = found.aligned()
    kept = sum(count for label, count in aligned.items() if class_of(label) == "body")
    leaked = sum(count for label, count in aligned.items() if class_of(label) == "clutter")
    repeated, invented = found.repeated, found.invented
    body = sum(count for label, count in case.label_tokens.items() if class_of(label) == "body")
    parts = {**dict(sorted(aligned.items())), "repeated": repeated, "invented": invented}
    return Measured(Counts(kept, kept + leaked + repeated + invented, body), parts)
