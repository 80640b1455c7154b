"""Gold files rewritten by rule: `fmt` puts their form in order, `rebase` carries labels over to a page that was saved again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from harness.corpus import corpus, files
from harness.corpus import gold as gold_file
from harness.corpus.check import SECOND
from harness.corpus.difference import common, likeness
from harness.corpus.groups import Group, grouped
from harness.corpus.header import FENCE, HEADER_KEYS
from harness.corpus.segment import Block
from harness.errors import CorpusError, UsageError, did_you_mean, named
from harness.records import Line
from harness.store import replace_text
from harness.text import without_space

_KEY = re.compile(r"""\s*["']?(?P<key>[A-Za-z0-9_-]+)["']?\s*=\s*""")
_SIMILAR = 0.6
"""Share of words in common from which a changed block keeps its label: a corrected sentence does, a new headline in an old box does not."""


def fmt(root: Path, pages: Sequence[str], *, write: bool = True) -> list[Path]:
    """Put gold files in order and return those that were not: header keys in their order, single spaces, no blanks at line ends.

    No pages means all, second labellings included. Text, labels, notes and the order of lines stay. Raises CorpusError for a file whose
    structure is unsound, UsageError for a page that is not there; then nothing is written.
    """
    changed = []
    for path in _golds(root, pages):
        text = gold_file.read_text(path)
        if (better := formatted(text, path)) != text:
            changed.append((path, better))
    for path, better in changed if write else ():
        replace_text(path, better)
    return [path for path, _ in changed]


def formatted(text: str, path: Path) -> str:
    """Return one gold file's text in order. Raises CorpusError, naming `path`, where its structure is unsound."""
    found, problems = gold_file.parse(text)
    if found is None or problems:
        raise gold_file.refused(path, problems[0])
    rows = [row.rstrip() for row in text.removeprefix("\ufeff").split("\n")]
    end = rows.index(FENCE, 1)
    lines = {line.number: line for line in found.lines}
    out = [FENCE, *_ordered(rows[1:end]), FENCE]
    for number, row in enumerate(rows[end + 1 :], end + 2):
        out.append(gold_file.render_line(lines[number]) if number in lines else row)
    while out[-1] == "":
        out.pop()
    return "\n".join(out) + "\n"


def _ordered(rows: Iterable[str]) -> list[str]:
    """Return header rows by key; comments go with the key below them, values of several rows stay together."""
    chunks: list[tuple[str, list[str]]] = []
    waiting: list[str] = []
    for row in rows:
        waiting.append(row)
        entry = next((n for n, part in enumerate(waiting) if part and not part.lstrip().startswith("#")), None)
        if entry is None:
            continue
        try:
            tomllib.loads("\n".join(waiting[entry:]))
        except tomllib.TOMLDecodeError:
            continue
        key = _KEY.match(waiting[entry])
        assert key is not None
        waiting[entry] = f"{key['key']} = {waiting[entry][key.end() :]}"
        chunks.append((key["key"], [part for part in waiting if part]))
        waiting = []
    order = {key: place for place, key in enumerate(HEADER_KEYS)}
    chunks.sort(key=lambda chunk: order[chunk[0]] if chunk[0] in order else len(order))
    return [row for _, chunk in chunks for row in chunk] + [row for row in waiting if row]


@dataclass(frozen=True, slots=True)
class Rebased:
    """What became of one gold file: lines that kept or, with changed words, still have their label, new blocks and lines that are gone."""

    path: Path
    kept: int
    changed: tuple[Line, ...]
    new: tuple[str, ...]
    vanished: tuple[Line, ...]


def rebase(root: Path, page: str) -> list[Rebased]:
    """Carry the labels of a page's gold files over to the raw page as it is now, by text; new blocks get the label "?".

    Returns one row per gold file that did not fit the page. Raises CorpusError where page or gold cannot be read.
    """
    golds = _golds(root, [page])
    entry = corpus.entry_for(root, page)
    loaded = corpus.load_page(entry, "", "")
    blocks = corpus.page_blocks(loaded)
    out = []
    for path in golds:
        text = gold_file.read_text(path)
        found, problems = gold_file.parse(text)
        if found is None or problems:
            raise gold_file.refused(path, problems[0])
        if found.header.get("raw_sha256") == loaded.sha256:
            continue
        carried = _Carried(grouped(found.lines), blocks)
        replace_text(path, _rewritten(text, loaded.sha256, carried))
        out.append(Rebased(path, carried.kept, tuple(carried.changed), tuple(carried.new), tuple(carried.vanished)))
    return out


class _Carried:
    """Old groups on new blocks: the same text in the same order, then the same text elsewhere, then nearly the same between those."""

    def __init__(self, groups: Sequence[Group], blocks: Sequence[Block]) -> None:
        self.groups, self.blocks = groups, blocks
        keys = [without_space(block.text) for block in blocks]
        matches = common([group.key for group in groups], keys)
        self.by_block = {b: g for g, b in matches}
        self.similar: set[int] = set()
        left = set(range(len(groups))) - {g for g, _ in matches}
        for b, key in enumerate(keys):
            if b not in self.by_block and key and (moved := next((g for g in sorted(left) if groups[g].key == key), None)) is not None:
                self.by_block[b] = moved
                left.discard(moved)
        for (g1, b1), (g2, b2) in pairwise([(-1, -1), *matches, (len(groups), len(blocks))]):
            self.pair([g for g in range(g1 + 1, g2) if g in left], [b for b in range(b1 + 1, b2) if b not in self.by_block], left)
        self.kept = len(self.by_block) - len(self.similar)
        self.changed = [self.lines(b)[0] for b in sorted(self.similar)]
        # An empty line of preformatted text that is no code needs no line.
        self.new = [block.text for b, block in enumerate(blocks) if b not in self.by_block and keys[b]]
        self.vanished = [line for g in sorted(left) for line in groups[g].lines]

    def pair(self, gs: Iterable[int], bs: Sequence[int], left: set[int]) -> None:
        """Give blocks that changed a little the label of the likeliest old line; a block of several kinds of text has to be split anew."""
        for g in gs:
            if len(self.groups[g].lines) > 1:
                continue
            free = [(likeness(self.groups[g].text, self.blocks[b].text), -b) for b in bs if b not in self.by_block]
            if free and max(free)[0] >= _SIMILAR:
                b = -max(free)[1]
                self.by_block[b] = g
                self.similar.add(b)
                left.discard(g)

    def lines(self, b: int) -> list[Line]:
        """Return the lines of a block in the new file."""
        block = self.blocks[b]
        if b not in self.by_block:
            return gold_file.undecided_lines([block]) if block.text or block.pre else []
        old = self.groups[self.by_block[b]].lines
        return [Line(old[0].label, block.text, number=old[0].number)] if b in self.similar else list(old)


def _rewritten(text: str, sha256: str, carried: _Carried) -> str:
    """Return the file's text for the new page: the header with the new digest, and each line with the notes that stood above it."""
    rows = text.removeprefix("\ufeff").split("\n")
    end = next(number for number, row in enumerate(rows[1:], 1) if row.rstrip() == FENCE)
    header = [f'raw_sha256 = "{sha256}"' if re.match(r"\s*raw_sha256\s*=", row) else row.rstrip() for row in rows[:end]]
    notes = _notes(rows, end)
    out = [*header, FENCE]
    for b in range(len(carried.blocks)):
        for line in carried.lines(b):
            out += notes.get(line.number, ()) if line.number else ()
            out.append(gold_file.render_line(line))
    return "\n".join([*out, *notes[0]]) + "\n"


def _notes(rows: Sequence[str], end: int) -> Mapping[int, Sequence[str]]:
    """Return the notes above each line, by the line's number. Those at the file's end, which belong to none, come under 0."""
    notes: dict[int, list[str]] = {}
    waiting: list[str] = []
    for number, row in enumerate(rows[end + 1 :], end + 2):
        if row.startswith("#"):
            waiting.append(row.rstrip())
        elif row.strip():
            notes[number] = waiting
            waiting = []
    return notes | {0: waiting}


def _golds(root: Path, pages: Sequence[str]) -> list[Path]:
    """Return the gold files of the pages, all for none, each followed by its second labelling where there is one."""
    _, folder = corpus.folders(root)
    found = {path for path in files.walk(folder, _refuse) if path.suffix == ".txt" and len(path.relative_to(folder).parts) > 1}
    by_page = {path.relative_to(folder).as_posix().removesuffix(".txt").removesuffix(".b") for path in found}
    for page in pages:
        if page not in by_page:
            raise UsageError(f'There is no gold for "{page}" in {named(root)}.{did_you_mean(page, by_page)}')
    chosen = [folder / f"{page}{ending}" for page in (pages or sorted(by_page)) for ending in (".txt", SECOND)]
    return [path for path in chosen if path in found]


def _refuse(path: Path, code: str, sentence: str) -> None:
    raise CorpusError(f"{path}: {sentence}")
