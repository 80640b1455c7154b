"""The alignment against a textbook table, and the words shown of a difference against what a reader would point at."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.difference import common, difference, quoted


def longest(left: str, right: str) -> int:
    """Return the length of a longest common subsequence by the quadratic table (Wagner and Fischer, 1974)."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


LETTERS = st.text("abc", max_size=14)


@given(LETTERS, LETTERS)
def test_alignment_is_a_longest_common_subsequence(left: str, right: str) -> None:
    pairs = common(left, right)
    assert len(pairs) == longest(left, right)
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(one < other and here < there for (one, here), (other, there) in pairwise(pairs))


def test_lists_with_nothing_in_common_are_given_up_early() -> None:
    left, right = [f"a{number}" for number in range(5000)], [f"b{number}" for number in range(5000)]
    assert common(left, [*right, "a4999"]) == [(4999, 5000)]


@pytest.mark.parametrize(
    ("gold", "page", "shown", "uncovered", "surplus"),
    [
        ("have fell by one third since", "have fallen by a third since", ("fell by one third", "fallen by a third"), "", ""),
        ("the board met", "the board never met", ("board met", "never met"), "never", ""),
        ("the board", "the board met", ("the board", "board met"), "met", ""),
        ("the old board", "the board", ("old board", "the board"), "", "old"),
        ("colour", "color", ("colour", "color"), "", ""),
        ("海上船", "海下船", ("海上船", "海下船"), "", ""),
    ],
)
def test_differing_words(gold: str, page: str, shown: tuple[str, str], uncovered: str, surplus: str) -> None:
    found = difference(gold, page)
    assert (found.gold, found.page, found.uncovered, found.surplus) == (*shown, uncovered, surplus)


def test_far_apart_edits_are_shown_one_at_a_time() -> None:
    middle = "words between them " * 20
    found = difference(f"a red start {middle}and a red end", f"a blue start {middle}and a blue end")
    assert (found.gold, found.page) == ("red start", "blue start")


def test_quotation_spells_invisible_characters_and_is_cut() -> None:
    assert quoted(" a\u200b  b\u00ad ") == '"a<U+200B> b<U+00AD>"'
    assert quoted("x" * 200) == f'"{"x" * 79}…"'


@given(st.text("ab \u00ad海", max_size=12), st.text("ab \u00ad海", max_size=12))
def test_any_two_texts_can_be_compared(gold: str, page: str) -> None:
    found = difference(gold, page)
    assert 0 <= found.offset <= len("".join(gold.split()))
