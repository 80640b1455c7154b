"""How gold and page differ: which of their blocks are the same, and of two blocks that should be, the words to look at."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from harness.text import tokens

_WIDEST = 80
"""Characters shown of either side. Scripts without spaces have no word ends to cut at, so the cut is by characters."""
_LONGEST_WORD = 20


_MOST_EDITS = 600
"""Insertions and deletions up to which the alignment is exact; beyond, the gold is another page's and any alignment will do."""


def common(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of positions of a longest common subsequence.

    Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). difflib's blocks are no longest subsequence: on pages that
    repeat short blocks it takes a missing line for a moved one (527 times where every seventh line of 181 pages was taken out).
    """
    reach, history = {1: 0}, []
    for edits in range(min(len(left) + len(right), _MOST_EDITS) + 1):
        history.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            while x < len(left) and 0 <= x - diagonal < len(right) and left[x] == right[x - diagonal]:
                x += 1
            reach[diagonal] = x
            if x >= len(left) and x - diagonal >= len(right):
                return _walk_back(history, len(left), len(right))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [(a + k, b + k) for a, b, size in matcher.get_matching_blocks() for k in range(size)]


def _walk_back(history: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for edits in range(len(history) - 1, -1, -1):
        reach, diagonal = history[edits], x - y
        down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        start = reach[before] if edits else 0
        stop = (start if down else start + 1) if edits else 0
        while x > stop:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = start, start - before
    return pairs[::-1]


@dataclass(frozen=True, slots=True)
class Difference:
    """The differing words of both sides. `offset` counts the gold's characters before them, white space left out.

    `uncovered` holds the page's words where the gold only lacks words, and `surplus` the gold's where it only has too many.
    """

    gold: str
    page: str
    offset: int
    uncovered: str = ""
    surplus: str = ""


def difference(gold: str, page: str) -> Difference:
    """Return what lies between the common beginning and the common end of two texts that differ in more than white space."""
    left, right = _Squashed(gold), _Squashed(page)
    start = 0
    while start < min(len(left.text), len(right.text)) and left.text[start] == right.text[start]:
        start += 1
    end = 0
    while end < min(len(left.text), len(right.text)) - start and left.text[-1 - end] == right.text[-1 - end]:
        end += 1
    if len(left.text) - end - start > _WIDEST and len(right.text) - end - start > _WIDEST:
        return _first_edit(gold, page, left)
    ours, theirs = left.cut(start, end), right.cut(start, end)
    if not ours.strip() and right.is_whole(start, end):
        return Difference(left.around(start, end), right.around(start, end), start, uncovered=theirs.strip())
    if not theirs.strip() and left.is_whole(start, end):
        return Difference(left.around(start, end), right.around(start, end), start, surplus=ours.strip())
    return Difference(left.around(start, end), right.around(start, end), start)


def _first_edit(gold: str, page: str, squashed: _Squashed) -> Difference:
    """Return the first of several far-apart edits, found word by word."""
    ours, theirs = gold.split(), page.split()
    for tag, g1, g2, p1, p2 in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            offset = len("".join(ours[:g1]))
            first, second = " ".join(ours[g1:g2]), " ".join(theirs[p1:p2])
            after = " ".join(ours[g2 : g2 + 1])
            uncovered, surplus = second if g1 == g2 else "", first if p1 == p2 else ""
            return Difference(f"{first} {after}".strip(), f"{second} {after}".strip(), offset, uncovered, surplus)
    return Difference(gold, page, len(squashed.text))


class _Squashed:
    """A text without its white space, and the way back from there to the text."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.places = [place for place, character in enumerate(text) if not character.isspace()]
        self.text = "".join(text[place] for place in self.places)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the text's span that holds the characters after `start` and before the last `end` ones."""
        stop = len(self.places) - end
        if start < stop:
            return self.places[start], self.places[stop - 1] + 1
        place = self.places[start] if start < len(self.places) else len(self.original)
        return place, place

    def cut(self, start: int, end: int) -> str:
        first, last = self.span(start, end)
        return self.original[first:last]

    def is_whole(self, start: int, end: int) -> bool:
        """Tell whether the span begins and ends where a word does."""
        first, last = self.span(start, end)
        before, after = self.original[:first], self.original[last:]
        return (not before or before[-1].isspace()) and (not after or after[0].isspace())

    def around(self, start: int, end: int) -> str:
        """Return the span widened to whole words and by the word after it; by the one before it where that says too little."""
        first, last = self.span(start, end)
        text = self.original
        if first > 0 and not text[first - 1].isspace():
            if first == last:
                last += _word_end(text[last:])
            first -= _word_end(text[:first][::-1])
        if first < last < len(text):
            last += _word_end(text[last:])
        left, right = text[:first].split(), text[last:].split()
        words = [text[first:last].strip(), *(word[:_LONGEST_WORD] for word in right[:1])]
        if first == last or not right:
            words = [*(word[-_LONGEST_WORD:] for word in left[-1:]), *words]
        return " ".join(word for word in words if word)


def likeness(left: str, right: str) -> float:
    """Return the Dice coefficient of two texts' tokens, from 0 to 1."""
    ours, theirs = Counter(tokens(left)), Counter(tokens(right))
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 0.0


def _word_end(text: str) -> int:
    """Return the length of the word part that `text` begins with, cut where the script has no words to end at."""
    length = next((place for place, character in enumerate(text) if character.isspace()), len(text))
    return min(length, _LONGEST_WORD)


def quoted(text: str, widest: int = _WIDEST) -> str:
    """Return the text in quotation marks, shortened, with invisible characters spelled out."""
    text = " ".join(text.split())
    if len(text) > widest:
        text = text[: widest - 1].rstrip() + "…"
    spelled = "".join(f"<U+{ord(character):04X}>" if unicodedata.category(character) == "Cf" else character for character in text)
    return f'"{spelled}"'
