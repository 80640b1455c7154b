"""The forms that answers come and go in: AEB's JSON, WCEB's JSONL, and a plain JSONL that keeps everything.

| form | file | holds |
| --- | --- | --- |
| aeb | `<system>.json` | {"output": {page: {"articleBody": text}}, "version": version}, or the inner object alone |
| wceb | `<set>/<system>.jsonl` | lines {"page_id": SHA-256 of the page, "plaintext": text, "model": system} |
| jsonl | `<system>.jsonl` | lines {"extractor", "version", "page", "status", "text"}; version and status may be left out |

WCEB (chatnoir-eu/web-content-extraction-benchmark, `extract.py` at 2e9798f) names a page by the digest of its file; pages of the same bytes
have one answer. Pages that were changed on import (WebMainBench's, CleanEval's) have another digest than WCEB's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import answers
from harness.answers import System
from harness.errors import NothingMatched, StoreError, UsageError
from harness.records import STATUSES, Status
from harness.store import replace_text

if TYPE_CHECKING:
    from harness.corpus.corpus import Corpus

_EXPECTED = 'expected {"extractor", "page", "text"} or WCEB\'s {"page_id", "plaintext", "model"}'


def read(path: Path) -> list[System]:
    """Read a file of answers, or every one below a folder, sorted by system.

    Raises NothingMatched for a folder without any, StoreError naming the file and line that is wrong, UsageError for one system in two
    files.
    """
    files = sorted(file for file in path.rglob("*") if file.suffix in (".json", ".jsonl")) if path.is_dir() else [path]
    if not files:
        raise NothingMatched(f"{path} has no answers: it needs files <system>.json or <system>.jsonl.")
    found: dict[str, System] = {}
    for file in files:
        for system in _lines(file) if file.suffix == ".jsonl" else answers.read(file):
            if system.name in found:
                raise UsageError(f"{file}: {system.name} has answers in another file too. Import one set at a time.")
            found[system.name] = system
    return [found[name] for name in sorted(found)]


def _lines(path: Path) -> list[System]:
    texts: dict[str, dict[str, str]] = {}
    failed: dict[str, dict[str, Status]] = {}
    versions: dict[str, str] = {}
    for number, row in _rows(path):
        where = f"{path}:{number}"
        if "page_id" in row:
            name, page, text, status, version = row.get("model") or path.stem, row["page_id"], row.get("plaintext"), "ok", ""
        else:
            name, page, text = row.get("extractor"), row.get("page"), row.get("text")
            status, version = row.get("status", "ok"), str(row.get("version") or "")
        if not (isinstance(name, str) and name and isinstance(page, str) and page and isinstance(text, str)):
            raise StoreError(f"{where}: the line is no answer; {_EXPECTED}.")
        if status not in STATUSES or (text and status != "ok"):
            raise StoreError(f'{where}: status is {status!r}; expected one of {", ".join(STATUSES)}, and a text only with "ok".')
        if versions.setdefault(name, version) != version:
            raise StoreError(f"{where}: version of {name} is {version!r}, further up {versions[name]!r}; one file, one version.")
        if page in texts.setdefault(name, {}):
            raise StoreError(f"{where}: {name} answers {page} for the second time.")
        # JSON can hold half a surrogate pair, which is no character and cannot be stored.
        texts[name][page] = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if status != "ok":
            failed.setdefault(name, {})[page] = status
    if not texts:
        raise StoreError(f"{path}: the file has no line; {_EXPECTED}.")
    return [System(name, versions[name], texts[name], failed.get(name, {})) for name in texts]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        # Not splitlines, which ends a line at characters that stand in texts.
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise StoreError(f"{path}:{number}: the line is no JSON; {_EXPECTED}.") from None
        if not isinstance(row, dict):
            raise StoreError(f"{path}:{number}: the line is no answer; {_EXPECTED}.")
        yield number, row


def write(folder: Path, form: str, systems: Sequence[System], corpus: Corpus) -> list[Path]:
    """Write systems' answers in one of the forms, each file atomically, and return the files."""
    for system in systems:
        if "/" in system.name or "\\" in system.name:
            raise UsageError(f"{system.name} cannot be the name of a file. Leave it out with -x.")
    return _WRITERS[form](folder, systems, corpus)


def _write_aeb(folder: Path, systems: Sequence[System], corpus: Corpus) -> list[Path]:
    names = {page: str(header.get("source", "")).partition("/")[2] or page for page, header in _headers(corpus).items()}
    paths = []
    for system in systems:
        paths.append(folder / f"{system.name}.json")
        answers.write(paths[-1], System(system.name, system.version, {names[page]: text for page, text in system.texts.items()}))
    return paths


def _write_wceb(folder: Path, systems: Sequence[System], corpus: Corpus) -> list[Path]:
    headers = _headers(corpus)
    paths = []
    for system in systems:
        texts = {str(headers[page].get("raw_sha256", "")): text for page, text in sorted(system.texts.items(), reverse=True)}
        if "" in texts:
            raise UsageError(f"{corpus.root}: a gold states no raw_sha256, which names a page in WCEB's form. Run: clutterbench gold check")
        paths.append(folder / corpus.root.resolve().name / f"{system.name}.jsonl")
        rows = ({"page_id": page, "plaintext": text, "model": system.name} for page, text in sorted(texts.items()))
        replace_text(paths[-1], "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return paths


def _write_jsonl(folder: Path, systems: Sequence[System], corpus: Corpus) -> list[Path]:
    paths = []
    for system in systems:
        rows = (
            {"extractor": system.name, "version": system.version, "page": page, "status": system.failed.get(page, "ok"), "text": text}
            for page, text in sorted(system.texts.items())
        )
        paths.append(folder / f"{system.name}.jsonl")
        replace_text(paths[-1], "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return paths


def _headers(corpus: Corpus) -> dict[str, Mapping[str, Any]]:
    from harness.corpus import gold

    return {entry.id: gold.load(entry.gold).header for entry in corpus.entries}


_WRITERS: Mapping[str, Callable[[Path, Sequence[System], Corpus], list[Path]]] = {
    "aeb": _write_aeb, "wceb": _write_wceb, "jsonl": _write_jsonl,
}  # fmt: skip
