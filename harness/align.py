"""Answer tokens to page tokens: what was kept, lost, leaked (by label), repeated and invented.

Greedy string tiling with the body first. An answer is covered by runs of page tokens, longest run first, every page token used at
most once; so reordered text keeps its source, and a phrase that stands in body and clutter is taken to be the body's while a body
place is free. In steps:

1. *Tiles.* For k = 32, 16, 8, 6: every maximal common run of at least k free tokens, longest first. A run in the body counts two
   tokens longer than it is, since clutter often holds a headline with the site's name behind it. Equal runs: body, then may, then
   clutter; then the place that keeps the page's order; then the nearest.
2. *Gaps.* Between two tiles and in what is left of a block that a tile cut through: the longest common subsequence of the few
   tokens there, so one changed word does not lose its neighbours.
3. *Short blocks.* A block of fewer than six tokens is taken whole or not at all: where it is a line of the answer, or stands in
   order between what was found on either side. A short line of the answer may also be part of one longer block.
4. What is left is *repeated* where the page has the token (all places in reach are used up) and *invented* where it has not.

Single common words never match alone outside a gap, so a stop word in a paraphrase is not a leak.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.records import class_of

LEVELS = (32, 16, 8, 6)
SHORTEST = LEVELS[-1]
BODY_BONUS = 2
_GAP = 64
_REST = 8
# A phrase that stands on the page more often than this is tried in this many places; the body's come first.
_PLACES = 48
_RANK = {"body": 0, "may": 1, "clutter": 2}


class Target:
    """The labelled tokens of one page, indexed for alignment. `blocks` are (label, tokens) pairs per part of a block.

    `starts[n]` is the position of block n's first token; parts of one block share its number.
    """

    def __init__(self, blocks: Iterable[Sequence[tuple[str, Sequence[str]]]]) -> None:
        self.tokens: list[str] = []
        self.labels: list[str] = []
        self.block: list[int] = []
        self.starts: list[int] = []
        for number, parts in enumerate(blocks):
            self.starts.append(len(self.tokens))
            for label, part in parts:
                self.tokens.extend(part)
                self.labels.extend([label] * len(part))
                self.block.extend([number] * len(part))
        self.starts.append(len(self.tokens))
        self.rank = [_RANK[class_of(label)] for label in self.labels]
        self._ids: dict[str, int] = {}
        self.sequence = [self._ids.setdefault(token, len(self._ids)) for token in self.tokens]
        self._pairs: dict[tuple[int, int], int] = {}
        self.grams = self._grams(self.sequence, grow=True)
        self.places: dict[int, dict[int, list[int]]] = {k: self._index(self.grams[k]) for k in (2, *LEVELS)}
        self.short: dict[tuple[int, ...], list[int]] = {}
        for number in range(len(self.starts) - 1):
            start, end = self.starts[number], self.starts[number + 1]
            if 0 < end - start < SHORTEST:
                self.short.setdefault(tuple(self.sequence[start:end]), []).append(start)

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the page's numbers for tokens; -1 for a token that the page does not have."""
        return [self._ids.get(token, -1) for token in tokens]

    def answer_grams(self, sequence: list[int]) -> dict[int, list[int]]:
        """Return for each k the number of the page's k-gram at every position of `sequence`, -1 where the page has none such."""
        return self._grams(sequence, grow=False)

    def _grams(self, sequence: list[int], *, grow: bool) -> dict[int, list[int]]:
        # Doubling: a 32-gram is a pair of 16-grams, so every level costs one look-up a token whatever its length.
        grams = {1: sequence}
        for k, left, right in ((2, 1, 1), (4, 2, 2), (6, 4, 2), (8, 4, 4), (16, 8, 8), (32, 16, 16)):
            pairs = zip(grams[left], grams[right][left:], strict=False)
            if grow:
                # Numbers of different k never meet, since each level only pairs numbers of its own two halves.
                grams[k] = [self._pairs.setdefault((a * 8 + left.bit_length(), b), len(self._pairs)) for a, b in pairs]
            else:
                get = self._pairs.get
                mark = left.bit_length()
                grams[k] = [get((a * 8 + mark, b), -1) if a >= 0 and b >= 0 else -1 for a, b in pairs]
        return grams

    def _index(self, grams: list[int]) -> dict[int, list[int]]:
        places: dict[int, list[int]] = {}
        for position, gram in enumerate(grams):
            places.setdefault(gram, []).append(position)
        for gram, found in places.items():
            if len(found) > _PLACES:
                places[gram] = sorted(found, key=lambda position: (self.rank[position], position))[:_PLACES]
        return places


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
        counts: dict[str, int] = {}
        labels = self.target.labels
        for place in self.source:
            if place >= 0:
                counts[labels[place]] = counts.get(labels[place], 0) + 1
        return counts

    @property
    def repeated(self) -> int:
        return sum(1 for place, known in zip(self.source, self.known, strict=True) if place < 0 and known)

    @property
    def invented(self) -> int:
        return sum(1 for place, known in zip(self.source, self.known, strict=True) if place < 0 and not known)


def align(target: Target, lines: Iterable[Sequence[str]]) -> Alignment:
    """Align an answer, given as the tokens of its lines, to a page. Deterministic; no token of either side is used twice."""
    return _Tiling(target, lines).run()


class _Tiling:
    def __init__(self, target: Target, lines: Iterable[Sequence[str]]) -> None:
        self.target = target
        self.answer: list[int] = []
        self.line_starts: list[int] = []
        for line in lines:
            if line:
                self.line_starts.append(len(self.answer))
                self.answer.extend(target.ids(line))
        self.line_starts.append(len(self.answer))
        self.grams = target.answer_grams(self.answer)
        self.source = [-1] * len(self.answer)
        self.used = bytearray(len(target.sequence))

    def run(self) -> Alignment:
        for k in LEVELS:
            while (runs := self._runs(k)) and self._tile(k, runs):
                pass
        self._gaps()
        self._short_blocks()
        self._short_lines()
        return Alignment(self.target, self.source, [token >= 0 for token in self.answer])

    # 1. tiles

    def _tile(self, k: int, found: dict[tuple[int, int], tuple[int, int]]) -> bool:
        """Take the found runs, longest first; tell whether one was cut by another, so that its rest may be a run of its own."""
        heap = [(-score, rank, start, length) for (start, length), (score, rank) in found.items()]
        heapq.heapify(heap)
        cut = False
        while heap:
            _, _, start, length = heapq.heappop(heap)
            if any(place >= 0 for place in self.source[start : start + length]):
                cut = True
                continue
            place = self._best_place(start, length, k)
            if place < 0:
                cut = True
                continue
            self._take(start, place, length)
        return cut

    def _runs(self, k: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Return maximal free common runs as (answer start, length) → (length with bonus, best class rank)."""
        target, answer, sequence = self.target, self.answer, self.target.sequence
        index, grams, rank = target.places[k], self.grams[k], target.rank
        free_answer = _free_ahead([place >= 0 for place in self.source])
        free_page = _free_ahead(self.used)
        runs: dict[tuple[int, int], tuple[int, int]] = {}
        for start, gram in enumerate(grams):
            if gram < 0 or free_answer[start] < k:
                continue
            for place in index.get(gram, ()):
                if free_page[place] < k:
                    continue
                if (
                    start and place and answer[start - 1] == sequence[place - 1]
                    and free_answer[start - 1] and free_page[place - 1]
                ):  # fmt: skip
                    continue  # not maximal: found from one token earlier
                limit = min(free_answer[start], free_page[place])
                length = k
                while length < limit and answer[start + length] == sequence[place + length]:
                    length += 1
                middle = rank[place + length // 2]
                score = length + (BODY_BONUS if middle == 0 else 0)
                known = runs.get((start, length))
                if known is None or (-score, middle) < (-known[0], known[1]):
                    runs[start, length] = (score, middle)
        return runs

    def _best_place(self, start: int, length: int, k: int) -> int:
        """Return the free page place for an answer run: body first, then in the page's order, then nearest; -1 if none is left."""
        answer, sequence = self.answer, self.target.sequence
        run = answer[start : start + length]
        before, after = self._neighbours(start, start + length)
        best, best_key = -1, (9, True, 0)
        for place in self.target.places[k].get(self.grams[k][start], ()):
            end = place + length
            if end > len(sequence) or any(self.used[place:end]) or sequence[place:end] != run:
                continue
            key = (self.target.rank[place + length // 2], not before < place < after, abs(place - before))
            if key < best_key:
                best, best_key = place, key
        return best

    def _neighbours(self, start: int, end: int) -> tuple[int, int]:
        """Return the page places of the nearest aligned answer tokens before `start` and from `end` on."""
        before, after = -1, len(self.used)
        for position in range(start - 1, max(start - 2 * _GAP, 0) - 1, -1):
            if self.source[position] >= 0:
                before = self.source[position]
                break
        for position in range(end, min(end + 2 * _GAP, len(self.source))):
            if self.source[position] >= 0:
                after = self.source[position]
                break
        return before, after

    def _take(self, start: int, place: int, length: int) -> None:
        self.source[start : start + length] = range(place, place + length)
        self.used[place : place + length] = b"\1" * length

    # 2. gaps

    def _gaps(self) -> None:
        for start, end in self._free_runs():
            before = self.source[start - 1] if start else -1
            after = self.source[end] if end < len(self.source) else -1
            if before >= 0 and after > before and end - start <= _GAP and after - before - 1 <= _GAP:
                self._match_gap(range(start, end), self._near(before + 1, after, before, after))
                continue
            if before >= 0:
                rest = range(before + 1, min(before + 1 + _REST, self._block_end(before)))
                self._match_gap(range(start, min(end, start + _REST)), [place for place in rest if not self.used[place]])
            if after >= 0:
                rest = range(max(after - _REST, self._block_start(after)), after)
                self._match_gap(range(max(start, end - _REST), end), [place for place in rest if not self.used[place]])

    def _near(self, start: int, end: int, before: int, after: int) -> list[int]:
        """Return free page places in a gap that belong to the blocks on its two sides or to the body; other blocks go whole or not."""
        block, rank = self.target.block, self.target.rank
        sides = (block[before], block[after])
        return [place for place in range(start, end) if not self.used[place] and (rank[place] == 0 or block[place] in sides)]

    def _match_gap(self, positions: Sequence[int], places: Sequence[int]) -> None:
        positions = [position for position in positions if self.source[position] < 0]
        if not positions or not places:
            return
        a = [self.answer[position] for position in positions]
        b = [self.target.sequence[place] for place in places]
        for left, right in _common_subsequence(a, b):
            self._take(positions[left], places[right], 1)

    def _block_end(self, place: int) -> int:
        return self.target.starts[self.target.block[place] + 1]

    def _block_start(self, place: int) -> int:
        return self.target.starts[self.target.block[place]]

    # 3. short blocks and short lines

    def _short_blocks(self) -> None:
        for start, end in self._free_runs():
            position = start
            while position < end:
                position += self._short_block_at(position, end) or 1

    def _short_block_at(self, start: int, end: int) -> int:
        """Take the longest short block that begins at answer position `start`; return its length, 0 if there is none."""
        for length in range(min(SHORTEST - 1, end - start), 0, -1):
            places = self.target.short.get(tuple(self.answer[start : start + length]))
            if not places:
                continue
            before, after = self._neighbours(start, start + length)
            own_line = self._is_line(start, start + length)
            best = min(
                (
                    (self.target.rank[place], not before < place < after, abs(place - before), place)
                    for place in places
                    if not any(self.used[place : place + length]) and (own_line or before < place < after)
                ),
                default=None,
            )
            if best is not None:
                self._take(start, best[3], length)
                return length
        return 0

    def _short_lines(self) -> None:
        """A line of the answer of two to five tokens may be a part of one block."""
        for start, end in self._free_runs():
            if not 2 <= end - start < SHORTEST or not self._is_line(start, end):
                continue
            run = self.answer[start:end]
            length = end - start
            before, after = self._neighbours(start, end)
            best = min(
                (
                    (self.target.rank[place], not before < place < after, abs(place - before), place)
                    for place in self.target.places[2].get(self.grams[2][start], ())
                    if self.target.sequence[place : place + length] == run
                    and not any(self.used[place : place + length])
                    and self._block_end(place) >= place + length
                ),
                default=None,
            )
            if best is not None:
                self._take(start, best[3], length)

    def _is_line(self, start: int, end: int) -> bool:
        at = bisect_left(self.line_starts, start)
        return self.line_starts[at] == start and at + 1 < len(self.line_starts) and self.line_starts[at + 1] == end

    def _free_runs(self) -> list[tuple[int, int]]:
        """Return the answer's runs of tokens without a source, as half-open ranges."""
        runs: list[tuple[int, int]] = []
        start = -1
        for position, place in enumerate(self.source):
            if place < 0 and start < 0:
                start = position
            elif place >= 0 and start >= 0:
                runs.append((start, position))
                start = -1
        if start >= 0:
            runs.append((start, len(self.source)))
        return runs


def _free_ahead(used: Sequence[int] | bytearray) -> list[int]:
    """Return for each position how many free positions follow in one run, itself included; 0 where it is used."""
    ahead = [0] * len(used)
    count = 0
    for position in range(len(used) - 1, -1, -1):
        count = 0 if used[position] else count + 1
        ahead[position] = count
    return ahead


def _common_subsequence(a: Sequence[int], b: Sequence[int]) -> list[tuple[int, int]]:
    """Return index pairs of one longest common subsequence, the earliest in `b` where there are several. Unknown tokens never match."""
    width = len(b) + 1
    table = [[0] * width for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        row, below = table[i], table[i + 1]
        for j in range(len(b) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if a[i] == b[j] and a[i] >= 0 else max(below[j], row[j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j] and a[i] >= 0:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
