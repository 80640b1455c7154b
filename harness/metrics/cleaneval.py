r"""CleanEval's fast scorer (Evert 2008, `cleaneval.py` v1.0), over words: difflib's alignment, not an LCS.

Lines `^\s*URL.*$` go, control characters become blanks, `<p>`, `<h>`, `<l>` (any case) become tokens of their own, and the rest is cut at
white space without stripping, so a blank at either end is an empty token that counts, and an empty text is one empty token. Tokens in
difflib's matching blocks (answer against gold, with its default heuristic: in a gold of 200 tokens or more, tokens in more than 1 % of the
places start no match) are hits. P = hits / answer tokens, R = hits / gold tokens; figures are 0–1 here, percent there.
Averaged as its option -s does, over pages; its -t pools the counts, which add. It divides -s means by all files listed, also those without
gold: there are none here.

The scorer works on the bytes of files, where `\s` and the control characters are ASCII, and so they are here; its text markers are
markup that gold bodies and plain answers do not have, so this is CleanEval's "text only". `tags` counts the markers where texts have them.
Which white space it is does not matter, so gold lines give what the published body gives, but for blanks at the ends of a body.
The official Perl scorer of 2007 was not to be found; nothing here claims to reproduce it.
"""

from __future__ import annotations

import re

from harness.case import Case
from harness.kernel import matching_blocks
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1"

_URL = re.compile(r"^\s*URL.*$", re.MULTILINE | re.ASCII)
_CONTROL = re.compile("[\x00-\x1f]+")
_TAG = re.compile(r"(<[phl]>)", re.IGNORECASE | re.ASCII)
_SPACE = re.compile(r"\s+", re.ASCII)


def measure(case: Case, answer: str) -> Measured:
    """Count the words of answer and gold body and those that difflib aligns."""
    return Measured(compare(case.body, answer))


def compare(gold: str, answer: str) -> Counts:
    """Count aligned, predicted and expected tokens, markers included."""
    expected, predicted = words(gold), words(answer)
    return Counts(sum(length for *_, length in matching_blocks(expected, predicted)), len(predicted), len(expected))


def tags(gold: str, answer: str) -> Counts:
    """Count aligned, predicted and expected text markers (`<p>`, `<h>`, `<l>`)."""
    expected, predicted = ([_TAG.match(word) is not None for word in words(text)] for text in (gold, answer))
    blocks = matching_blocks(words(gold), words(answer))
    return Counts(sum(sum(predicted[start : start + length]) for start, _, length in blocks), sum(predicted), sum(expected))


def words(text: str) -> list[str]:
    """Return the tokens of a text, markers included."""
    text = _TAG.sub(r"\n\1 ", _CONTROL.sub(" ", _URL.sub("", text)))
    return _SPACE.sub(" ", text).split(" ")
