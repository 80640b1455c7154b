"""Stored answers in AEB's form: one JSON file per system, page id → {"articleBody": text}, plain or under "output" beside a "version".

They are scored like a run of ours: `as_run` stores them as one, without having run anything. A page is named by its id in the corpus, or,
where the gold has `source = "set/id"`, by the id in that set. A system must answer every page of the corpus and no other: nothing is
averaged over those that happened to be there (AEB refuses such files as well).
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import __version__
from harness.errors import CorpusError, NothingMatched, StoreError, UsageError
from harness.records import Extraction

if TYPE_CHECKING:
    from harness.corpus.corpus import Corpus
    from harness.store import Run


@dataclass(frozen=True, slots=True)
class System:
    """One system's stored answers: page id → text, '' for none. `version` is what the file says, '' where it does not."""

    name: str
    version: str
    texts: Mapping[str, str]


def read(folder: Path) -> list[System]:
    """Read every `*.json` of a folder (or one file), sorted by name. Raises UsageError or StoreError naming the file that is wrong."""
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else [folder]
    if not paths:
        raise NothingMatched(f"{folder} has no answers: it needs one file <system>.json per system.")
    return [_system(path) for path in paths]


def _system(path: Path) -> System:
    found = load_json(path)
    version = ""
    if isinstance(found.get("output"), dict) and found.keys() <= {"output", "version"}:
        version = str(found.get("version") or "")
        found = found["output"]
    return System(path.stem, version, {page: _text(path, page, answer) for page, answer in found.items()})


def load_json(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises UsageError for a file that is missing, StoreError for one that is no JSON object."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist. Answers are files of page id → articleBody, as AEB stores them.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except RecursionError:
        raise StoreError(f"{path}: the JSON is nested too deeply; expected an object of page id → articleBody.") from None
    except ValueError as error:
        raise StoreError(f"{path} is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise StoreError(f"{path}: expected an object of page id → articleBody, found a {type(found).__name__}.")
    return found


def _text(path: Path, page: str, answer: object) -> str:
    text = answer.get("articleBody") if isinstance(answer, dict) else answer
    # AEB takes a missing or null articleBody for an empty one.
    if text is None and isinstance(answer, dict):
        return ""
    if not isinstance(text, str):
        raise StoreError(f'{path}: {page} has no text; expected {{"articleBody": "…"}}.')
    # JSON can hold half a surrogate pair, which is no character and cannot be stored.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def write(path: Path, system: System) -> None:
    """Write one system's answers in AEB's form, atomically."""
    from harness.store import replace_text

    output = {page: {"articleBody": text} for page, text in sorted(system.texts.items())}
    replace_text(path, json.dumps({"output": output, "version": system.version}, ensure_ascii=False, indent=1) + "\n")


def extractions(systems: Iterable[System], corpus: Corpus) -> list[Extraction]:
    """Return stored answers as extractions of a corpus's pages, sorted by system and page.

    Raises UsageError for a system that leaves a page out or answers one that the corpus has not.
    """
    names = _names(corpus)
    found: list[Extraction] = []
    for system in systems:
        pages: dict[str, str] = {}
        for name, text in system.texts.items():
            page = names.get(name)
            if page is None:
                raise UsageError(f"{system.name}: {name} is no page of {corpus.root}, by its id or by the source in its gold.")
            if page in pages:
                raise UsageError(f"{system.name}: {page} is answered twice, the second time as {name}.")
            pages[page] = text
        missing = [entry.id for entry in corpus.entries if entry.id not in pages]
        if missing:
            raise UsageError(
                f"{system.name}: {len(missing)} of {len(corpus)} pages have no answer (first: {missing[0]}). "
                'Add them (an empty answer is {"articleBody": ""}), or score a corpus of the answered pages.'
            )
        found += [Extraction(system.name, page, "ok", pages[page]) for page in sorted(pages)]
    return sorted(found, key=lambda extraction: (extraction.extractor, extraction.page))


def _names(corpus: Corpus) -> dict[str, str]:
    """Return every name a page goes by: its id, and the id that its set gave it."""
    from harness.corpus import gold as gold_file

    names = {entry.id: entry.id for entry in corpus.entries}
    for entry in corpus.entries:
        source = str(gold_file.load(entry.gold).header.get("source", ""))
        name = source.partition("/")[2]
        if name and names.setdefault(name, entry.id) != entry.id:
            raise CorpusError(f'{entry.gold}: source = "{source}" is also that of {names[name]}. Answers could not be told apart.')
    return names


def as_run(systems: Sequence[System], corpus: Corpus) -> Run:
    """Store answers as a run of `corpus`, ready to be scored, and return it. The same answers on the same gold are the same run."""
    from harness.store import Run

    rows = extractions(systems, corpus)
    total = hashlib.sha256(f"answers {corpus.digest}".encode())
    for row in rows:
        total.update(json.dumps([row.extractor, row.page, row.text]).encode())
    for system in systems:
        total.update(json.dumps([system.name, system.version]).encode())
    run = Run(corpus.root, total.hexdigest()[:12])
    fields = ("extractor", "page", "status", "text", "detail", "cpu", "memory")
    run.write_rows("extractions.jsonl", ({**{key: getattr(row, key) for key in fields}, "noise": {}} for row in rows))
    run.write_rows("timings.jsonl", ())
    run.write_facts(_facts(systems, corpus))
    return run


def _facts(systems: Sequence[System], corpus: Corpus) -> dict[str, Any]:
    """Return what `run.json` says of answers that were not made here: no limits, no guards, nothing measured."""
    from harness.corpus import segment

    extractors = [
        {
            "name": system.name, "plugin": system.name, "track": "html", "category": "extractor", "version": system.version,
            "about": "Stored answers, not run here.", "options": {}, "did_not_run": "", "fingerprint": "", "freeze": [], "guards": {},
        }
        for system in systems
    ]  # fmt: skip
    return {
        "clutterbench": __version__,
        "gold": corpus.digest,
        "pages": [entry.id for entry in corpus.entries],
        "extractors": extractors,
        "limits": {},
        "segmenter": segment.VERSION,
        "python": platform.python_version(),
        "system": platform.platform(),
        "efficiency": None,
    }
