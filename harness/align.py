"""Answer tokens to page tokens: what was kept, lost, leaked (by label), repeated and invented.

Greedy string tiling with the body first. An answer is covered by runs of page tokens, longest run first, every page token used at
most once; so reordered text keeps its source, and a phrase that stands in body and clutter is the body's while a body place is free,
also where the clutter's copy is in one piece and the body's is not. In steps:

1. *Tiles.* Three times, over the body alone, then with the may text, then over all: for k = 32, 16, 8, 6 every maximal common run of
   at least k free tokens, longest first. Equal runs: body, then may, then clutter; then the place that keeps the page's order; then
   the nearest.
2. *Gaps.* Between two tiles and in what is left of a block that a tile cut through: the longest common subsequence of the few
   tokens there, so one changed word does not lose its neighbours.
3. *Short blocks.* A block of fewer than six tokens is taken whole or not at all: where it is a line of the answer, or stands in
   order between what was found on either side. A short line of the answer may also be part of one longer block.
4. What is left is *repeated* where the page has the token (all places in reach are used up) and *invented* where it has not.

Single common words never match alone outside a gap, so a stop word in a paraphrase is not a leak.

The work is done by `harness.kernel`: `harness/kernel/tiling.py` defines every step and tie, the compiled one gives the same places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness import kernel
from harness.records import class_of

_RANK = {"body": 0, "may": 1, "clutter": 2}


class Target:
    """The labelled tokens of one page, indexed for alignment. `blocks` are (label, tokens) pairs per part of a block.

    `starts[n]` is the position of block n's first token; parts of one block share its number.
    """

    def __init__(self, blocks: Iterable[Sequence[tuple[str, Sequence[str]]]]) -> None:
        self.tokens: list[str] = []
        self.labels: list[str] = []
        self.starts: list[int] = []
        for parts in blocks:
            self.starts.append(len(self.tokens))
            for label, part in parts:
                self.tokens.extend(part)
                self.labels.extend([label] * len(part))
        self.starts.append(len(self.tokens))
        self._ids: dict[str, int] = {}
        sequence = [self._ids.setdefault(token, len(self._ids)) for token in self.tokens]
        ranks = {label: _RANK[class_of(label)] for label in set(self.labels)}
        self.tiling = kernel.Tiling(sequence, bytes([ranks[label] for label in self.labels]), self.starts)

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the page's numbers for tokens; -1 for a token that the page does not have."""
        get = self._ids.get
        return [get(token, -1) for token in tokens]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each answer token comes from.

    `source[i]` is the page position of answer token i or -1; `known[i]` tells whether the page has the token at all.
    """

    target: Target
    source: list[int]
    known: list[bool]

    def aligned(self) -> dict[str, int]:
        """Count aligned tokens per label."""
        labels = self.target.labels
        return dict(Counter([labels[place] for place in self.source if place >= 0]))

    @property
    def repeated(self) -> int:
        return self.source.count(-1) - self.invented

    @property
    def invented(self) -> int:
        return self.known.count(False)


def align(target: Target, lines: Iterable[Sequence[str]]) -> Alignment:
    """Align an answer, given as the tokens of its lines, to a page. Deterministic; no token of either side is used twice."""
    answer: list[int] = []
    line_starts: list[int] = []
    for line in lines:
        if line:
            line_starts.append(len(answer))
            answer.extend(target.ids(line))
    line_starts.append(len(answer))
    return Alignment(target, target.tiling.place(answer, line_starts), [token >= 0 for token in answer])
