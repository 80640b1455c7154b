"""The lint rule on a flattened page stored beside its HTML: the text must hold the gold body, in its order (E034)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from harness.corpus.check_text import CELL_BORDER
from harness.corpus.difference import quoted
from harness.corpus.header import Problem
from harness.records import BODY_LABELS, Line
from harness.text import without_space


def flattened_problems(lines: Iterable[Line], text: str, raw: str) -> list[Problem]:
    """Return the body lines that the stored text of the text track lacks, or has in another order (E034)."""
    stored = without_space(text)
    # A flattened table need not join its cells as gold does.
    parts = [
        (line.number, part)
        for line in lines
        if line.label in BODY_LABELS
        for part in (CELL_BORDER.split(line.text) if line.label == "row" else [line.text])
        if part.strip()
    ]
    keys = [without_space(part) for _, part in parts]
    places = {k: stored.index(key) for k, key in enumerate(keys) if stored.count(key) == 1}
    fixed = _longest_rising(places)
    found: list[Problem] = []
    place = 0
    for k, (number, part) in enumerate(parts):
        limit = next((places[later] for later in fixed if later > k), len(stored))
        at = -1 if k in places and k not in fixed else stored.find(keys[k], place, limit)
        if at >= 0:
            place = at + len(keys[k])
        elif keys[k] in stored:
            found.append(Problem(number, "E034", f"{raw} has body text of line {number} out of order: {quoted(part)}."))
        else:
            found.append(Problem(number, "E034", f"{raw} lacks body text of line {number}: {quoted(part)}."))
    return found


def _longest_rising(places: Mapping[int, int]) -> list[int]:
    """Return the keys of a longest subsequence of rising values (patience sorting): what is in order, so that the fewest are not."""
    tops: list[int] = []
    piles: list[int] = []
    below: dict[int, int] = {}
    for key, value in places.items():
        pile = bisect_left(tops, value)
        tops[pile : pile + 1], piles[pile : pile + 1] = [value], [key]
        if pile:
            below[key] = piles[pile - 1]
    chain = piles[-1:]
    while chain and chain[-1] in below:
        chain.append(below[chain[-1]])
    return chain[::-1]
