"""The lines of a gold file by block: a line with its `+` continuations is the labelled form of one block of the page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from harness.records import Line
from harness.text import squeeze, without_space


@dataclass(frozen=True, slots=True)
class Group:
    """A line and its continuations. `key` is its text without white space, the form in which gold and page must agree."""

    lines: tuple[Line, ...]
    key: str

    @property
    def text(self) -> str:
        return squeeze(" ".join(line.text for line in self.lines))

    @property
    def number(self) -> int:
        """The number of the first line in its file."""
        return self.lines[0].number

    def starts(self) -> list[int]:
        """Return, line by line, how many characters of `key` stand before it."""
        return [0, *accumulate(len(without_space(line.text)) for line in self.lines[:-1])]

    def line_at(self, offset: int) -> Line:
        """Return the line that holds the character `offset` of `key`."""
        return self.lines[bisect_right(self.starts(), max(offset, 0)) - 1]


def grouped(lines: Iterable[Line]) -> list[Group]:
    """Return lines as groups, in order. A continuation with nothing above it begins a group, since some rule must be able to say so."""
    collected: list[list[Line]] = []
    for line in lines:
        if line.continues and collected:
            collected[-1].append(line)
        else:
            collected.append([line])
    return [Group(tuple(group), without_space("".join(line.text for line in group))) for group in collected]
