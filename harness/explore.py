"""One page × extractor, aligned by gold line and then by word: what the explorer and `clutterbench show` both say, in the same numbers.

A *row* is one label's stretch of one block: a line of the gold file where every block is labelled. Body words that the answer has not are
*lost*, clutter words that it has are *leaked*; its words that have no place on the page are *repeated* or *invented* ("not on the page")
and stand behind the row where the answer's word before them comes from. *Problems* draw these together and are numbered in page order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from typing import Literal

from harness.align import align
from harness.case import Case
from harness.corpus.corpus import page_blocks
from harness.corpus.difference import common
from harness.corpus.groups import grouped
from harness.records import UNLABELLED, Class, Counts, class_of
from harness.text import located, readable, tokens

Kind = Literal["lost", "leaked", "repeated", "invented"]

NOT_ON_PAGE = -1
"""The block of body words at the beginning that only the gold has, where the gold was not made from the page's blocks."""

_EXCERPT = 70
_LONGEST_LINE = 20_000
"""Tokens of a line up to which its words are found again in its text. Real lines have hundreds; an answer may be anything."""
_ROLES = {
    "p": ("paragraph", "paragraphs"), "h": ("sub-heading", "sub-headings"), "li": ("list item", "list items"), "q": ("quote", "quotes"),
    "row": ("table row", "table rows"), "code": ("line of code", "lines of code"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of one block under one label: the page's tokens from `start` to `end`. `block` counts the page's blocks from 0.

    `pieces` has one piece of the page's own text for each token, the spaces and signs around it included; joined they are the row's text.
    A row without a token has one piece. `number` is the line of the gold file, or counts the rows where the gold does not hold them all.
    """

    block: int
    label: str
    number: int
    start: int
    end: int
    pieces: tuple[str, ...]
    continues: bool

    @property
    def kind(self) -> Class:
        return class_of(self.label)

    @property
    def words(self) -> int:
        return self.end - self.start

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


@dataclass(frozen=True, slots=True)
class Problem:
    """Words lost, leaked, repeated or invented in one place: `words` of `of` in the rows from `first` to `last`, `rows` of them.

    Repeated and invented words stand behind row `first`, -1 for before all rows; `text` is what stands there.
    """

    kind: Kind
    label: str
    words: int
    of: int
    first: int
    last: int
    rows: int
    text: str

    @property
    def behind(self) -> bool:
        """Whether the words stand behind the row, not in it."""
        return self.kind in ("repeated", "invented")


@dataclass(frozen=True)
class Diff:
    """What one answer made of a page.

    `marks` holds per row the stretches of its tokens, counted from its start, that are lost (body) or in the answer (may, clutter); rows
    that are as they should be have none.
    """

    counts: Counts
    leaked: Mapping[str, int]
    may: int
    repeated: int
    invented: int
    marks: Mapping[int, Sequence[tuple[int, int]]]
    problems: tuple[Problem, ...]

    @property
    def lost(self) -> int:
        return int(self.counts.expected - self.counts.hits)


@dataclass(frozen=True)
class Sheet:
    """A page's rows, ready to have answers laid over them."""

    case: Case
    rows: tuple[Row, ...]

    @cached_property
    def row_at(self) -> list[int]:
        """The row of each token of the page."""
        return [index for index, row in enumerate(self.rows) for _ in range(row.words)]

    def diff(self, answer: str) -> Diff:
        """Lay an answer over the page. Its counts are those of the headline metric."""
        lines = answer.split("\n")
        words = [tokens(readable(line)) for line in lines]
        found = align(self.case.target, words)
        used = bytearray(len(self.case.target.tokens))
        for place in found.source:
            if place >= 0:
                used[place] = 1
        marks = {index: stretches for index, row in enumerate(self.rows) if (stretches := _stretches(row, used))}
        extra = _extra(lines, words, found.source, found.known, self.row_at)
        problems = sorted(
            [*_in_rows(self.rows, marks), *extra], key=lambda problem: (problem.first, problem.kind in ("repeated", "invented"))
        )
        aligned = Counter(found.aligned())
        leaked = {label: count for label, count in sorted(aligned.items()) if class_of(label) == "clutter"}
        kept = sum(count for label, count in aligned.items() if class_of(label) == "body")
        body = sum(row.words for row in self.rows if row.kind == "body")
        counts = Counts(kept, kept + sum(leaked.values()) + found.repeated + found.invented, body)
        may = aligned.total() - kept - sum(leaked.values())
        return Diff(counts, leaked, may, found.repeated, found.invented, marks, tuple(problems))

    def where(self, problem: Problem) -> str:
        """Say where a problem is, by the rows' numbers."""
        if problem.first < 0:
            return "before the first line"
        first, last = self.rows[problem.first].number, self.rows[problem.last].number
        if problem.behind:
            return f"after line {first}"
        return f"line {first}" if first == last else f"lines {first}–{last}"


def sheet(case: Case) -> Sheet:
    """Return a page's rows. Raises CorpusError where gold and page do not fit."""
    page, gold, target = case.page, case.gold, case.target
    blocks = [(index, block.text) for index, block in enumerate(page_blocks(page))]
    if gold.coverage == "full":
        blocks = [(index, text) for index, text in blocks if text]
        groups = [group.lines for group in grouped(gold.lines) if group.key]
        lines = [[(label, next(some).number) for label, some in groupby(group, key=lambda line: line.label)] for group in groups]
    else:
        blocks.insert(0, (NOT_ON_PAGE, ""))
        lines = [[] for _ in blocks]
    rows: list[Row] = []
    for at, ((index, text), known) in enumerate(zip(blocks, lines, strict=True)):
        start, end = target.starts[at : at + 2]
        for row in _rows(index, text, target.tokens[start:end], target.labels[start:end], start, known):
            rows.append(row if row.number else replace(row, number=len(rows) + 1))
    return Sheet(case, tuple(rows))


def _rows(
    block: int, text: str, words: Sequence[str], labels: Sequence[str], start: int, lines: Sequence[tuple[str, int]]
) -> Iterator[Row]:
    """Yield a block's rows; `lines` are its labels and line numbers in the gold, none where the gold does not say."""
    numbers = [number for _, number in lines]
    if not words:
        if text:
            yield Row(block, lines[0][0] if lines else UNLABELLED, numbers[0] if lines else 0, start, start, (text,), False)
        return
    cut = pieces(text, words)
    runs = [(label, len(list(run))) for label, run in groupby(labels)]
    if len(numbers) != len(runs):  # a line without a word, such as a lone bullet, makes no row of its own
        numbers = numbers[:1] * len(runs) or [0] * len(runs)
    at = 0
    for (label, length), number in zip(runs, numbers, strict=True):
        yield Row(block, label, number, start + at, start + at + length, tuple(cut[at : at + length]), at > 0)
        at += length


def pieces(text: str, words: Sequence[str]) -> list[str]:
    """Cut a text into one piece for each of `words`, its tokens as the scorer reads it; joined, the pieces are the text.

    What lies between two words is cut behind its last space, so that an opening quotation mark goes with the word that it opens.
    Words that the text has not (Markdown read as text, words that only the gold has) stand where they belong, as they are.
    """
    own = located(text) if len(words) <= _LONGEST_LINE else []
    written = [token for token, _, _ in own]
    pairs = [(index, index) for index in range(len(own))] if written == list(words) else common(written, words)
    found = [f"{word} " for word in words]
    places: dict[int, tuple[int, int]] = {}
    before = (-1, -1)
    for index, word in [*pairs, (len(own), len(words))]:
        if word > before[1] + 1 and index > before[0] + 1:  # other words than are written there: the first of them gets what is
            places[before[1] + 1] = own[before[0] + 1][1], own[index - 1][2]
            found[before[1] + 2 : word] = [""] * (word - before[1] - 2)
        if word < len(words):
            places[word] = own[index][1:]
        before = index, word
    begin = 0
    for word, following in pairwise([*places, len(words)]):
        after = places[word][1]
        stop = len(text) if following == len(words) else max(after, text.rfind(" ", after, places[following][0]) + 1)
        found[word] = text[begin:stop]
        begin = stop
    return found


def _stretches(row: Row, used: bytearray) -> list[tuple[int, int]]:
    """Return the stretches of a row's tokens that are not as they should be, or, of may text, those that the answer has."""
    wanted = 0 if row.kind == "body" else 1
    found: list[tuple[int, int]] = []
    at = 0
    for state, run in groupby(used[row.start : row.end]):
        length = len(list(run))
        if state == wanted:
            found.append((at, at + length))
        at += length
    return found


def _in_rows(rows: Sequence[Row], marks: Mapping[int, Sequence[tuple[int, int]]]) -> Iterator[Problem]:
    """Yield what was lost and what leaked.

    Neighbouring rows of one label that are wholly lost, or wholly leaked, are one problem; may text and clutter that was dropped as it
    should be do not part them.
    """
    current: Problem | None = None
    for index, row in enumerate(rows):
        if row.kind == "may" or not row.words:
            continue
        words = sum(end - begin for begin, end in marks.get(index, ()))
        if not words:
            if row.kind == "body" and current:
                yield current
                current = None
            continue
        if current and current.label == row.label and current.words == current.of and words == row.words:
            current = replace(current, words=current.words + words, of=current.of + words, last=index, rows=current.rows + 1)
            continue
        if current:
            yield current
        kind: Kind = "lost" if row.kind == "body" else "leaked"
        text = " … ".join("".join(row.pieces[begin:end]).strip() for begin, end in marks[index])
        current = Problem(kind, row.label, words, row.words, index, index, 1, text)
    if current:
        yield current


def _extra(
    lines: Sequence[str], words: Sequence[Sequence[str]], source: Sequence[int], known: Sequence[bool], row_at: Sequence[int]
) -> Iterator[Problem]:
    """Yield the answer's words that have no place on the page, by the row that they stand behind and their kind."""
    found: dict[tuple[int, Kind], list[list[str]]] = {}
    at, row = 0, -1
    for line, some in zip(lines, words, strict=True):
        places = source[at : at + len(some)]
        cut = pieces(line, some) if -1 in places else []
        before: tuple[int, Kind] | None = None
        for index, place in enumerate(places):
            if place >= 0:
                row, before = row_at[place], None
                continue
            here: tuple[int, Kind] = (row, "repeated" if known[at + index] else "invented")
            if here != before:
                found.setdefault(here, []).append([])
            found[here][-1].append(cut[index])
            before = here
        at += len(some)
    for (after, kind), runs in found.items():
        count = sum(map(len, runs))
        yield Problem(kind, "", count, count, after, after, 1, " … ".join("".join(run).strip() for run in runs))


def describe(problem: Problem) -> str:
    """Say in words what a problem is: `leaked x-nav, 60 words`, `lost 3 of 20 words of a paragraph`."""
    words = f"{problem.words} {'word' if problem.words == 1 else 'words'}"
    if problem.kind == "repeated":
        return f"repeated, {words}"
    if problem.kind == "invented":
        return f"not on the page, {words}"
    if problem.kind == "leaked":
        return f"leaked {problem.label}, {words if problem.words == problem.of else f'{problem.words} of {problem.of} words'}"
    one, several = _ROLES[problem.label]
    if problem.rows > 1:
        return f"lost {problem.rows} {several}, {words}"
    if problem.words == problem.of:
        return f"lost {one}, {words}"
    return f"lost {problem.words} of {problem.of} words of a {one}"


def excerpt(text: str, limit: int = _EXCERPT) -> str:
    """Return the beginning of a text, cut behind a word where there is one, with an ellipsis where something was cut."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return (head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head).rstrip() + " …"


def totals(diff: Diff) -> str:
    """Say what was lost and let in: `lost 8 of 85 body words; leaked 7 words: x-see-also 7; repeated 3; not on the page 4`."""
    leaked = sum(diff.leaked.values())
    by_label = ", ".join(f"{label} {count}" for label, count in sorted(diff.leaked.items(), key=lambda item: (-item[1], item[0])))
    parts = [
        f"lost {diff.lost} of {int(diff.counts.expected)} body words",
        f"leaked {leaked} clutter {'word' if leaked == 1 else 'words'}" + (f": {by_label}" if leaked else ""),
        f"repeated {diff.repeated}",
        f"not on the page {diff.invented}",
    ]
    return "; ".join(parts)
