"""The two sides of a comparison: where their answers come from, and whether figures of the two may be compared at all.

A side is named by an extractor, variant, `NAME==VERSION` or `NAME @ CHECKOUT`, which is run now (what the cache holds is taken from there,
so after a bench nothing is run again); by a run, `RUN` or `RUN:NAME`; by stored answers, `FILE.json` or a folder with a slash in its name
(an extractor's own checkout often has a folder of the extractor's name); or by a baseline (`harness.compare.baseline`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness import __version__, answers, registry, stages
from harness.compare import baseline
from harness.corpus import segment
from harness.corpus.corpus import Corpus
from harness.errors import InstallError, NotComparable, StoreError, UsageError, did_you_mean
from harness.progress import Progress
from harness.records import Extraction, Track
from harness.store import Cache, Run, find_run

_RUN = re.compile(r"(?P<run>[0-9a-f]{4,64})(?::(?P<name>.+))?")
_PARTS = {
    "track": "one reads pages, the other text",
    "seg": "pages were cut into blocks by other rules",
    "gold": "the pages or their labels are not the same",
    "n": "they do not cover the same pages; with -p those that both have can be compared",
    "v": "another clutterbench made the answers",
}
"""The parts of a signature in which two sides can differ, with what that means. The others are those of this program for both."""


@dataclass(frozen=True)
class Side:
    """One side: its answers by page, and what they rest on. `gold` is the digest of the `pages` that were given, read or not."""

    name: str
    version: str
    track: Track
    answers: Mapping[str, Extraction]
    pages: tuple[str, ...]
    gold: str
    segmenter: str
    made_by: str
    run: str = ""
    """The run that holds the answers, for `clutterbench show`; '' where there is none."""

    @property
    def told_version(self) -> str:
        """The version where the name does not tell it, else ''."""
        return "" if self.version in self.name else self.version

    def facts(self) -> dict[str, Any]:
        """Return what a baseline stores of it."""
        return {
            "name": self.name, "version": self.version, "track": self.track, "gold": self.gold, "pages": list(self.pages),
            "segmenter": self.segmenter, "clutterbench": self.made_by,
        }  # fmt: skip


def resolve(
    corpus: Corpus, names: Sequence[str], pages: Sequence[str], cache: Cache, progress: Progress, slots: int | None = None
) -> list[Side]:
    """Return the sides that `names` stand for, on `pages` or on all that each has.

    Raises UsageError for a name that is nothing or several things, InstallError for an extractor that does not run.
    """
    to_run = [name for name in names if not _is_stored(name)]
    for name in to_run:
        _check_extractor(name)
    ran: dict[str, Side] = {}
    if to_run:
        work = stages.plan(corpus.root, to_run, pages, progress, floors=False)
        found_run = stages.run(work, cache, progress, slots, latest=False)
        ran = {name: _of_run(found_run, registry.select([name])[0].name, name) for name in to_run}
    sides = [ran[name] if name in ran else _stored(corpus, name, names) for name in names]
    return [only(side, corpus, pages) for side in sides]


def _check_extractor(name: str) -> None:
    try:
        found = registry.select([name])
    except UsageError as error:
        raise UsageError(f"{error} A folder of answers is written {name}/" if Path(name).is_dir() else str(error)) from None
    if len(found) > 1:
        raise UsageError(f"{name} has several variants; name one of: {', '.join(each.name for each in found)}.")


def _is_stored(name: str) -> bool:
    return _is_path(name) or (_RUN.fullmatch(name) is not None and name not in registry.variants())


def _is_path(name: str) -> bool:
    return name.endswith(".json") or ("/" in name and " @ " not in name and Path(name).is_dir())


def _stored(corpus: Corpus, name: str, names: Sequence[str]) -> Side:
    if _is_path(name):
        return _of_answers(corpus, Path(name))
    match = _RUN.fullmatch(name)
    assert match is not None
    run = find_run(corpus.root, match["run"])
    if match["name"]:
        return _of_run(run, match["name"], name)
    rows = run.facts()["extractors"]
    # Floors run along with whatever was asked for.
    ran = [row["name"] for row in rows if row["category"] != "baseline"] or [row["name"] for row in rows]
    if len(ran) == 1:
        return _of_run(run, ran[0], name)
    # The other side says which extractor of the run is meant, if it is in it.
    others = {other.partition(":")[2] or other for other in names if other != name} & set(ran)
    if len(others) != 1:
        raise UsageError(f"Run {run.id} holds {len(ran)} extractors; say which, as in {run.id}:{ran[0]}.")
    return _of_run(run, others.pop(), name)


def _of_run(run: Run, extractor: str, shown: str) -> Side:
    facts = run.facts()
    rows = {row["name"]: row for row in facts["extractors"]}
    if extractor not in rows:
        raise UsageError(f'Run {run.id} has no extractor "{extractor}".{did_you_mean(extractor, rows)}')
    row = rows[extractor]
    if row["did_not_run"]:
        raise InstallError(f"{extractor} did not run: {row['did_not_run']}")
    found = {extraction.page: extraction for extraction in run.extractions() if extraction.extractor == extractor}
    return Side(
        shown, str(row.get("version", "")), row["track"], found, tuple(facts["pages"]), facts["gold"], str(facts.get("segmenter", "?")),
        str(facts.get("clutterbench", "?")), run.id,
    )  # fmt: skip


def _of_answers(corpus: Corpus, path: Path) -> Side:
    if path.is_file() and baseline.holds_one(path):
        return of_baseline(path, corpus, ())
    systems = answers.read(path)
    if len(systems) > 1:
        names = ", ".join(str(path / f"{system.name}.json") for system in systems)
        raise UsageError(f"{path} holds the answers of {len(systems)} systems; name one: {names}.")
    # Like an extractor of the html track, stored answers are not asked about pages that are text only.
    readable = {entry.id for entry in corpus.entries if entry.html}
    found = {each.page: each for each in answers.extractions(systems, corpus) if each.page in readable}
    return Side(str(path), systems[0].version, "html", found, _ids(corpus), corpus.digest, segment.VERSION, __version__)


def of_baseline(path: Path, corpus: Corpus, pages: Sequence[str]) -> Side:
    """Return the side that a baseline file holds. Raises UsageError or StoreError naming the file that is missing or wrong."""
    stored = baseline.read(path)
    side = Side(
        str(path), stored.version, stored.track, stored.answers, stored.pages, stored.gold, stored.segmenter, stored.clutterbench
    )  # fmt: skip
    return only(side, corpus, pages)


def only(side: Side, corpus: Corpus, pages: Sequence[str]) -> Side:
    """Return a side on the named pages alone, or as it is where none are named. Raises UsageError for a page that it does not answer.

    A side whose gold is no longer the corpus's keeps its digest, and so will not compare with one that is current.
    """
    if not pages:
        return side
    for page in pages:
        if page not in side.answers:
            known = did_you_mean(page, side.answers)
            raise UsageError(f'{side.name} has no answer for the page "{page}".{known} See: clutterbench list pages')
    chosen = corpus.only(pages)
    gold = chosen.digest if _is_current(side, corpus) else side.gold
    return replace(side, answers={page: side.answers[page] for page in _ids(chosen)}, pages=_ids(chosen), gold=gold)


def _is_current(side: Side, corpus: Corpus) -> bool:
    return set(side.pages) <= set(_ids(corpus)) and corpus.only(side.pages).digest == side.gold


def _ids(corpus: Corpus) -> tuple[str, ...]:
    return tuple(entry.id for entry in corpus.entries)


def check_comparable(a: Side, b: Side, corpus: Corpus) -> None:
    """Raise NotComparable naming the parts of the signature that differ, StoreError where neither is of the corpus as it is now."""
    differing = [
        f"{part} ({of_a} and {of_b}: {_PARTS[part]})"
        for (part, of_a), (_, of_b) in zip(_signed(a), _signed(b), strict=True)
        if of_a != of_b
    ]
    if not differing and a.answers.keys() != b.answers.keys():
        differing = [f"n ({_PARTS['n']})"]
    if differing:
        raise NotComparable(f"{a.name} and {b.name} cannot be compared, for their signatures differ in {'; '.join(differing)}.")
    if not _is_current(a, corpus):
        raise StoreError(f"{corpus.root}: pages or gold changed since {a.name} and {b.name} were made, so they cannot be scored. Run anew.")


def _signed(side: Side) -> list[tuple[str, str]]:
    return [
        ("track", side.track), ("seg", side.segmenter.removeprefix("seg:")), ("gold", side.gold[:12]), ("n", str(len(side.answers))),
        ("v", side.made_by),
    ]  # fmt: skip
