"""An explorer page's data, `d/….js`: per answer the stretches to mark in the page's lines and the words that stand behind them.

A classic script that sets a global is the only way in which a page opened from a file can load data. The text is JSON, with every
character escaped that could end a script. Marks are counted in UTF-16 units, as scripts count, of a line's text as it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from harness.escape import SPELLING, visible
from harness.explore import Diff, Problem, Row, excerpt

LARGEST = 60_000
"""Bytes of a data file, about. Past it marks and texts get coarser, step by step."""

_STEPS = ((400, 200), (160, 40), (80, 8), (80, 1), (0, 0))
"""Characters shown of what stands behind a line, and stretches marked in a line; the rest of a line is then one stretch."""
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def shown(text: str) -> str:
    """Return text of a page or an answer as the report shows it."""
    return visible(text, SPELLING)


def row_text(row: Row) -> str:
    """Return a row's text as the report shows it: indentation stays."""
    return shown("".join(row.pieces)).rstrip()


def script(page: str, rows: Sequence[Row], diffs: Sequence[Diff], limits: Sequence[int]) -> str:
    """Return a page's data: one entry for each of `diffs`, each with as many problems as the page lists (`limits`)."""
    for longest, most in _STEPS:
        answers = [
            {"marks": list(_marks(rows, diff.marks, most)), "behind": list(_behind(diff.problems[:limit], longest, len(rows)))}
            for diff, limit in zip(diffs, limits, strict=True)
        ]
        text = as_script("CLUTTERBENCH", {"page": page, "answers": answers})
        if len(text.encode()) <= LARGEST:
            break
    return text


def as_script(name: str, value: Any) -> str:
    """Return a script that sets a global to a value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)
    return f"/* clutterbench */window.{name}={text};\n"


def _marks(rows: Sequence[Row], marks: Mapping[int, Sequence[tuple[int, int]]], most: int) -> Iterator[int | list[int]]:
    """Yield a row that is marked whole as its number, neighbouring ones as [first, last], and others as [row, from, to, from, to …]."""
    known = [(index, stretches) for index, stretches in sorted(marks.items()) if index < len(rows)]
    whole = [index for index, stretches in known if stretches == [(0, rows[index].words)]]
    for _, run in groupby(enumerate(whole), key=lambda pair: pair[1] - pair[0]):
        found = [index for _, index in run]
        yield found[0] if len(found) == 1 else [found[0], found[-1]]
    there = set(whole)
    for index, stretches in known:
        if index not in there and most:
            yield [index, *_units(rows[index], _coarse(stretches, most))]


def _coarse(stretches: Sequence[tuple[int, int]], most: int) -> Sequence[tuple[int, int]]:
    return stretches if len(stretches) <= most else [*stretches[: most - 1], (stretches[most - 1][0], stretches[-1][1])]


def _units(row: Row, stretches: Sequence[tuple[int, int]]) -> Iterator[int]:
    ends = [0]
    for piece in row.pieces:
        ends.append(ends[-1] + _length(shown(piece)))
    for begin, end in stretches:
        yield ends[begin]
        tail = shown(row.pieces[end - 1])
        yield ends[end] - (len(tail) - len(tail.rstrip()))


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _behind(problems: Sequence[Problem], longest: int, rows: int) -> Iterator[list[Any]]:
    """Yield (row, kind, text, number of the problem) of what stands behind rows."""
    for number, problem in enumerate(problems, 1):
        if problem.behind and problem.first < rows:
            yield [problem.first, problem.kind, shown(excerpt(problem.text, longest)) if longest else "", number]
