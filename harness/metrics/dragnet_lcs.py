r"""dragnet's token LCS (Peters and Lecocq 2013; `dragnet/lcs.pyx` `check_inclusion` at 0686e37).

Tokens are what stands between runs of `[\W_]+`, case kept. An answer token is right where it is in a longest common subsequence with the
gold: P = matched / answer tokens, R = matched / gold tokens. How many match does not depend on which of several equally long
subsequences dragnet's walk takes; which tokens it marks would, and only labels of blocks need that. dragnet itself scores blocks weighted
by their tokens; without its blocks this is the same comparison of tokens. A denominator of 0 gives 0. Averaged over pages.
"""

from __future__ import annotations

from harness.case import Case
from harness.kernel import lcs_length
from harness.metrics import Measured
from harness.metrics.dragnet_bag import figures, tokens
from harness.records import Counts

__all__ = ["VERSION", "compare", "figures", "measure"]

VERSION = "1"


def measure(case: Case, answer: str) -> Measured:
    """Count the tokens of answer and gold body and of their longest common subsequence."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count matched, predicted and expected tokens of two texts."""
    expected, predicted = tokens(gold), tokens(answer)
    return Counts(lcs_length(expected, predicted), len(predicted), len(expected))
