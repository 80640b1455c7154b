"""WebMainBench's and MinerU-HTML's ROUGE-5 (`eval_baselines/utils.py` `calc_rouge_n_score`, n = 5, jieba 0.42.1).

Tokens are `jieba.lcut(text)` of the unstripped text, so every blank and every line break is a token. hits = Σ over 5-grams of the smaller
count, P = hits / max(1, answer 5-grams), R likewise, F1 harmonic. Both texts blank: 1. A text of fewer than five tokens has no 5-gram:
two equal short texts score 0, which is counted here as a 5-gram that was expected and not found. Averaged over pages.

jieba decides each stretch between white space or punctuation by itself, so each distinct one is cut once; lines are remembered as well.

Since white space is tokens, how a gold's paragraphs are set apart counts. The golds of WebMainBench (markdown) and of AEB have a blank line
between them, so gold lines are joined by one here. What an import does not keep (white space within lines, single line breaks) still moves
AEB's figures when scored through its imported gold instead of the published bodies: a page's by up to 0.178, a system's mean F1 by up to
0.006. Two extractors that differ in nothing but blank lines differ in this metric.
"""

from __future__ import annotations

import logging
import re
import tempfile
import warnings
from functools import cache, lru_cache
from typing import Any

from harness.case import Case
from harness.kernel import ngram_overlap
from harness.metrics import Measured
from harness.records import Counts

VERSION = "1|jieba:0.42.1"

_LENGTH = 5
# jieba first cuts a text into blocks of these characters, each of which it then cuts by itself; anything else, white space too, is a token
# of one character.
_BLOCKS = re.compile("[\u4e00-\u9fd5a-zA-Z0-9+#&\\._%\\-]+|.", re.DOTALL)


def measure(case: Case, answer: str) -> Measured:
    """Count the 5-grams of answer and gold body and those they share."""
    return Measured(compare(case.body.replace("\n", "\n\n"), answer))


def compare(gold: str, answer: str) -> Counts:
    """Count shared, predicted and expected 5-grams of jieba's tokens."""
    hits, predicted, expected = ngram_overlap(_gold_tokens(gold), tokens(answer), _LENGTH)
    if not predicted and not expected and (gold.strip() or answer.strip()):
        return Counts(0, 0, 1)
    return Counts(hits, predicted, expected)


def tokens(text: str) -> list[str]:
    """Return `jieba.lcut(text)`."""
    found: list[str] = []
    *lines, last = text.split("\n")
    for line in lines:
        # A line break is a token, and one with the carriage return before it.
        found += _line(line.removesuffix("\r"))
        found.append("\r\n" if line.endswith("\r") else "\n")
    found += _line(last)
    return found


@lru_cache(maxsize=1 << 15)
def _line(text: str) -> list[str]:
    found: list[str] = []
    for block in _BLOCKS.findall(text):
        if len(block) == 1:
            found.append(block)
        else:
            found += _cut(block)
    return found


_gold_tokens = lru_cache(maxsize=8)(tokens)


@lru_cache(maxsize=1 << 18)
def _cut(block: str) -> tuple[str, ...]:
    return tuple(_jieba().lcut(block))


@cache
def _jieba() -> Any:
    """Return jieba's own tokeniser with its own dictionary, loaded (about 0.6 s)."""
    # jieba 0.42.1 has escapes that newer Pythons warn of, and imports pkg_resources.
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        # jieba trusts any jieba.cache it finds in the common temporary folder, which anyone can write.
        tokenizer.tmp_dir = folder
        tokenizer.initialize()
    return tokenizer
