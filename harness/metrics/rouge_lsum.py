r"""WCEB's ROUGE-LSum (Bevendorff et al. 2023, `src/extraction_benchmark/eval.py`, with rouge-score 0.1.2 and nltk's English Punkt).

Both texts are cut into sentences by `nltk.sent_tokenize` and these into tokens at white space (no lower-casing, no stemming, punctuation
attached). For each gold sentence, the union over all answer sentences of one LCS with each; a token of the union is a hit while the
answer has any of it left. P = hits / answer tokens, R = hits / gold tokens, F1 their harmonic mean; 0 where either text is blank, but a
blank gold gives R = 1, and P = F1 = 1 as well where the answer is blank too (WCEB's override). Averaged over all pages.

Sentences follow nltk's rules, which changed: the figures here use those of nltk 3.10.4, as the stored reference figures do; WCEB's own
lock has 3.8.1 (`compare(…, release="3.8.1")`). Over 5,792 AEB answers the two differ on 339, by at most 0.019 in F1 and 0.0008 in a
system's mean. The model is the same; see `harness.sentences`.

Punkt looks for a full stop's neighbours past any white space, so gold lines with white space collapsed (as an import keeps them) give
what the published body gives: over AEB's 181 pages × 8 systems no figure moves.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness import sentences
from harness.case import Case
from harness.kernel import union_lcs
from harness.metrics import Measured
from harness.records import Counts

VERSION = f"1|nltk:{sentences.NEW}"

Floats = NDArray[np.float64]


def measure(case: Case, answer: str) -> Measured:
    """Count the tokens of answer and gold body and the hits of the union of their sentences' LCS."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str, release: str = sentences.NEW) -> Counts:
    """Count hits, predicted and expected tokens of two texts with sentences as nltk `release` cuts them."""
    return Counts(*union_lcs(_gold_tokens(gold, release), _tokens(answer, release)))


def figures(hits: Floats, predicted: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
    """Return each page's precision, recall and F1 by WCEB's rules for blank texts."""
    both_blank = (predicted == 0) & (expected == 0)
    precision = np.where(both_blank, 1.0, hits / np.maximum(predicted, 1))
    recall = np.where(expected == 0, 1.0, hits / np.maximum(expected, 1))
    return precision, recall, np.where(both_blank, 1.0, 2 * hits / np.maximum(predicted + expected, 1))


def _tokens(text: str, release: str) -> list[list[str]]:
    return [sentence.split() for sentence in sentences.split(text, release)]


# A page's gold meets the answers of all systems one after another.
_gold_tokens = lru_cache(maxsize=8)(_tokens)
