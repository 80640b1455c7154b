"""The counting primitives in plain Python: by hand, and against slow transcriptions of the definitions they must equal."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.kernel import plain

texts = st.lists(st.sampled_from("abcd"), max_size=12)


def rouge_positions(gold: list[str], answer: list[str]) -> list[int]:
    """Return what rouge-score 0.1.2 `_backtrack_norec(_lcs_table(ref, can), ref, can)` does, in its own steps."""
    table = [[0] * (len(answer) + 1) for _ in range(len(gold) + 1)]
    for i in range(1, len(gold) + 1):
        for j in range(1, len(answer) + 1):
            equal = gold[i - 1] == answer[j - 1]
            table[i][j] = table[i - 1][j - 1] + 1 if equal else max(table[i - 1][j], table[i][j - 1])
    i, j, found = len(gold), len(answer), []
    while i > 0 and j > 0:
        if gold[i - 1] == answer[j - 1]:
            found.append(i - 1)
            i, j = i - 1, j - 1
        elif table[i][j - 1] > table[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return found[::-1]


def rouge_hits(gold: list[list[str]], answer: list[list[str]]) -> int:
    """Return the hits of rouge-score 0.1.2 `_summary_level_lcs`, in its own steps."""
    left_gold = Counter(token for sentence in gold for token in sentence)
    left_answer = Counter(token for sentence in answer for token in sentence)
    hits = 0
    for sentence in gold:
        union = sorted({position for other in answer for position in rouge_positions(sentence, other)})
        for position in union:
            token = sentence[position]
            if left_answer[token] > 0 and left_gold[token] > 0:
                hits += 1
                left_answer[token] -= 1
                left_gold[token] -= 1
    return hits


def test_the_tie_rule_by_hand() -> None:
    # rouge-score's walk from the end: b ≠ a; t[2][1] = 1 is not > t[1][2] = 1, so the gold is shortened: position 0, not 1
    assert plain.lcs_positions(["a", "b"], ["b", "a"]) == [0]
    # a dead column between: c stands nowhere in the gold, and the walk goes to the last set place there
    assert plain.lcs_positions(["a", "b"], ["b", "c", "a", "c"]) == [0]
    assert plain.lcs_positions(["a", "b", "a"], ["a"]) == [2]


@given(texts, texts)
def test_positions_are_rouge_scores(gold: list[str], answer: list[str]) -> None:
    positions = plain.lcs_positions(gold, answer)
    assert positions == rouge_positions(gold, answer)
    assert plain.lcs_length(gold, answer) == len(positions)


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_union_is_rouge_scores(gold: list[list[str]], answer: list[list[str]]) -> None:
    assert plain.union_lcs(gold, answer) == (rouge_hits(gold, answer), sum(map(len, answer)), sum(map(len, gold)))


def test_long_sentences_cross_machine_words() -> None:
    chance = random.Random(4)
    for _ in range(20):
        gold, answer = ([chance.choice("abcdefgh") for _ in range(chance.randrange(60, 200))] for _ in range(2))
        assert plain.lcs_positions(gold, answer) == rouge_positions(gold, answer)


@pytest.mark.parametrize(
    ("gold", "answer", "n", "lower", "expected"),
    [
        ("a b c d", "a b c d e", 4, False, (1, 2, 1)),
        ("a b", "a b", 4, False, (1, 1, 1)),  # AEB: a short text is one shorter shingle
        ("a b", "a b c", 4, False, (0, 1, 1)),
        ("", "a", 4, False, (0, 1, 0)),
        ("a a a a a a", "a a a a a", 4, False, (2, 2, 3)),  # multisets: the smaller count
        ("A b, a", "a; B b", 1, True, (2, 3, 3)),
        ("A b, a", "a; B b", 1, False, (2, 3, 3)),
        ("İ", "i̇", 1, True, (1, 1, 1)),  # U+0130 in lower case is two characters; \w leaves the second, a mark, out
    ],
)
def test_word_ngrams_by_hand(gold: str, answer: str, n: int, lower: bool, expected: tuple[int, int, int]) -> None:
    assert plain.word_ngrams(gold, answer, n, lower) == expected


def test_token_overlaps_by_hand() -> None:
    assert plain.ngram_overlap(["a", "b", "a", "b"], ["b", "a", "b"], 2) == (2, 2, 3)
    assert plain.ngram_overlap(["a"], ["a"], 2) == (0, 0, 0)
    assert plain.set_overlap(["a", "a", "b"], ["a", "c", "c"]) == (1, 2, 2)
    assert plain.same_words("Ab, c", "Ab c.")
    assert not plain.same_words("Ab c", "ab c")


def test_space_tokens_end_at_any_white_space() -> None:
    assert plain.space_lcs("a\xa0b\u2003c", " a b\x1fc\n") == (3, 3, 3)
    assert plain.space_lcs("", "\n") == (0, 0, 0)


def test_matching_blocks_by_hand() -> None:
    # answer a b c, gold x a b: "a b" stands at 0 of the answer and 1 of the gold; the end is (3, 3, 0)
    assert plain.matching_blocks(["x", "a", "b"], ["a", "b", "c"]) == [(0, 1, 2), (3, 3, 0)]
