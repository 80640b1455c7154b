"""Any page, no gold: the extractors' answers beside each other, block by block."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.align import Target, align
from harness.corpus import segment
from harness.corpus.corpus import page_blocks
from harness.corpus.decode import decode
from harness.corpus.files import MAX_PAGE_BYTES
from harness.corpus.new import language_of
from harness.errors import CorpusError, UsageError
from harness.escape import visible
from harness.records import UNLABELLED, Extraction, Page, Track
from harness.text import readable, tokens

_LOOKS_LIKE_HTML = re.compile(r"<(?:!doctype|html|head|body|div|p|table)\b", re.IGNORECASE)
_NEARLY_ALL, _HARDLY_ANY = 0.9, 0.1


@dataclass(frozen=True, slots=True)
class BlockMarks:
    """One block of the page, and for each extractor the share of the block's tokens that it kept (0 to 1)."""

    text: str
    kept: tuple[float, ...]

    @property
    def disputed(self) -> bool:
        return len({_mark(share) for share in self.kept}) > 1


def read_page(name: str, language: str) -> tuple[Page, Track]:
    """Read a page from a file or, for "-", from standard input.

    `.html` and `.htm` go to the HTML track, `.txt` to the text track; of anything else its first tags decide. Raises UsageError where there
    is no such file, CorpusError where it is too large, cannot be decoded or is nested deeper than the parser reads.
    """
    if not name:
        raise UsageError("The name of the page is empty. Give a file, or - for standard input.")
    shown = "standard input" if name == "-" else visible(name)
    try:
        data = _read(name)
    except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{shown} cannot be read: {why}. Give a file, or - for standard input.") from None
    if len(data) > MAX_PAGE_BYTES:
        raise CorpusError(
            f"{shown}: the page is larger than {MAX_PAGE_BYTES // 2**20} MB, and no more are read of any page. Give a smaller one."
        )
    text = decode(data, shown)
    track = _track(name, text)
    html = text if track == "html" else None
    flat = "\n".join(block.text for block in segment.whole_blocks(text, shown)) if html is not None else text
    return Page("try/page", "", language or language_of(html, flat), html, flat, ""), track


def _read(name: str) -> bytes:
    """Read one byte more than may be read. No size is asked for beforehand: a pipe has none."""
    if name == "-":
        return sys.stdin.buffer.read(MAX_PAGE_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MAX_PAGE_BYTES + 1)


def _track(name: str, text: str) -> Track:
    ending = Path(name).suffix.lower()
    if ending in (".html", ".htm"):
        return "html"
    return "text" if ending == ".txt" or not _LOOKS_LIKE_HTML.search(text) else "html"


def compare(page: Page, extractions: Sequence[Extraction]) -> tuple[list[BlockMarks], dict[str, int]]:
    """Return the page's blocks with what each extractor kept of them, and each one's words that are not (or no longer) on the page."""
    blocks = [(block.text, tokens(readable(block.text))) for block in page_blocks(page)]
    blocks = [(text, words) for text, words in blocks if words]
    target = Target([[(UNLABELLED, words)] for _, words in blocks])
    kept: list[list[float]] = []
    strange: dict[str, int] = {}
    for extraction in extractions:
        found = align(target, (tokens(readable(line)) for line in extraction.text.split("\n")))
        counts = [0] * len(blocks)
        for place in found.source:
            if place >= 0:
                counts[bisect_right(target.starts, place) - 1] += 1
        kept.append([count / len(words) for count, (_, words) in zip(counts, blocks, strict=True)])
        strange[extraction.extractor] = found.repeated + found.invented
    return [BlockMarks(text, tuple(shares[i] for shares in kept)) for i, (text, _) in enumerate(blocks)], strange


def render(name: str, page: Page, track: Track, extractions: Sequence[Extraction], failures: Mapping[str, str]) -> Iterator[str]:
    """Yield the comparison as lines of plain text: a legend, then the blocks; runs that all dropped are folded.

    What a terminal would not show, or would obey, stands there as an escape.
    """
    return map(visible, _lines(name, page, track, extractions, failures))


def _lines(name: str, page: Page, track: Track, extractions: Sequence[Extraction], failures: Mapping[str, str]) -> Iterator[str]:
    blocks, strange = compare(page, extractions)
    yield f"{name}: {track} track, language {page.language}, {len(blocks)} blocks"
    for column, extraction in enumerate(extractions, 1):
        words = len(tokens(extraction.text))
        state = f"{words} words" if extraction.status == "ok" else _failure(extraction)
        beside = f", {strange[extraction.extractor]} not in a free place of the page" if strange[extraction.extractor] else ""
        yield f"  {column}  {extraction.extractor}: {state}{beside}"
    for extractor, reason in failures.items():
        yield f"  -  {extractor}: did not run: {reason}"
    if not extractions:
        return
    yield "  ● kept  ◐ partly  · dropped  ≠ they disagree"
    heading = "".join(str(column % 10) for column in range(1, len(extractions) + 1))
    yield f"    {heading}"
    folded = 0
    for block in blocks:
        if not any(block.kept):
            folded += 1
            continue
        if folded:
            yield _fold(folded, len(extractions))
            folded = 0
        marks = "".join(_mark(share) for share in block.kept)
        yield f"  {'≠' if block.disputed else ' '} {marks}  {block.text}"
    if folded:
        yield _fold(folded, len(extractions))


def _failure(extraction: Extraction) -> str:
    first = next(iter(extraction.detail.splitlines()), "")
    return f"{extraction.status}: {first[:80]}" if first else extraction.status


def _fold(count: int, width: int) -> str:
    return f"    {'·' * width}  [{count} {'block' if count == 1 else 'blocks'} dropped by all]"


def _mark(share: float) -> str:
    if share >= _NEARLY_ALL:
        return "●"
    return "◐" if share >= _HARDLY_ANY else "·"
