"""One file = one importer of a public benchmark: `read(source)` yields its pages, `write_corpus` stores them as one of our corpora.

An importer file defines `read(source: Path) -> list[Imported]`, and raises ImportRefused, writing nothing, where the data set does
not add up.
"""

from __future__ import annotations

import hashlib
import importlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.corpus import gold
from harness.errors import ImportRefused, StoreError, UsageError, did_you_mean
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
    return write_corpus(target, module.read(source))


def registered_domain(url: str) -> str:
    """Return a URL's registered domain by the public suffix list (`news.example.co.uk` → `example.co.uk`), or its host. '' for no URL."""
    from tld import get_fld

    return str(get_fld(url, fail_silently=True) or urlsplit(url).hostname or "")


def site_of(url: str) -> str:
    """Return a URL's registered domain as the first part of a page id: dots become hyphens, other characters go."""
    domain = registered_domain(url).encode("idna").decode("ascii").lower()
    return "".join(letter if letter.isalnum() or letter == "-" else "-" for letter in domain).strip("-") or "unknown"


def body_lines(text: str) -> tuple[Line, ...]:
    """Return a known body as gold lines: every line of text that is not blank, labelled p."""
    return tuple(Line("p", squeezed) for raw in text.split("\n") if (squeezed := " ".join(raw.split())))


def write_corpus(target: Path, pages: Iterable[Imported]) -> int:
    """Store pages as `target`/raw and `target`/gold, replacing an earlier import; runs and reports beside them stay. Return how many.

    Everything is written beside first, so an interrupted import leaves the old corpus. Raises ImportRefused for an id twice.
    """
    seen: set[str] = set()
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target, prefix=".import-") as name:
            beside = Path(name)
            for page in pages:
                if page.id in seen or not is_page_id(page.id):
                    why = "stands there twice" if page.id in seen else "is no page id"
                    raise ImportRefused(f"{page.header.get('source', page.id)}: its page id {page.id} {why}; nothing was imported.")
                seen.add(page.id)
                header = {"format": gold.FORMAT, **page.header, "raw_sha256": hashlib.sha256(page.raw).hexdigest()}
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


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
