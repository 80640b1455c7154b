"""The lint rules that compare a gold file's lines with its page: E013 to E016, E030 to E033, E040, E041.

Lines are grouped into blocks (a line with its `+` continuations) and aligned to the page's blocks. Where both agree there is
nothing to say; elsewhere the rule is chosen that tells the labeller what to do. Text is compared without white space.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise

from harness.corpus.difference import common, difference, likeness, quoted
from harness.corpus.groups import Group, grouped
from harness.corpus.header import Problem
from harness.corpus.segment import Block
from harness.records import Line
from harness.text import tokens, without_space

CELL_BORDER = re.compile(r"(?:^|(?<=\s))\|(?=\s|$)")
"""What joins the cells of a table row; a bar inside a word is none."""
# Below half the tokens in common two blocks are told apart, not called a typo of each other.
_SIMILAR = 0.5
# Far enough for any list that lost some lines; keeps a gold file for a wholly different page from costing lines × blocks.
_LOOK_AHEAD = 40


def text_problems(lines: Sequence[Line], blocks: Sequence[Block], raw: str, top: int) -> list[Problem]:
    """Return where the lines of a fully labelled page and the page's blocks disagree.

    `raw` is the page's name in messages; `top` the line of the header's end, for what stands before every line.
    """
    return _Comparison(lines, blocks, raw, top).run()


class _Comparison:
    """One alignment of groups to blocks. Indices of groups are called `g`, of blocks `b`."""

    def __init__(self, lines: Sequence[Line], blocks: Sequence[Block], raw: str, top: int) -> None:
        self.groups, self.blocks, self.raw, self.top = grouped(lines), blocks, raw, top
        self.keys = [without_space(block.text) for block in blocks]
        self.problems: list[Problem] = []
        self.matched: list[tuple[int, int]] = []
        self.regions: list[tuple[list[int], list[int]]] = []
        # Format characters that the page itself has somewhere; a gold line may copy those.
        self.invisible = {mark for block in blocks for mark in block.text if unicodedata.category(mark) == "Cf"}

    def run(self) -> list[Problem]:
        self.matched = common([group.key for group in self.groups], self.keys)
        for g, b in self.matched:
            self.indentation(g, b)
        for (g1, b1), (g2, b2) in pairwise([(-1, -1), *self.matched, (len(self.groups), len(self.keys))]):
            if g2 - g1 > 1 or b2 - b1 > 1:
                self.regions.append((list(range(g1 + 1, g2)), list(range(b1 + 1, b2))))
        for gs, bs in self.regions:
            self.boundaries(gs, bs)
        self.misplaced()
        for gs, bs in self.regions:
            self.repeated(gs, bs)
            self.differing(gs, bs)
        return self.problems

    def say(self, line: int, code: str, message: str, column: int = 1) -> None:
        self.problems.append(Problem(line, code, message, column))

    def indentation(self, g: int, b: int) -> None:
        line, block = self.groups[g].lines[0], self.blocks[b]
        if not block.pre or line.label != "code":
            return
        here, there = _indent(line.text), _indent(block.text)
        if here != there:
            verb = "lost its indentation" if here < there else "has too much indentation"
            self.say(line.number, "E040", f"code {verb}: the page has {there} spaces, this line {here}.")

    def boundaries(self, gs: list[int], bs: list[int]) -> None:
        """Settle groups and blocks with the same words and other borders: a `+` too few, a `+` too many, two blocks in one line."""
        i = j = 0
        while i < len(gs) and j < len(bs):
            span = self.same_words(gs, bs, i, j)
            if span is None:
                # Step over the side that lags behind in length, so that a typo in one block does not hide the rest.
                i, j = self.step(gs, bs, i, j)
                continue
            self.borders(gs[i : i + span[0]], bs[j : j + span[1]])
            del gs[i : i + span[0]], bs[j : j + span[1]]

    def same_words(self, gs: list[int], bs: list[int], i: int, j: int) -> tuple[int, int] | None:
        """Return how many groups from `i` and blocks from `j` have the same words in all, None where their words part."""
        ours = theirs = ""
        m = n = 0
        while True:
            if len(ours) <= len(theirs) and i + m < len(gs):
                ours += self.groups[gs[i + m]].key
                m += 1
            elif j + n < len(bs):
                theirs += self.keys[bs[j + n]]
                n += 1
            else:
                return None
            if ours and ours == theirs:
                return m, n
            if not (ours.startswith(theirs) or theirs.startswith(ours)):
                return None

    def step(self, gs: list[int], bs: list[int], i: int, j: int) -> tuple[int, int]:
        for distance in range(1, _LOOK_AHEAD):
            for k in range(distance + 1):
                if i + k < len(gs) and j + distance - k < len(bs) and self.same_words(gs, bs, i + k, j + distance - k):
                    return i + k, j + distance - k
        return len(gs), len(bs)

    def borders(self, gs: list[int], bs: list[int]) -> None:
        ends = list(accumulate(len(self.keys[b]) for b in bs))
        starts, offset = {0, *ends[:-1]}, 0
        for g in gs:
            group = self.groups[g]
            places = [offset + start for start in group.starts()]
            for line, place in zip(group.lines, places, strict=True):
                length = len(without_space(line.text))
                inside = [start for start in sorted(starts) if place < start < place + length]
                if line.continues and place in starts:
                    self.say(line.number, "E013", '"+" continues the block above, but there is none (or the page has a block break there).')
                elif not line.continues and place not in starts:
                    say = f'On the page this is one block with the line above. Write "{line.label}+:" to continue it.'
                    self.say(line.number, "E015", say)
                elif inside:
                    words = quoted(self.blocks[bs[bisect_left(ends, inside[0]) + 1]].text)
                    self.say(line.number, "E016", f"The page has a block break in this line. Start a new line before {words}.")
            offset += len(group.key)

    def misplaced(self) -> None:
        """Settle whole blocks that stand elsewhere on the page (E032)."""
        free: dict[str, list[tuple[int, list[int]]]] = {}
        for _, bs in self.regions:
            for b in bs:
                if self.keys[b]:
                    free.setdefault(self.keys[b], []).append((b, bs))
        for gs, _ in self.regions:
            for g in list(gs):
                places = free.get(self.groups[g].key)
                if places:
                    b, bs = places.pop(0)
                    gs.remove(g)
                    bs.remove(b)
                    self.order(g, b)

    def order(self, g: int, b: int) -> None:
        before = [other for other, block in self.matched if block < b]
        after = [other for other, block in self.matched if block > b]
        if before and before[-1] > g:
            where = f"too early: on the page it stands after line {self.groups[before[-1]].number}"
        elif after and after[0] < g:
            where = f"too late: on the page it stands before line {self.groups[after[0]].number}"
        else:
            where = "at the wrong place: on the page its neighbours stand in another order"
        self.say(self.groups[g].number, "E032", f"This line comes {where}. Keep the page's order.")

    def repeated(self, gs: list[int], bs: list[int]) -> None:
        """Settle lines whose words the page has, but in a place that another line covers already (E033)."""
        for g in list(gs):
            key = self.groups[g].key
            lines = [self.groups[other].number for other, block in self.matched if key and self.keys[block] == key]
            if not lines and len(key) > 8 and not bs:
                inside = [other for other, block in self.matched if key in self.keys[block]]
                lines = [self.groups[inside[0]].number] if len(inside) == 1 else []
            if lines:
                times = "once" if len(lines) == 1 else f"{len(lines)} times"
                numbers = sorted([*lines, self.groups[g].number])
                count = "two" if len(numbers) == 2 else str(len(numbers))
                listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
                self.say(self.groups[g].number, "E033", f"These words occur {times} on the page but in {count} lines ({listed}).")
                gs.remove(g)

    def differing(self, gs: list[int], bs: list[int]) -> None:
        """Pair what is left of one region by likeness, then by place, and say how each pair differs and what has no partner."""
        pairs, b_from = [], 0
        for g in gs:
            window = range(b_from, min(b_from + _LOOK_AHEAD, len(bs)))
            nearest, place = max(((likeness(self.groups[g].text, self.blocks[bs[k]].text), -k) for k in window), default=(0.0, 0))
            if nearest >= _SIMILAR:
                pairs.append((g, bs[-place]))
                b_from = -place + 1
        partners = dict(pairs)
        anchors = [(-1, -1), *((gs.index(g), bs.index(b)) for g, b in pairs), (len(gs), len(bs))]
        for (g1, b1), (g2, b2) in pairwise(anchors):
            partners.update(zip(gs[g1 + 1 : g2], bs[b1 + 1 : b2], strict=False))
        for g in gs:
            self.pair(g, partners[g]) if g in partners else self.not_on_page(g, bs)
        taken = set(partners.values())
        self.uncovered([b for b in bs if b not in taken], {b: g for g, b in partners.items()})

    def pair(self, g: int, b: int) -> None:
        group, block = self.groups[g], self.blocks[b]
        if self.stray_mark(group, block.text):
            return
        if group.key.replace("|", "") == self.keys[b].replace("|", ""):
            self.cells(g, b)
            return
        if not group.key or not self.keys[b]:
            self.say(group.number, "E030", f"{quoted(group.text)} is not in {self.raw} at this place; the page says {quoted(block.text)}.")
            return
        found = difference(group.text, block.text)
        if found.uncovered:
            # Missing words belong to the line before them.
            self.missing(group.line_at(found.offset - 1).number, found.uncovered)
        else:
            gold = found.surplus or found.gold
            say = f"{quoted(gold)} is not in {self.raw} at this place; the page says {quoted(found.page)}. "
            self.say(group.line_at(found.offset).number, "E030", say + "Gold text is copied, typos included.")

    def cells(self, g: int, b: int) -> None:
        line, here, there = self.groups[g].lines[0], _cells(self.groups[g].text), _cells(self.blocks[b].text)
        above = self.groups[g - 1].lines[0] if g else None
        row_above = above is not None and above.label == line.label and _cells(above.text) == there
        compared = f"under a row with {there}" if row_above else f"where the page has {there}"
        self.say(line.number, "E041", f'Table row with {here} cells {compared}: join cells with " | ", leave empty cells empty.')

    def stray_mark(self, group: Group, page: str) -> bool:
        """Report an invisible character that the page does not have in this block (E014)."""
        same = _visible(group.text) == _visible(page)
        for line in group.lines:
            for mark in line.text:
                if unicodedata.category(mark) == "Cf" and (mark not in self.invisible or (same and mark not in page)):
                    column = len(line.label) + line.continues + len(": ") + line.text.index(mark) + 1
                    self.say(line.number, "E014", invisible_sentence(column, mark), column)
                    return True
        return False

    def not_on_page(self, g: int, bs: list[int]) -> None:
        group = self.groups[g]
        if self.stray_mark(group, ""):
            return
        if not group.key:
            self.say(group.number, "E030", "This line is empty, and the page has no empty line of code here. Delete it.")
            return
        following = next((block for other, block in self.matched if other > g), None)
        goes_on = f"the page says {quoted(self.blocks[following].text)}" if following is not None else "the page says nothing more"
        say = f"{quoted(group.text)} is not in {self.raw} at this place; {goes_on}. Gold text is copied, typos included."
        self.say(group.number, "E030", say)

    def uncovered(self, bs: list[int], paired: dict[int, int]) -> None:
        """Report blocks that no line covers, neighbours in one finding, at the line above them (E031)."""
        covering = {**{b: g for g, b in self.matched}, **paired}
        runs: list[list[int]] = []
        for b in bs:
            if runs and runs[-1][-1] == b - 1:
                runs[-1].append(b)
            else:
                runs.append([b])
        for run in runs:
            above = max((b for b in covering if b < run[0]), default=None)
            line = self.groups[covering[above]].lines[-1] if above is not None else None
            number = line.number if line else self.top
            words = [self.blocks[b].text.strip() for b in run if self.keys[b]]
            if words:
                self.missing(number, *words)
            elif line is not None and line.label == "code":
                # The empty lines of a preformatted block that is no code carry nothing, so nobody has to label them.
                self.say(number, "E031", f'{self.raw} has an empty line of code here that no line covers. Add an empty "code:" line.')

    def missing(self, number: int, *texts: str) -> None:
        count = sum(len(tokens(text)) for text in texts)
        words = f"{count} word" if count == 1 else f"{count} words"
        blocks = f" in {len(texts)} blocks" if len(texts) > 1 else ""
        listed = ", ".join(quoted(text) for text in texts[:3]) + (", …" if len(texts) > 3 else "")
        them = "it" if count == 1 else "them"
        say = f"{self.raw} has {words}{blocks} here that no line covers: {listed}. Add a line for {them}; clutter needs a label too."
        self.say(number, "E031", say)


def invisible_sentence(column: int, mark: str) -> str:
    """Return the E014 sentence for an invisible character in a column of its line."""
    place = f"column {column} (U+{ord(mark):04X})"
    return f"Tab, zero-width or direction-control character in {place}. Remove it, or check that the page has it."


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _cells(text: str) -> int:
    return len(CELL_BORDER.findall(text)) + 1


def _visible(text: str) -> str:
    return "".join(mark for mark in without_space(text) if unicodedata.category(mark) != "Cf")
