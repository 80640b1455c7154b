"""One file = one importer of a public benchmark: `read(source)` yields its pages, `write_corpus` stores them as one of our corpora.

An importer file defines `read(source: Path) -> list[Imported]`, and raises ImportRefused, writing nothing, where the data set does
not add up.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.corpus import gold
from harness.corpus.header import FORMAT, Problem, parse_header
from harness.errors import CorpusError, ImportRefused, StoreError, UsageError, did_you_mean
from harness.records import Line, is_page_id
from harness.registry import plugins


@dataclass(frozen=True, slots=True)
class Imported:
    """One page of a public data set: our id, its bytes as published, and its gold without the keys that `write_corpus` adds."""

    id: str
    raw: bytes
    header: Mapping[str, Any]
    lines: tuple[Line, ...]


def import_dataset(name: str, source: Path, target: Path) -> int:
    """Import a data set by its importer's name and return the number of pages. Raises UsageError for a name that no file has."""
    known = plugins(Path(__file__).parent)
    if name not in known:
        raise UsageError(f'There is no importer "{name}".{did_you_mean(name, known)} See: clutterbench list datasets')
    module = importlib.import_module(f"harness.datasets.{name}")
    return write_corpus(target, module.read(source), name)


def registered_domain(url: str) -> str:
    """Return a URL's registered domain by the public suffix list (`news.example.co.uk` → `example.co.uk`), or its host. '' for no URL."""
    from tld import get_fld

    return str(get_fld(url, fail_silently=True) or urlsplit(url).hostname or "")


def is_address(url: str) -> bool:
    """Tell whether a URL is a web address with a host, as gold needs it."""
    try:
        return url.startswith(("http://", "https://")) and bool(urlsplit(url).hostname) and bool(site_of(url)) and not re.search(r"\s", url)
    except ValueError:  # also what an impossible host name raises
        return False


def site_of(url: str) -> str:
    """Return a URL's registered domain as the first part of a page id: dots become hyphens, other characters go."""
    domain = registered_domain(url).encode("idna").decode("ascii").lower()
    return "".join(letter if letter.isalnum() or letter == "-" else "-" for letter in domain).strip("-") or "unknown"


def body_lines(text: str) -> tuple[Line, ...]:
    """Return a known body as gold lines: every line of text that is not blank, labelled p."""
    return tuple(Line("p", squeezed) for raw in text.split("\n") if (squeezed := " ".join(raw.split())))


def write_corpus(target: Path, pages: Iterable[Imported], name: str) -> int:
    """Store pages as `target`/raw and `target`/gold, replacing an earlier import; runs and reports beside them stay. Return how many.

    Everything is written beside first, so an interrupted import leaves the old corpus. Raises ImportRefused for an id twice, and for a
    target that holds anything but an earlier import by `name`: it would be lost.
    """
    seen: set[str] = set()
    try:
        _refuse_other_work(target, name)
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target, prefix=".import-") as folder_beside:
            beside = Path(folder_beside)
            for page in pages:
                if page.id in seen or not is_page_id(page.id):
                    why = "stands there twice" if page.id in seen else "is no page id"
                    raise ImportRefused(f"{page.header.get('source', page.id)}: its page id {page.id} {why}; nothing was imported.")
                seen.add(page.id)
                header = {"format": FORMAT, **page.header, "raw_sha256": hashlib.sha256(page.raw).hexdigest()}
                _write(beside / "raw" / f"{page.id}.html", page.raw)
                _write(beside / "gold" / f"{page.id}.txt", gold.render(header, page.lines).encode())
            if not seen:
                raise ImportRefused("The data set has no pages; nothing was imported.")
            for folder in ("raw", "gold"):
                if (target / folder).exists():
                    (target / folder).rename(beside / f"old-{folder}")
                (beside / folder).rename(target / folder)
            shutil.rmtree(beside / "old-raw", ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}. Nothing was imported; free or unlock the folder.") from None
    return len(seen)


def _refuse_other_work(target: Path, name: str) -> None:
    """Raise ImportRefused where `target` holds gold that this importer did not write, or pages without gold of its own."""
    ours: set[str] = set()
    for top in ("gold", "raw"):
        folder = target / top
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise ImportRefused(f"{folder}: it is no folder of a corpus; nothing was imported. Give another folder with --to.")
        # A folder that cannot be listed may hold anything.
        for path in sorted(_everything(folder)) if folder.is_dir() else ():
            page = path.relative_to(folder).with_suffix("").as_posix()
            # A second labelling (`.b.txt`) is someone's work even where its header is that of the first.
            if top == "gold" and path.suffix == ".txt" and not page.endswith(".b") and _source(path).startswith(f"{name}/"):
                ours.add(page)
            elif top == "gold" or page not in ours or path.suffix != ".html":
                what = "is no gold" if top == "gold" else "is no page"
                raise ImportRefused(
                    f"{path}: this file {what} of an earlier import of {name}, and importing replaces raw/ and gold/; nothing was "
                    "imported. Give another folder with --to, or move the file away."
                )


def _everything(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _everything(path)
        else:
            yield path


def _source(path: Path) -> str:
    """Return the `source` that a gold file states, '' where it states none or cannot be read as gold."""
    try:
        found = parse_header(gold.read_text(path).removeprefix("\ufeff").split("\n"))
    except CorpusError:
        return ""
    return "" if isinstance(found, Problem) else str(found[0].get("source", ""))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
