"""Rivals' metrics by hand: short texts counted on paper from the definitions in `shared/reference/metrics.md`, and their empty cases."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.metrics import (
    accuracy,
    cleaneval,
    dragnet_bag,
    dragnet_lcs,
    dragnet_set,
    indel,
    rouge5,
    rouge_lsum,
    segments,
    snippets,
    text_edit,
    words,
)
from harness.records import Counts, Gold, Line


def page_figures(metric: Any, counts: Counts) -> tuple[float, ...]:
    return tuple(float(value) for value in metric.figures(*(np.array(float(x)) for x in (counts.hits, counts.predicted, counts.expected))))


@pytest.mark.parametrize(
    ("metric", "gold", "answer", "counts"),
    [
        # \w+ of lower-cased text: a is shared twice, b once; c and d are not. `_` belongs to a word.
        (words, "A a b. c", "a, A! b b d", (3, 5, 4)),
        (words, "snake_case", "snake case", (0, 2, 1)),
        (words, "", "", (0, 0, 0)),
        # white-space tokens, case and punctuation kept; metrics.md section 2: ratio("ab", "ac") = 0.5
        (indel, "a b", "a c", (1, 2, 2)),
        (indel, "The end.", "the end", (0, 2, 2)),
        (indel, "a b c d", "c d a b", (2, 4, 4)),
        (indel, "", " \n", (0, 0, 0)),
        # [\W_]+ separates: `_` does too, unlike in \w+
        (dragnet_bag, "snake_case a a", "a snake a a", (3, 4, 4)),
        (dragnet_set, "snake_case a a", "a snake a a", (2, 2, 3)),
        (dragnet_lcs, "snake_case a a", "a snake a a", (3, 4, 4)),
        # two gold sentences in one, and one in two: the union over the answer's sentences finds all words
        (rouge_lsum, "One two three. Four five.", "One two. Four three. Five", (3, 5, 5)),
        (accuracy, "Same words, here", "Same\nwords here!", (1, 1, 1)),
        (accuracy, "Same words", "same words", (0, 1, 1)),
        (accuracy, "", "...", (1, 1, 1)),
        # one substitution of five characters, white space counts
        (text_edit, "abc d", "abc e", (4, 5, 5)),
        (text_edit, "a b", "a  b", (3, 4, 4)),
        # section 6: blanks are tokens, so "a b c" has five tokens and one 5-gram; "a b" has three and none
        (rouge5, "a b c", "a b c", (1, 1, 1)),
        (rouge5, "a b c", "a\nb c", (0, 1, 1)),
        (rouge5, " ", "\n", (0, 0, 0)),
        (rouge5, "a b", "a b", (0, 0, 1)),
        # section 7: an empty text is one empty token
        (cleaneval, "", "", (1, 1, 1)),
        (cleaneval, "a b", "", (0, 1, 2)),
        (cleaneval, "a b\n", "a b", (2, 2, 3)),
        # URL line gone; tokens "" <p> Hi there against "" <P> Hi: markers keep their case
        (cleaneval, "URL: http://x\n<p>Hi there", "<P> Hi", (2, 3, 4)),
    ],
)
def test_counts_by_hand(metric: Any, gold: str, answer: str, counts: tuple[int, int, int]) -> None:
    assert metric.compare(gold, answer) == Counts(*counts)


def test_rouge_lsum_by_hand_follows_its_tie_rule() -> None:
    # Answer sentences "y x !" and "y". LCS of "x y" with the first: x or y; from the end, y ≠ !, then t[2][2] = t[1][3] = 1 is no reason to
    # shorten the answer, so the gold is shortened and x is taken. The second gives y. The other choice would have left x out.
    assert rouge_lsum.compare("x y", "y x ! y") == Counts(2, 4, 2)
    # Two gold sentences match the answer's one token, which can be a hit only once.
    assert rouge_lsum.compare("a ! a", "a") == Counts(1, 1, 3)


@pytest.mark.parametrize(
    ("gold", "answer", "expected"),
    # metrics.md section 2, override: gold blank → R 1; answer blank as well → P = F = 1
    [("", "", (1, 1, 1)), ("", "x", (0, 1, 0)), ("x", "", (0, 0, 0)), ("x y", "x", (1, 0.5, 2 / 3))],
)
def test_rouge_lsum_of_blank_texts(gold: str, answer: str, expected: tuple[float, float, float]) -> None:
    assert page_figures(rouge_lsum, rouge_lsum.compare(gold, answer)) == pytest.approx(expected)


@pytest.mark.parametrize("metric", [dragnet_bag, dragnet_set, dragnet_lcs])
def test_dragnet_gives_two_empty_texts_nothing(metric: Any) -> None:
    # dragnet/util.py: ZeroDivisionError → 0.0
    assert page_figures(metric, metric.compare("", "...")) == (0, 0, 0)


def test_webmainbench_leaves_two_empty_texts_out() -> None:
    assert np.isnan(page_figures(text_edit, text_edit.compare("", ""))).all()
    assert page_figures(text_edit, text_edit.compare("", "x")) == (0, 0, 0)


def test_cleaneval_words_and_markers() -> None:
    # Evert 2008: "<p>Hi" becomes "\n<p> Hi" after a blank from the line break, white space collapsed, not stripped
    assert cleaneval.words("<p>Hi\x07 you\n<L>one") == ["", "<p>", "Hi", "you", "<L>", "one"]
    assert cleaneval.words("a\n  URL: x\nb") == ["a", "b"]
    assert cleaneval.words("a\xa0b c") == ["a\xa0b", "c"]  # bytes: only ASCII white space separates
    # both have <p>; the gold's <h> is missed, the answer's <l> is wrong
    assert cleaneval.tags("<p>one two<h>three", "<p>one two<l>three") == Counts(1, 2, 2)


def test_cleaneval_is_difflib_with_its_heuristic() -> None:
    # A gold of 200 tokens in which "the" stands four times (more than 1 % + 1): difflib lets it start no match.
    gold = [*(f"w{i}" for i in range(196)), *["the"] * 4]
    expected = sum(block.size for block in difflib.SequenceMatcher(None, ["the"], gold).get_matching_blocks())
    assert expected == 0
    assert cleaneval.compare(" ".join(gold), "the").hits == 0
    assert cleaneval.compare(" ".join(gold[1:]), "the").hits == 1


def test_segments_are_counted_and_pooled_as_trafilatura_does() -> None:
    # metrics.md section 3: white space collapsed, case kept; one of two wanted found, one of two unwanted found
    found = segments.compare(["two\nlines", "Missing"], ["Menu", "menu"], "two   lines and a menu, missing")
    assert found.parts == {"tp": 1, "fp": 1, "fn": 1, "tn": 1}
    assert found.counts == Counts(1, 2, 2)
    assert segments.AVERAGE == "pool"
    nothing = segments.compare(["a"], ["b"], "")
    assert (nothing.counts, nothing.parts["tn"]) == (Counts(0, 0, 1), 1)


def test_snippets_are_literal_and_an_empty_list_counts_as_found() -> None:
    # metrics.md section 4: lower-cased, white space as it is; no snippets → 1.0 for both
    found = snippets.compare(["Two lines", "two\nlines"], [], "TWO LINES")
    assert found.counts == Counts(1, 1, 2)
    assert snippets.rates(found.parts) == (0.5, 1.0)
    assert snippets.rates(snippets.compare([], ["ad", "x"], "an AD").parts) == (1.0, 0.5)


def test_phrases_of_a_gold() -> None:
    gold = Gold({"coverage": "snippets"}, (Line("p", "must"), Line("x-other", "must not"), Line("title", "either")))
    assert segments.phrases(gold) == (["must"], ["must not"])


@settings(deadline=None)  # the dictionary is loaded on the first call
@given(st.text(alphabet="aB1.-%_ \n\r\t\x85中国研究生，é", max_size=20))
def test_rouge5_tokens_are_jiebas(text: str) -> None:
    # jieba 0.42.1 itself, asked for the whole text at once
    assert rouge5.tokens(text) == rouge5._jieba().lcut(text)
