"""Answers that were made elsewhere, scored like a run of ours: `as_run` stores them as one, without having run anything.

A page is named by its id in the corpus; where the gold has `source = "set/id"`, by the id in that set; or by the SHA-256 of its bytes, as
WCEB does. A system must answer every page of the corpus and no other: nothing is averaged over those that happened to be there (AEB
refuses such files as well). AEB's form is here, one JSON file a system, page id → {"articleBody": text}, plain or under "output" beside a
"version"; the others are in `harness.answer_forms`.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import __version__
from harness.errors import CorpusError, NothingMatched, StoreError, UsageError, did_you_mean, named
from harness.records import Extraction, Status

if TYPE_CHECKING:
    from harness.corpus.corpus import Corpus
    from harness.store import Run


@dataclass(frozen=True, slots=True)
class System:
    """One system's stored answers: page id → text, '' for none. `version` is what the file says, '' where it does not.

    `failed` has the pages that are known to have failed, with how; forms other than JSONL cannot say so.
    """

    name: str
    version: str
    texts: Mapping[str, str]
    failed: Mapping[str, Status] = field(default_factory=dict)


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
        pages: dict[str, Extraction] = {}
        for name, text in system.texts.items():
            if name not in names:
                raise UsageError(
                    f"{system.name}: {name} is no page of {named(corpus.root)}, by its id, the source in its gold or its digest."
                )
            for page in names[name]:
                if page in pages:
                    raise UsageError(f"{system.name}: {page} is answered twice, the second time as {name}.")
                pages[page] = Extraction(system.name, page, system.failed.get(name, "ok"), text)
        missing = [entry.id for entry in corpus.entries if entry.id not in pages]
        if missing:
            raise UsageError(
                f"{system.name}: {len(missing)} of {len(corpus)} pages have no answer (first: {missing[0]}). "
                "Add them (an empty text is an answer too), or score a corpus of the answered pages."
            )
        found += pages.values()
    return sorted(found, key=lambda extraction: (extraction.extractor, extraction.page))


def _names(corpus: Corpus) -> dict[str, list[str]]:
    """Return every name that pages go by: a page's id, the id that its set gave it, and the digest that pages of the same bytes share."""
    from harness.corpus import gold as gold_file

    names = {entry.id: [entry.id] for entry in corpus.entries}
    for entry in corpus.entries:
        header = gold_file.load(entry.gold).header
        source = str(header.get("source", ""))
        name = source.partition("/")[2]
        if name and names.setdefault(name, [entry.id]) != [entry.id]:
            raise CorpusError(f'{entry.gold}: source = "{source}" is also that of {names[name][0]}. Answers could not be told apart.')
        # A set may name its pages by their digest itself.
        if (digest := str(header.get("raw_sha256", ""))) not in ("", name):
            names.setdefault(digest, []).append(entry.id)
    return names


def as_run(systems: Sequence[System], corpus: Corpus, beside: Run | None = None) -> Run:
    """Store answers as a run of `corpus`, ready to be scored, and return it. The same answers on the same gold are the same run.

    With `beside`, a run of ours on the same pages and gold, its extractors stand in the new run too. Raises UsageError where it is not
    on the same, or has an extractor by the name of one of the systems.
    """
    from harness.store import Run

    facts = _facts(systems, corpus)
    rows = extractions(systems, corpus)
    timings: list[dict[str, Any]] = []
    if beside is not None:
        theirs = beside.facts()
        if (theirs["gold"], theirs["pages"]) != (facts["gold"], facts["pages"]):
            raise UsageError(
                f"Run {beside.id} is not on the pages and gold of {named(corpus.root)} as they are now. Run the extractors again."
            )
        if twice := {system.name for system in systems} & {row["name"] for row in theirs["extractors"]}:
            raise UsageError(f"Run {beside.id} has an extractor {min(twice)} of its own. Name the file of answers otherwise.")
        facts = {**theirs, "selected": True, "extractors": [*theirs["extractors"], *facts["extractors"]]}
        rows = sorted([*rows, *beside.extractions()], key=lambda extraction: (extraction.extractor, extraction.page))
        timings = list(beside.rows("timings.jsonl"))
    total = hashlib.sha256(f"answers {corpus.digest}{f' beside {beside.id}' if beside else ''}".encode())
    for row in rows:
        total.update(json.dumps([row.extractor, row.page, row.text, *([] if row.status == "ok" else [row.status])]).encode())
    for system in systems:
        total.update(json.dumps([system.name, system.version]).encode())
    run = Run(corpus.root, total.hexdigest()[:12])
    fields = ("extractor", "page", "status", "text", "detail", "cpu", "memory")
    run.write_rows("extractions.jsonl", ({**{key: getattr(row, key) for key in fields}, "noise": {}} for row in rows))
    run.write_rows("timings.jsonl", timings)
    run.write_facts(facts)
    return run


def of_run(run: Run, names: Sequence[str] = ()) -> list[System]:
    """Return a run's answers by extractor, all or the named ones, sorted. Raises UsageError for a name that the run has not."""
    rows = {row["name"]: row for row in run.facts()["extractors"] if not row["did_not_run"]}
    for name in names:
        if name not in rows:
            raise UsageError(f"Run {run.id} has no answers of {name}.{did_you_mean(name, rows)}")
    texts: dict[str, dict[str, str]] = {name: {} for name in sorted(names or rows)}
    failed: dict[str, dict[str, Status]] = {name: {} for name in texts}
    for extraction in run.extractions():
        if extraction.extractor in texts:
            texts[extraction.extractor][extraction.page] = extraction.text
            if extraction.status != "ok":
                failed[extraction.extractor][extraction.page] = extraction.status
    return [System(name, str(rows[name].get("version", "")), texts[name], failed[name]) for name in texts]


def _facts(systems: Sequence[System], corpus: Corpus) -> dict[str, Any]:
    """Return what `run.json` says of answers that were not made here: no limits, no guards, nothing measured."""
    from harness.corpus import segment

    extractors = [
        {
            "name": system.name, "plugin": system.name, "track": "html", "category": "extractor", "version": system.version,
            "about": "Stored answers, not run here.", "imported": True, "options": {},
            "did_not_run": "", "fingerprint": "", "freeze": [], "guards": {},
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
