"""A corpus folder as (Page, Gold) pairs, with a digest of everything that can change a score.

A gold file with `licence = "link-only"` may stand without its page, which is someone else's: it is no part of the corpus until its raw page
is put in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from harness.corpus import files, segment
from harness.corpus import gold as gold_file
from harness.corpus.check_header import key_line
from harness.corpus.decode import decode
from harness.corpus.files import MAX_PAGE_BYTES as MAX_PAGE_BYTES
from harness.corpus.header import Problem
from harness.errors import CorpusError, NothingMatched, UsageError, did_you_mean, named
from harness.records import Gold, Page, is_page_id

UNFINISHED = ".import-ready"
"""Folder of an import that is whole but not yet in its place; while it stands, raw and gold may be of different imports."""


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
        page = load_page(self, str(gold.header.get("url", "")), gold.language)
        if gold.header.get("raw_sha256", page.sha256) != page.sha256:
            line = key_line(gold_file.read_text(self.gold), "raw_sha256")
            raise gold_file.refused(
                self.gold, Problem(line, "E005", f"raw_sha256 does not fit {self.raw}: the page is not the one labelled.")
            )
        return page, gold


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
                # Of the page as it is read, so that packing it changes no digest.
                name = f"{entry.id} {files.ending(path, imported=True) if path else '-'} "
                total.update(name.encode() + (hashlib.sha256(files.read(path)).digest() if path else b""))
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
                raise UsageError(f'There is no page "{page}" in {named(self.root)}.{did_you_mean(page, known)}')
        return Corpus(self.root, tuple(entry for entry in self.entries if entry.id in set(ids)))


def load(root: Path) -> Corpus:
    """Find a corpus's pages. Every raw page needs its gold and every gold its page: CorpusError names what lacks what.

    Raises CorpusError as well for links and other things that are no regular files, and for folders that cannot be listed.
    """
    raw, golds = folders(root)
    pages = _by_id(raw, (".html", ".txt"), imported=files.is_imported(root))
    labelled = _by_id(golds, (".txt",))
    for page in sorted(pages.keys() - labelled.keys()):
        path = next(iter(pages[page].values()))
        raise CorpusError(f"{path}: this page has no gold. Make gold/{page}.txt with: clutterbench gold new {path}")
    for page in sorted(labelled.keys() - pages.keys()):
        if is_link_only(labelled[page][".txt"]):
            continue
        raise CorpusError(f"{labelled[page]['.txt']}: this gold has no page. Save it as raw/{page}.html, or delete the gold file.")
    if not pages:
        raise NothingMatched(f"{named(root)} has no pages. Add raw/<site>/<name>.html and gold/<site>/<name>.txt.")
    entries = (Entry(page, labelled[page][".txt"], pages[page].get(".html"), pages[page].get(".txt")) for page in sorted(pages))
    return Corpus(root, tuple(entries))


def folders(root: Path) -> tuple[Path, Path]:
    """Return a corpus's two folders. Raises UsageError where they are not there, CorpusError where one is a link."""
    if files.exists(root / UNFINISHED):
        raise CorpusError(f"{named(root)}: an import into this folder was interrupted. Import it again: clutterbench import")
    raw, golds = root / "raw", root / "gold"
    for folder in (raw, golds):
        try:
            there = folder.is_dir()
        except OSError as error:
            raise CorpusError(files.unreadable(folder, error)) from None
        if not there:
            raise UsageError(f"{named(root)} is no corpus: it has no {folder.name}/ folder. A corpus holds raw/<site>/ and gold/<site>/.")
        if folder.is_symlink():
            raise CorpusError(f"{folder}: {files.irregular(folder)}")
    return raw, golds


def is_link_only(gold: Path) -> bool:
    """Tell whether a gold file says that its page may not be kept beside it. Raises CorpusError for a file that cannot be parsed."""
    found, problems = gold_file.parse(gold_file.read_text(gold))
    if found is None:
        raise gold_file.refused(gold, problems[0])
    return found.header.get("licence") == "link-only"


def entry_for(root: Path, page: str) -> Entry:
    """Return the entry of one page by its files, whether or not the rest of the corpus is sound."""
    text = root / "raw" / f"{page}.txt"
    return Entry(page, root / "gold" / f"{page}.txt", files.html_of(root, page), text if files.exists(text) else None)


def load_page(entry: Entry, url: str, language: str) -> Page:
    """Decode a page's raw files. Raises CorpusError naming the file that is missing, unreadable, too large, undecodable or too deep."""
    if entry.html is None and entry.text is None:
        raise CorpusError(f"{entry.gold}: this gold has no page. Save it as raw/{entry.id}.html, or delete the gold file.")
    html_bytes = files.read(entry.html) if entry.html else None
    text_bytes = files.read(entry.text) if entry.text else None
    html = decode(html_bytes, str(entry.html)) if html_bytes is not None else None
    blocks = segment.whole_blocks(html, str(entry.html)) if html is not None else []
    text = decode(text_bytes, str(entry.text)) if text_bytes is not None else "\n".join(block.text for block in blocks if block.text)
    digest = hashlib.sha256(html_bytes if html_bytes is not None else text_bytes or b"").hexdigest()
    return Page(entry.id, url, language, html, text, digest)


def page_blocks(page: Page) -> list[segment.Block]:
    """Return the blocks that a page's gold lines stand for: those of the HTML, or of the stored text where that is all there is."""
    return segment.text_blocks(page.text) if page.html is None else segment.blocks(page.html)


def _by_id(folder: Path, endings: Sequence[str], *, imported: bool = False) -> dict[str, dict[str, Path]]:
    found: dict[str, dict[str, Path]] = {}
    for path in files.walk(folder, _refuse):
        # `<name>.b.txt` is a second, blind labelling beside the first.
        ending = files.ending(path, imported=imported)
        if ending not in endings or path.name.endswith(".b.txt"):
            continue
        below = path.relative_to(folder)
        # A README.txt beside the sites is no page.
        if len(below.parts) == 1 and path.suffix == ".txt":
            continue
        page = files.stem(below).as_posix()
        if not is_page_id(page):
            raise CorpusError(
                f'{path}: "{page}" is not a page id. Pages are <site>/<name>, both of lower-case letters, digits and inner hyphens.'
            )
        if sentence := files.irregular(path):
            _refuse(path, files.IRREGULAR, sentence)
        if other := found.setdefault(page, {}).get(ending):
            raise CorpusError(f"{path}: the page is there twice, also as {other.name}. Keep one of the two.")
        found[page][ending] = path
    return found


def _refuse(path: Path, code: str, sentence: str) -> NoReturn:
    raise CorpusError(f"{path}: {sentence}")
