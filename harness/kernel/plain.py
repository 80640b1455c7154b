r"""The counting primitives under the metrics in plain Python: the definition that a compiled kernel must match count for count.

Every function takes (gold, answer) in this order and returns whole numbers, so equal means equal: no tolerance. Token sequences are
lists of str; two tokens are the same where the strings are. The text-level functions (`word_…`, `space_…`) tokenise as well, because
for the cheap metrics that is most of the work; each names the Python expression that defines its tokens, and a table of another Unicode
version would not do: it is this interpreter's `re`, `str.split` and `str.lower` that the rivals run on.

Results of type `Overlap` are (hits, predicted, expected): shared things, the answer's, the gold's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import repeat

Overlap = tuple[int, int, int]
"""(hits, predicted, expected)."""

_WORD = re.compile(r"\w+")


# Bags of n-grams


def ngram_overlap(gold: Sequence[str], answer: Sequence[str], n: int) -> Overlap:
    """Compare the multisets of n-grams; a text of fewer than n tokens has none. hits = Σ over n-grams of the smaller count."""
    return _shared(_ngrams(gold, n), _ngrams(answer, n))


def set_overlap(gold: Sequence[str], answer: Sequence[str]) -> Overlap:
    """Compare the sets of tokens: each distinct token counts once."""
    expected, predicted = set(gold), set(answer)
    return len(expected & predicted), len(predicted), len(expected)


def word_ngrams(gold: str, answer: str, n: int, lower: bool = False) -> Overlap:
    r"""Compare the multisets of word n-grams of two texts: tokens are `re.findall(r"\w+", text)`, of `text.lower()` if `lower`.

    A text of 1 to n-1 tokens counts as one shorter shingle (equal only to the same shorter shingle), an empty text as none: AEB's rule.
    """
    return _shared(_gold_words(gold, n, lower), _word_shingles(answer, n, lower))


def same_words(gold: str, answer: str) -> bool:
    r"""Tell whether `re.findall(r"\w+", text)` is the same list for both texts."""
    return _words(gold, False) == _words(answer, False)


# One text meets several metrics, one after another.
@lru_cache(maxsize=16)
def _words(text: str, lower: bool) -> list[str]:
    return _WORD.findall(text.lower() if lower else text)


def _word_shingles(text: str, n: int, lower: bool) -> Counter[object]:
    words = _words(text, lower)
    return _ngrams(words, n) if len(words) >= n else Counter([tuple(words)] if words else ())


# A page's gold meets the answers of all systems one after another, so its shingles are kept; a few pages are enough.
_gold_words = lru_cache(maxsize=8)(_word_shingles)


def _ngrams(tokens: Sequence[str], n: int) -> Counter[object]:
    if n == 1:
        return Counter(tokens)
    return Counter(zip(*(tokens[start:] for start in range(n)), strict=False))


def _shared(gold: Counter[object], answer: Counter[object]) -> Overlap:
    hits = sum(map(min, map(gold.get, answer.keys(), repeat(0)), answer.values()))
    return hits, answer.total(), gold.total()


# Longest common subsequences


def lcs_length(gold: Sequence[str], answer: Sequence[str]) -> int:
    """Return the length of a longest common subsequence of two token sequences."""
    from rapidfuzz.distance import LCSseq

    # Tokens become numbers, each distinct one its own, since rapidfuzz compares hashes, and those of two words can be equal.
    number: dict[str, int] = {}
    first, second = ([number.setdefault(token, len(number)) for token in tokens] for tokens in (gold, answer))
    return int(LCSseq.similarity(first, second))


def space_lcs(gold: str, answer: str) -> Overlap:
    """Return the LCS of the tokens `text.split()` of two texts, and how many tokens each has."""
    expected, predicted = gold.split(), answer.split()
    return lcs_length(expected, predicted), len(predicted), len(expected)


def union_lcs(gold: Iterable[Sequence[str]], answer: Iterable[Sequence[str]]) -> Overlap:
    """Compare two texts cut into sentences (lists of tokens) by ROUGE-LSum's union of LCS, as rouge-score 0.1.2 computes it.

    For each gold sentence: the union, over all answer sentences, of the gold positions in *one* LCS of the two (see `lcs_positions`);
    the tokens at these positions, in order, are hits as long as their token's budget lasts: one for each time it stands in the answer,
    over all gold sentences (the budget for its number in the gold can never run out before). predicted and expected are all tokens.
    """
    gold, answer = [list(sentence) for sentence in gold], [list(sentence) for sentence in answer]
    budget = Counter(token for sentence in answer for token in sentence)
    predicted, expected = budget.total(), sum(map(len, gold))
    index: dict[str, list[int]] = {}
    sentence_of: list[int] = []
    for number, sentence in enumerate(answer):
        for token in sentence:
            index.setdefault(token, []).append(len(sentence_of))
            sentence_of.append(number)
    whole = {tuple(sentence) for sentence in answer}
    hits = 0
    for sentence in gold:
        # A gold sentence that the answer has as it is matches in full; the union can add nothing.
        marked = (1 << len(sentence)) - 1 if tuple(sentence) in whole else _union_positions(sentence, index, sentence_of)
        for position, token in enumerate(sentence):
            if marked >> position & 1 and budget[token] > 0:
                budget[token] -= 1
                hits += 1
    return hits, predicted, expected


def lcs_positions(gold: Sequence[str], answer: Sequence[str]) -> list[int]:
    """Return the gold positions, in order, of the one LCS that rouge-score 0.1.2 takes.

    Which of several equally long ones it is changes ROUGE-LSum's unions, so the rule is part of the definition. With t[i][j] the LCS
    length of the first i gold and the first j answer tokens, walk from (len(gold), len(answer)) while both are > 0: tokens i and j equal:
    take gold position i-1 and go to (i-1, j-1); else if t[i][j-1] > t[i-1][j]: go to (i, j-1); else: go to (i-1, j).
    """
    index: dict[str, list[int]] = {}
    for position, token in enumerate(answer):
        index.setdefault(token, []).append(position)
    marked = _union_positions(gold, index, [0] * len(answer))
    return [position for position in range(len(gold)) if marked >> position & 1]


def _union_positions(gold: Sequence[str], index: dict[str, list[int]], sentence_of: Sequence[int]) -> int:
    """Return the union of `lcs_positions(gold, sentence)` over the answer's sentences as a bit mask of gold positions.

    `index` has for each token its places in the answer, `sentence_of` for each place its sentence: only columns of the table that have
    a match are looked at. A column j is one number: bit i is set where t[i+1][j] - t[i][j] = 1 (Hyyrö's bit-parallel LCS). On a mismatch
    t[i][j-1] > t[i-1][j] exactly where bit i-1 of column j is set, so the walk goes, column by column, to the highest place not above
    the present one that is set or matches.
    """
    masks: dict[str, int] = {}
    for position, token in enumerate(gold):
        masks[token] = masks.get(token, 0) | 1 << position
    by_sentence: dict[int, list[tuple[int, int]]] = {}
    for token, mask in masks.items():
        for place in index.get(token, ()):
            by_sentence.setdefault(sentence_of[place], []).append((place, mask))
    possible = 0
    for token, mask in masks.items():
        if token in index:
            possible |= mask
    marked = 0
    full = (1 << len(gold)) - 1
    # Long overlaps first: once every gold token that the answer has is marked, no further sentence can add anything.
    for places in sorted(by_sentence.values(), key=len, reverse=True):
        if marked == possible:
            break
        places.sort()
        rest = full
        columns: list[tuple[int, int, int]] = []
        for place, mask in places:
            matching = rest & mask
            rest = (rest + matching | rest - matching) & full
            columns.append((place, mask, full & ~rest))
        below = full
        last = places[-1][0]
        following = last + 1 if last + 1 == len(sentence_of) or sentence_of[last + 1] != sentence_of[last] else -1
        for place, mask, column in reversed(columns):
            if place + 1 != following:
                # Columns without a match stand between: through them the walk goes to the next set place and takes nothing.
                below = (1 << (column & below).bit_length()) - 1
            following = place
            found = (column | mask) & below
            if not found:
                break
            top = 1 << found.bit_length() - 1
            if mask & top:
                marked |= top
                below = top - 1
            else:
                below = 2 * top - 1
    return marked


# CleanEval's alignment


def matching_blocks(gold: Sequence[str], answer: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return `difflib.SequenceMatcher(None, answer, gold).get_matching_blocks()` as (answer position, gold position, length).

    With difflib's default heuristic: of a gold of 200 tokens or more, tokens that stand there more than `len(gold) // 100 + 1` times
    are popular and start no match. The sequence whose popular tokens count is the second, here the gold. Ties in length go to the block
    that begins first in the answer, then in the gold. The last block is (len(answer), len(gold), 0). Adjacent blocks are merged.
    """
    return [(block.a, block.b, block.size) for block in SequenceMatcher(None, answer, gold).get_matching_blocks()]
