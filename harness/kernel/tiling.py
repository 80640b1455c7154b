"""Greedy string tiling in plain Python: the definition that the compiled kernel must match place for place.

`harness.align` says what the steps mean; here is how they stay cheap. Answers are hostile: one word 100,000 times, or a page's text with
a word changed here and there, must cost about what any text of that length costs. So

- runs of k tokens are found by number (doubling: a 32-gram is a pair of 16-grams), and a phrase is tried in at most `_PLACES` places
  of a class;
- long runs are measured in steps that double (`_extent`), not token by token;
- whether a run is still free is read off its two ends (`_page_clear`), since no shorter run was taken before it;
- a round notes at most `_RUNS` runs and a level has at most `_ROUNDS` rounds (3 is the most seen in 1,448 answers).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

LEVELS = (32, 16, 8, 6)
SHORTEST = LEVELS[-1]
_GAP = 64
_REST = 8
# A phrase that stands on the page more often than this is tried in this many places of each class.
_PLACES = 48
_ROUNDS = 16
_RUNS = 1 << 18
# Below this length tokens are compared one by one: building numbers for ever longer runs would cost more.
_DIRECT = 256
# Width of a k-gram → widths of its two halves.
_HALVES = {2: (1, 1), 4: (2, 2), 6: (4, 2)}


class Tiling:
    """A page's tokens, indexed for tiling: `place` tells for each answer token which page token it is.

    `sequence` are the tokens as numbers from 0, `rank` the class of each (0 body, 1 may, 2 clutter) and `starts` the position of each
    block's first token, with the number of tokens at the end. Raises ValueError where these do not fit together.
    """

    def __init__(self, sequence: Sequence[int], rank: Sequence[int], starts: Sequence[int]) -> None:
        self.sequence = list(sequence)
        self.rank = bytes(rank)
        self.starts = list(starts)
        size = len(self.sequence)
        if len(self.rank) != size or not self.starts or self.starts[0] != 0 or self.starts[-1] != size:
            raise ValueError("tokens, ranks and blocks do not fit together")
        if any(token < 0 for token in self.sequence) or any(rank > 2 for rank in self.rank) or self.starts != sorted(self.starts):
            raise ValueError("a token's number, a rank or a block's start is out of range")
        self.block = [number for number in range(len(self.starts) - 1) for _ in range(self.starts[number], self.starts[number + 1])]
        self.pairs: dict[int, dict[int, int]] = {}
        self.grams: dict[int, list[int]] = {1: self.sequence}
        self.places = {k: self._index(self.page_grams(k)) for k in (2, *LEVELS)}
        self.short: dict[tuple[int, ...], list[int]] = {}
        for start, end in pairwise(self.starts):
            if 0 < end - start < SHORTEST:
                self.short.setdefault(tuple(self.sequence[start:end]), []).append(start)

    def place(self, answer: Sequence[int], line_starts: Sequence[int]) -> list[int]:
        """Return for each answer token the page position it is aligned to, or -1; no position comes twice.

        -1 is a token that the page has not. `line_starts` are the first positions of the answer's lines that have tokens, with the
        number of tokens at the end. Raises ValueError where these do not fit together.
        """
        lines = list(line_starts)
        if not lines or lines[0] != 0 or lines[-1] != len(answer) or any(a >= b for a, b in pairwise(lines)):
            raise ValueError("tokens and lines do not fit together")
        return _Placing(self, list(answer), lines).run()

    def page_grams(self, width: int) -> list[int]:
        """Return the number of the page's `width`-gram at every position; equal grams have equal numbers."""
        if width not in self.grams:
            left, right = halves(width)
            pairs = zip(self.page_grams(left), self.page_grams(right)[left:], strict=False)
            known = self.pairs[width] = {}
            self.grams[width] = [known.setdefault(a << 32 | b, len(known)) for a, b in pairs]
        return self.grams[width]

    def _index(self, grams: list[int]) -> dict[int, list[int]]:
        places: dict[int, list[int]] = {}
        for position, gram in enumerate(grams):
            places.setdefault(gram, []).append(position)
        for gram, found in places.items():
            if len(found) > _PLACES:
                places[gram] = [place for rank in range(3) for place in [place for place in found if self.rank[place] == rank][:_PLACES]]
        return places


def halves(width: int) -> tuple[int, int]:
    """Return the widths of the two grams that make one of `width`."""
    return _HALVES.get(width) or (width // 2, width // 2)


class _Placing:
    """One answer being placed."""

    def __init__(self, page: Tiling, answer: list[int], line_starts: list[int]) -> None:
        self.page = page
        self.answer = answer
        self.line_starts = line_starts
        self.grams: dict[int, list[int]] = {1: answer}
        self.source = [-1] * len(answer)
        self.used = bytearray(len(page.sequence))

    def run(self) -> list[int]:
        # First the body alone, then with the may text, then all: a class that comes later gets only what the earlier ones left.
        for last_rank in sorted(set(self.page.rank)):
            for k in LEVELS:
                for _ in range(_ROUNDS):
                    if not self._round(k, last_rank):
                        break
        self._gaps()
        self._short_blocks()
        self._short_lines()
        return self.source

    def _answer_grams(self, width: int) -> list[int]:
        """Return the number of the page's `width`-gram at every position of the answer, -1 where the page has none such."""
        if width not in self.grams:
            left, right = halves(width)
            self.page.page_grams(width)
            get = self.page.pairs[width].get
            pairs = zip(self._answer_grams(left), self._answer_grams(right)[left:], strict=False)
            # With -1 on either side the key is negative, which no pair of the page is.
            self.grams[width] = [get(a << 32 | b, -1) for a, b in pairs]
        return self.grams[width]

    # 1. tiles

    def _round(self, k: int, last_rank: int) -> bool:
        """Take the free runs in page tokens of class 0 to `last_rank`, longest first.

        Tell whether one was cut by another, so that its rest may be a run of its own.
        """
        free_answer = _free_ahead([place >= 0 for place in self.source])
        free_page = _free_ahead([used or rank > last_rank for used, rank in zip(self.used, self.page.rank, strict=True)])
        found, cut = self._runs(k, free_answer, free_page)
        for _, _, start, length in sorted((-length, rank, start, length) for (start, length), rank in found.items()):
            if not self._answer_clear(start, length):
                cut = True
                continue
            place = self._best_place(start, length, k, free_page)
            if place < 0:
                cut = True
                continue
            self._take(start, place, length)
        return cut

    def _runs(self, k: int, free_answer: list[int], free_page: list[int]) -> tuple[dict[tuple[int, int], int], bool]:
        """Return maximal free common runs as (answer start, length) → best class rank, and whether any were left."""
        answer, sequence, rank = self.answer, self.page.sequence, self.page.rank
        index = self.page.places[k]
        runs: dict[tuple[int, int], int] = {}
        for start, gram in enumerate(self._answer_grams(k)):
            if gram < 0 or free_answer[start] < k:
                continue
            if len(runs) >= _RUNS:
                return runs, True
            for place in index[gram]:
                if free_page[place] < k:
                    continue
                if (
                    start and place and answer[start - 1] == sequence[place - 1]
                    and free_answer[start - 1] and free_page[place - 1]
                ):  # fmt: skip
                    continue  # not maximal: found from one token earlier
                length = self._extent(start, place, min(free_answer[start], free_page[place]), k)
                middle = rank[place + length // 2]
                runs[start, length] = min(middle, runs.get((start, length), middle))
        return runs, False

    def _extent(self, start: int, place: int, limit: int, length: int) -> int:
        """Return how many tokens from `start` and `place` on are equal, at most `limit`; the first `length` are known to be."""
        answer, sequence = self.answer, self.page.sequence
        direct = min(limit, _DIRECT)
        while length < direct and answer[start + length] == sequence[place + length]:
            length += 1
        if length < _DIRECT:
            return length
        # Numbers of wide grams compare many tokens at once; widths double, so a run costs the logarithm of its length.
        width, steps = LEVELS[0], 8
        while length + width <= limit and self._same_gram(width, start + length, place + length):
            length += width
            steps -= 1
            if not steps:
                width, steps = width * 2, 8
        while width > 1:
            width //= 2
            if length + width <= limit and self._same_gram(width, start + length, place + length):
                length += width
        return length

    def _same_gram(self, width: int, position: int, place: int) -> bool:
        return self._answer_grams(width)[position] == self.page.page_grams(width)[place]

    def _answer_clear(self, start: int, length: int) -> bool:
        return self.source[start] < 0 and self.source[start + length - 1] < 0

    def _page_clear(self, place: int, length: int) -> bool:
        """Tell whether a page run that was free when the round began still is.

        Runs are taken by length, so what was taken since is at least as long as this run. Where it overlaps it covers the first token
        or the last.
        """
        return not (self.used[place] or self.used[place + length - 1])

    def _best_place(self, start: int, length: int, k: int, free_page: list[int]) -> int:
        """Return the free page place for an answer run: body first, then in the page's order, then nearest; -1 if none is left."""
        free = [
            place
            for place in self.page.places[k][self.grams[k][start]]
            if free_page[place] >= length and self._page_clear(place, length) and self._extent(start, place, length, k) == length
        ]
        if len(free) < 2:
            return free[0] if free else -1
        return self._best(free, start, length, length // 2)

    def _best(self, places: Iterable[int], start: int, length: int, middle: int) -> int:
        """Return the best of some places for an answer run, the first where several are equally good."""
        before, after = self._neighbours(start, start + length)
        rank = self.page.rank
        return min(places, key=lambda place: (rank[place + middle], not before < place < after, abs(place - before)))

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
        block, rank = self.page.block, self.page.rank
        sides = (block[before], block[after])
        return [place for place in range(start, end) if not self.used[place] and (rank[place] == 0 or block[place] in sides)]

    def _match_gap(self, positions: Sequence[int], places: Sequence[int]) -> None:
        positions = [position for position in positions if self.source[position] < 0]
        if not positions or not places:
            return
        a = [self.answer[position] for position in positions]
        b = [self.page.sequence[place] for place in places]
        for left, right in _common_subsequence(a, b):
            self._take(positions[left], places[right], 1)

    def _block_end(self, place: int) -> int:
        return self.page.starts[self.page.block[place] + 1]

    def _block_start(self, place: int) -> int:
        return self.page.starts[self.page.block[place]]

    # 3. short blocks and short lines

    def _short_blocks(self) -> None:
        free: dict[tuple[int, ...], tuple[_FreePlaces, ...]] = {}
        for start, end in self._free_runs():
            position = start
            while position < end:
                position += self._short_block_at(position, end, free) or 1

    def _short_block_at(self, start: int, end: int, free: dict[tuple[int, ...], tuple[_FreePlaces, ...]]) -> int:
        """Take the longest short block that begins at answer position `start`; return its length, 0 if there is none.

        `free` holds, for blocks asked for before, the places still free, by class. Within this step only whole blocks are taken.
        """
        for length in range(min(SHORTEST - 1, end - start), 0, -1):
            block = tuple(self.answer[start : start + length])
            places = self.page.short.get(block)
            if not places:
                continue
            if block not in free:
                unused = [place for place in places if not any(self.used[place : place + length])]
                free[block] = tuple(_FreePlaces([place for place in unused if self.page.rank[place] == rank]) for rank in range(3))
            before, after = self._neighbours(start, start + length)
            for by_rank in free[block]:
                place = by_rank.pop(before, after, anywhere=self._is_line(start, start + length))
                if place >= 0:
                    self._take(start, place, length)
                    return length
        return 0

    def _short_lines(self) -> None:
        """A line of the answer of two to five tokens may be a part of one block."""
        for start, end in self._free_runs():
            length = end - start
            if not 2 <= length < SHORTEST or not self._is_line(start, end):
                continue
            run = self.answer[start:end]
            places = [
                place
                for place in self.page.places[2].get(self._answer_grams(2)[start], ())
                if self.page.sequence[place : place + length] == run
                and not any(self.used[place : place + length])
                and self._block_end(place) >= place + length
            ]
            if places:
                self._take(start, self._best(sorted(places), start, length, 0), length)

    def _is_line(self, start: int, end: int) -> bool:
        at = bisect_left(self.line_starts, start)
        return self.line_starts[at] == start and at + 1 < len(self.line_starts) and self.line_starts[at + 1] == end

    def _free_runs(self) -> Iterator[tuple[int, int]]:
        """Return the answer's runs of tokens without a source as they are now, as half-open ranges."""
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
        return iter(runs)


class _FreePlaces:
    """The free places of equal short blocks of one class, in order; taking one costs about a look-up, however many there are."""

    def __init__(self, places: list[int]) -> None:
        self.places = places
        # Next free index from here on, and one more than the last free index up to here: both with path halving.
        self.up = list(range(len(places) + 1))
        self.down = list(range(len(places) + 1))

    def pop(self, before: int, after: int, *, anywhere: bool) -> int:
        """Take the first free place between `before` and `after`, or else, if `anywhere`, the one nearest to `before`; -1 if none."""
        at = bisect_left(self.places, before + 1)
        higher = _find(self.up, at)
        lower = _find(self.down, at) - 1
        if higher < len(self.places) and self.places[higher] < after:
            chosen = higher
        elif not anywhere:
            return -1
        elif higher == len(self.places) or (lower >= 0 and before - self.places[lower] <= self.places[higher] - before):
            chosen = lower
        else:
            chosen = higher
        if chosen < 0:
            return -1
        self.up[chosen] = chosen + 1
        self.down[chosen + 1] = chosen
        return self.places[chosen]


def _find(link: list[int], index: int) -> int:
    while link[index] != index:
        link[index] = index = link[link[index]]
    return index


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
