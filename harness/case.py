"""What a metric sees of a page: the gold body as text, and the page's labelled tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from harness.align import Target, align
from harness.corpus.corpus import page_blocks
from harness.corpus.infer import infer_placed
from harness.corpus.segment import Block, placed_blocks
from harness.errors import CorpusError
from harness.records import UNLABELLED, Gold, Line, Page, Track, class_of
from harness.text import readable, tokens, without_space

Part = tuple[str, list[str]]
"""A label and the tokens it covers within one block."""


@dataclass(frozen=True)
class Case:
    """One page to score answers against."""

    page: Page
    gold: Gold

    @property
    def body(self) -> str:
        """The gold body, one block a line."""
        return self.gold.body

    @cached_property
    def target(self) -> Target:
        """The page's tokens with their labels. Raises CorpusError where gold and page do not fit."""
        if self.gold.coverage == "full":
            return Target(_labelled(self.page, self.gold))
        return Target(_body_in_page(self.page, self.gold, guess=self.inferred))

    @property
    def inferred(self) -> bool:
        """Whether the labels of what is not body, and the body's roles, are guesses (`harness.corpus.infer`) and not the gold's."""
        return self.gold.coverage == "body" and self.page.html is not None

    @cached_property
    def label_tokens(self) -> dict[str, int]:
        """Count the page's tokens per label."""
        return dict(Counter(self.target.labels))

    def offered(self, track: Track) -> dict[str, int]:
        """Count per label the tokens that an extractor of `track` was given, so that a leak is a share of what could leak.

        A stored flattened text leaves out some of the page (hidden text, options); only what is in it counts on the text track.
        """
        if track == "html" or self.page.html is None:
            return self.label_tokens
        return align(self.target, (tokens(readable(line)) for line in self.page.text.split("\n"))).aligned()


def _labelled(page: Page, gold: Gold) -> list[list[Part]]:
    """Return per block its parts as the gold labels them; a word that a split cuts in two belongs to the part where it begins."""
    groups: list[list[Line]] = []
    for line in gold.lines:
        if line.continues and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    blocks = [block for block in page_blocks(page) if block.text]
    groups = [group for group in groups if any(line.text for line in group)]
    if len(blocks) != len(groups):
        raise _misfit(page, f"the page has {len(blocks)} blocks, the gold {len(groups)}")
    return [_parts(page, block, group) for block, group in zip(blocks, groups, strict=True)]


def _parts(page: Page, block: Block, group: Sequence[Line]) -> list[Part]:
    pieces = [without_space(line.text) for line in group]
    if "".join(pieces) != without_space(block.text):
        raise _misfit(page, f'line {group[0].number} says "{group[0].text[:40]}", the page "{block.text[:40]}"')
    if len(group) == 1:
        return [(group[0].label, tokens(readable(block.text)))]
    ends = list(accumulate(len(piece) for piece in pieces))
    parts: list[Part] = [(line.label, []) for line in group]
    # Cut the block's own text at the pieces' ends, counted without space; a token belongs to the piece of its first character.
    position = 0
    cuts: list[int] = []
    for index, character in enumerate(block.text):
        if not character.isspace():
            position += 1
            if position in ends:
                cuts.append(index + 1)
    starts = [0, *cuts[:-1]]
    whole = tokens(block.text)
    at = 0
    for number in range(len(parts)):
        # Tokens that begin before the next piece begins: count them in the text from the block's start to that cut.
        upto = len(whole) if number == len(parts) - 1 else _tokens_before(block.text, starts[number + 1], whole)
        parts[number][1].extend(whole[at:upto])
        at = max(at, upto)
    return parts


def _tokens_before(text: str, cut: int, whole: Sequence[str]) -> int:
    """Count the tokens of `text` that begin before character `cut`."""
    head = tokens(text[:cut])
    count = len(head)
    # Head and text agree but for a last token that the cut went through, which still begins before it.
    return count if head[: count - 1] == list(whole[: count - 1]) else len(whole) - len(tokens(text[cut:]))


def _body_in_page(page: Page, gold: Gold, *, guess: bool) -> list[list[Part]]:
    """Return the page's tokens with those found in the gold body labelled as the gold does, for gold that knows only the body.

    Body tokens that the page has not (in this form) are put behind the body token before them, so the body is whole and in order.
    What is left of a block that is mostly body stays `UNLABELLED`: the gold left it out of a paragraph, and nothing says as what.
    Without `guess` so does everything else.
    With it, other blocks get their inferred clutter label, and the body its inferred roles where the gold only says p. An inferred
    *may* label is not taken over, such tokens stay `UNLABELLED`: a gold body without the headline calls the headline wrong, and a guess
    must not take that back. So every token keeps its class, and counts are the same with inferred labels as without.
    """
    placed = placed_blocks(page.html or "") if guess else []
    blocks = [tokens(readable(block.text)) for block in ([place.block for place in placed] if guess else page_blocks(page))]
    flat = Target([[(UNLABELLED, block)] for block in blocks])
    lines = [(line.label, tokens(readable(line.text))) for line in gold.lines]
    labels = [label for label, line in lines for _ in line]
    body = [token for _, line in lines for token in line]
    found = align(flat, [line for _, line in lines])
    at: dict[int, int] = {place: index for index, place in enumerate(found.source) if place >= 0}
    missing_after: dict[int, list[int]] = {}
    anchor = -1
    for index, place in enumerate(found.source):
        if place >= 0:
            anchor = place
        else:
            missing_after.setdefault(anchor, []).append(index)
    spans = [range(flat.starts[number], flat.starts[number + 1]) for number in range(len(blocks))]
    mostly = {number for number, span in enumerate(spans) if span and 2 * sum(place in at for place in span) >= len(span)}
    guesses = infer_placed(placed, mostly) if guess else [UNLABELLED] * len(blocks)
    out: list[list[Part]] = [[(labels[index], [body[index]]) for index in missing_after.get(-1, ())]]
    for number, (span, guessed) in enumerate(zip(spans, guesses, strict=True)):
        rest = guessed if class_of(guessed) == "clutter" else UNLABELLED
        role = guessed if number in mostly and guess else "p"
        parts: list[Part] = []
        for place in span:
            index = at.get(place, -1)
            label = rest if index < 0 else role if labels[index] == "p" else labels[index]
            parts.append((label, [flat.tokens[place]]))
            parts.extend((labels[missing], [body[missing]]) for missing in missing_after.get(place, ()))
        out.append(parts)
    return out


def _misfit(page: Page, what: str) -> CorpusError:
    return CorpusError(f"gold/{page.id}.txt does not fit its page: {what}. Run: clutterbench gold check {page.id}")
