"""One file = one importer of a public benchmark: `read(source)` yields its pages, stored as one of our corpora with what is wrong in them.

An importer file defines `read(source: Path) -> Collection`, and raises ImportRefused, writing nothing, where the data set does not add
up. A page of it that cannot be used goes into `left_out` with the reason; the rest is imported, and nothing is dropped silently. It may
define `DOWNLOAD`, the archive that its publisher offers (`harness.datasets._download`), for an import without `--from`.

The file's docstring says what the set is, where it lives, how it is laid out, and what the import makes of its gold.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.corpus.new import detected_language, language_of
from harness.errors import ImportRefused, UsageError, did_you_mean
from harness.records import Line
from harness.registry import plugins

if TYPE_CHECKING:
    from harness.datasets._lint import Report
    from harness.progress import Progress

_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Imported:
    """One page of a public data set: our id, its bytes as published, and its gold without the keys that the store adds.

    `wanted` and `unwanted` are phrases that the set has beside a gold body: they are compared with it, and not stored.
    """

    id: str
    raw: bytes
    header: Mapping[str, Any]
    lines: tuple[Line, ...]
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A page of the set that cannot be imported: the set's name for it, and why."""

    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What an importer read. `notes` say in a sentence each what it changed or could not store."""

    pages: Sequence[Imported]
    left_out: Sequence[LeftOut] = ()
    notes: Sequence[str] = ()


def import_dataset(name: str, source: Path | None, target: Path, *, strict: bool = False, progress: Progress | None = None) -> Report:
    """Import a data set by its importer's name, from a folder as its publisher lays it out, or by downloading it where that is None.

    Returns what was found, which stands beside the corpus as well. Raises UsageError for a name that no file has and for a set that
    cannot be downloaded, ImportRefused where the set does not add up, and with `strict` for any finding; nothing is written then.
    """
    from harness.datasets import _download, _lint, _store
    from harness.progress import Progress

    known = plugins(Path(__file__).parent)
    if name not in known:
        raise UsageError(f'There is no importer "{name}".{did_you_mean(name, known)} See: clutterbench list datasets')
    module = importlib.import_module(f"harness.datasets.{name}")
    progress = progress or Progress()
    if source is None:
        download: _download.Download | None = getattr(module, "DOWNLOAD", None)
        if download is None:
            raise UsageError(f"There is no verified download of {name}. Fetch it yourself and say: clutterbench import {name} --from DIR")
        with _download.fetched(download, target.parent, progress) as folder:
            found: Collection = module.read(folder)
    else:
        found = module.read(source)
    report = _lint.lint(name, found, progress)
    if strict and report.findings:
        raise ImportRefused(f"{name}: {report.summary()}; nothing was imported, for --strict was given.")
    unusable = {finding.source for finding in report.findings if finding.kind == "left-out"}
    _store.write_corpus(target, [page for page in found.pages if page.header["source"] not in unusable], report)
    return report


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
    return lines("p", text.split("\n"))


def lines(label: str, texts: Sequence[str]) -> tuple[Line, ...]:
    """Return texts as gold lines of one label, white space squeezed, without those that are blank."""
    return tuple(Line(label, squeezed) for raw in texts if (squeezed := " ".join(raw.split())))


class Names:
    """Gives every page of a set a name that is fit for an id, and no name twice under one site: the second gets -2."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def id(self, site: str, name: str) -> str:
        """Return the page id for a site and the set's own name of the page."""
        stem = f"{_plain(site) or 'unknown'}/{_plain(name) or 'page'}"
        number, found = 1, stem
        while found in self._taken:
            number += 1
            found = f"{stem}-{number}"
        self._taken.add(found)
        return found


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower())[:_NAME_LENGTH].strip("-")


def language(raw: bytes, text: str) -> str:
    """Return a page's BCP 47 tag: what its HTML declares, else what a detector makes of `text`, its gold."""
    tag = language_of(raw[:5000].decode("latin-1"), "")
    primary, *rest = (tag if tag != "und" else detected_language(text)).split("-")
    return "-".join((primary.lower(), *rest))


def utf8_page(html: str) -> bytes:
    """Return a page that was published as text in bytes that are read as UTF-8, whatever charset its markup declares."""
    return b"\xef\xbb\xbf" + html.removeprefix("\ufeff").encode("utf-8", "replace")


def read_bytes(path: Path) -> bytes:
    """Read a file of a data set. Raises ImportRefused where that is not possible."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"{path}: the file cannot be read: {error.strerror}; nothing was imported.") from None


def gold_text(data: bytes) -> str:
    """Return the text of a gold file of the years before UTF-8 was the rule: by its byte order mark, as UTF-8, else as Windows-1252.

    A detector would guess, and such files are short.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def parse_json(data: bytes, name: str) -> Any:
    """Return what JSON bytes say. Raises ImportRefused for what is no JSON, and for a key that stands twice in one object."""
    try:
        return json.loads(data, object_pairs_hook=_no_key_twice)
    except RecursionError:
        raise ImportRefused(f"{name}: the JSON is nested too deeply; nothing was imported.") from None
    except ValueError as error:
        raise ImportRefused(f"{name}: {error}; nothing was imported.") from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the id {key} stands there twice")
        found[key] = value
    return found
