"""Which words of a page one answer has and another has not, as the scorer sees them (its tokens), by the blocks of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.align import Target, align
from harness.case import Case
from harness.records import class_of
from harness.text import readable, tokens

Kind = Literal["lost", "leaked", "kept again", "no longer leaked", "new", "gone"]
WORSE: frozenset[Kind] = frozenset(("lost", "leaked", "new"))
"""What a change for the worse is called; `new` and `gone` are words of the answer that have no place on the page."""

_LOST: dict[tuple[str, int], Kind] = {
    ("body", 1): "lost", ("body", 2): "kept again", ("clutter", 1): "no longer leaked", ("clutter", 2): "leaked"
}  # fmt: skip
"""By class and state: 1 where only A has the words, 2 where only B has them."""


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that only one of two answers has. `label` is the page's; for words without a place there, `repeated` or `invented`."""

    kind: Kind
    label: str
    text: str

    @property
    def words(self) -> int:
        return self.text.count(" ") + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one block that share a label and a state: bit 1 where A has them, bit 2 where B does."""

    label: str
    state: int
    text: str


@dataclass(frozen=True)
class Pair:
    """Two answers beside their page: the pieces of each block, and the runs of words that have no place on the page."""

    blocks: tuple[tuple[Piece, ...], ...]
    strange: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
    """For A and for B, pairs of `repeated` or `invented` and the words."""

    def changes(self) -> list[Change]:
        """Return what only one of the two has, in the order of the page; may text is not scored and so not told."""
        found = [
            Change(kind, piece.label, piece.text)
            for block in self.blocks
            for piece in block
            if (kind := _LOST.get((class_of(piece.label), piece.state)))
        ]
        of_a, of_b = self.strange
        found += [Change("new", label, text) for label, text in of_b if (label, text) not in of_a]
        found += [Change("gone", label, text) for label, text in of_a if (label, text) not in of_b]
        return found


def pair(case: Case, a: str, b: str) -> Pair:
    """Align two answers to a page and lay them side by side."""
    target = case.target
    used_a, strange_a = _taken(target, a)
    used_b, strange_b = _taken(target, b)
    states = [of_a + 2 * of_b for of_a, of_b in zip(used_a, used_b, strict=True)]
    spans = zip(target.starts, target.starts[1:], strict=False)
    blocks = tuple(tuple(_pieces(target, states, start, end)) for start, end in spans)
    return Pair(tuple(block for block in blocks if block), (strange_a, strange_b))


def _taken(target: Target, text: str) -> tuple[bytearray, tuple[tuple[str, str], ...]]:
    lines = [tokens(readable(line)) for line in text.split("\n")]
    found = align(target, lines)
    used = bytearray(len(target.tokens))
    for place in found.source:
        if place >= 0:
            used[place] = 1
    words = [token for line in lines for token in line]
    names = ["" if place >= 0 else "repeated" if known else "invented" for place, known in zip(found.source, found.known, strict=True)]
    return used, tuple(_runs(names, words))


def _pieces(target: Target, states: Sequence[int], start: int, end: int) -> Iterator[Piece]:
    at = start
    while at < end:
        stop = at
        while stop < end and (target.labels[stop], states[stop]) == (target.labels[at], states[at]):
            stop += 1
        yield Piece(target.labels[at], states[at], " ".join(target.tokens[at:stop]))
        at = stop


def _runs(names: Sequence[str], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(words):
        stop = at
        while stop < len(words) and names[stop] == names[at]:
            stop += 1
        if names[at]:
            yield names[at], " ".join(words[at:stop])
        at = stop
