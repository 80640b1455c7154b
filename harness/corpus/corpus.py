"""A corpus folder as (Page, Gold) pairs, with a digest of everything that can change a score."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.corpus import gold as gold_file
from harness.corpus import segment
from harness.corpus.decode import decode
from harness.errors import CorpusError, NothingMatched, UsageError, did_you_mean
from harness.records import Gold, Page, is_page_id

MAX_PAGE_BYTES = 16 * 1024 * 1024
"""A larger raw file is refused unread: extractors, segmenter and report hold pages in memory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page's files: the gold, the raw HTML and the raw text (one of the two may be None), and their digests."""

    id: str
    gold: Path
    html: Path | None
    text: Path | None

    @property
    def raw(self) -> Path:
        path = self.html or self.text
        assert path is not None
        return path

    def load(self) -> tuple[Page, Gold]:
        """Read, decode and pair the files. Raises CorpusError with the file's name and what is wrong."""
        gold = gold_file.load(self.gold)
        return load_page(self, str(gold.header.get("url", "")), gold.language), gold


@dataclass(frozen=True)
class Corpus:
    """A folder with `raw/` and `gold/`; `entries` are sorted by id."""

    root: Path
    entries: tuple[Entry, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every id with the bytes of its files; equal digests mean equal inputs and equal gold."""
        total = hashlib.sha256()
        for entry in self.entries:
            for path in (entry.gold, entry.html, entry.text):
                name = f"{entry.id} {path.suffix if path else '-'} "
                total.update(name.encode() + (hashlib.sha256(path.read_bytes()).digest() if path else b""))
        return total.hexdigest()

    def __iter__(self) -> Iterator[tuple[Page, Gold]]:
        return (entry.load() for entry in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def only(self, ids: Sequence[str]) -> Corpus:
        """Return the corpus of the named pages. Raises UsageError for a page that is not there."""
        known = {entry.id: entry for entry in self.entries}
        for page in ids:
            if page not in known:
                raise UsageError(f'There is no page "{page}" in {self.root}.{did_you_mean(page, known)}')
        return Corpus(self.root, tuple(entry for entry in self.entries if entry.id in set(ids)))


def load(root: Path) -> Corpus:
    """Find a corpus's pages. Every raw page needs its gold and every gold its page: CorpusError names what lacks what."""
    raw, golds = root / "raw", root / "gold"
    for folder in (raw, golds):
        if not folder.is_dir():
            raise UsageError(f"{root} is no corpus: it has no {folder.name}/ folder. A corpus holds raw/<site>/ and gold/<site>/.")
    pages = _by_id(raw, (".html", ".txt"))
    labelled = _by_id(golds, (".txt",))
    for page in sorted(pages.keys() - labelled.keys()):
        path = next(iter(pages[page].values()))
        raise CorpusError(f"{path}: this page has no gold. Make gold/{page}.txt with: clutterbench gold new {path}")
    for page in sorted(labelled.keys() - pages.keys()):
        raise CorpusError(f"{labelled[page]['.txt']}: this gold has no page. Save it as raw/{page}.html, or delete the gold file.")
    if not pages:
        raise NothingMatched(f"{root} has no pages. Add raw/<site>/<name>.html and gold/<site>/<name>.txt.")
    entries = (Entry(page, labelled[page][".txt"], pages[page].get(".html"), pages[page].get(".txt")) for page in sorted(pages))
    return Corpus(root, tuple(entries))


def entry_for(root: Path, page: str) -> Entry:
    """Return the entry of one page by its files, whether or not the rest of the corpus is sound."""
    html, text = root / "raw" / f"{page}.html", root / "raw" / f"{page}.txt"
    return Entry(page, root / "gold" / f"{page}.txt", html if html.exists() else None, text if text.exists() else None)


def load_page(entry: Entry, url: str, language: str) -> Page:
    """Decode a page's raw files. Raises CorpusError naming the file that is missing, too large or undecodable."""
    if entry.html is None and entry.text is None:
        raise CorpusError(f"{entry.gold}: this gold has no page. Save it as raw/{entry.id}.html, or delete the gold file.")
    html_bytes = _read(entry.html) if entry.html else None
    text_bytes = _read(entry.text) if entry.text else None
    html = decode(html_bytes, str(entry.html)) if html_bytes is not None else None
    if text_bytes is not None:
        text = decode(text_bytes, str(entry.text))
    else:
        assert html is not None
        text = "\n".join(block.text for block in segment.blocks(html) if block.text)
    digest = hashlib.sha256(html_bytes if html_bytes is not None else text_bytes or b"").hexdigest()
    return Page(entry.id, url, language, html, text, digest)


def page_blocks(page: Page) -> list[segment.Block]:
    """Return the blocks that a page's gold lines stand for: those of the HTML, or of the stored text where that is all there is."""
    return segment.text_blocks(page.text) if page.html is None else segment.blocks(page.html)


def _read(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_PAGE_BYTES:
        megabytes = MAX_PAGE_BYTES // 2**20
        raise CorpusError(f"{path}: the page is {size / 2**20:.1f} MB; at most {megabytes} MB are read. Save it without embedded files.")
    return path.read_bytes()


def _by_id(folder: Path, endings: Sequence[str]) -> dict[str, dict[str, Path]]:
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.rglob("*")):
        # `<name>.b.txt` is a second, blind labelling beside the first.
        if path.suffix not in endings or not path.is_file() or path.name.endswith(".b.txt") or path.name.startswith("."):
            continue
        page = path.relative_to(folder).with_suffix("").as_posix()
        if not is_page_id(page):
            raise CorpusError(
                f'{path}: "{page}" is not a page id. Pages are <site>/<name>, both of lower-case letters, digits and inner hyphens.'
            )
        found.setdefault(page, {})[path.suffix] = path
    return found
