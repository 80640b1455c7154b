"""What the report says of single answers: a run's extractions with their pages, read from the run when first asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.case import Case
from harness.corpus import corpus, files
from harness.corpus import gold as gold_file
from harness.corpus.check import SECOND
from harness.corpus.corpus import Corpus
from harness.records import Extraction, Gold
from harness.report import view
from harness.score import HEADLINE, Score, Scored, read
from harness.store import Run, digest
from harness.summary import Summary


@dataclass(frozen=True, slots=True)
class Answer:
    """One extraction and its headline score."""

    extraction: Extraction
    score: Score


@dataclass(frozen=True)
class Details:
    """Per page × extractor data of a scored run. Nothing is read before it is asked for, and of the corpus one page at a time."""

    root: Path
    run: Run
    summary: Summary

    @property
    def pages(self) -> list[str]:
        """The ids of the run's pages that the headline scores, sorted; the order in which a reader goes from one to the next.

        Pages whose gold is phrases alone are not among them: there is no text to lay an answer beside.
        """
        return sorted(self._answers)

    def case(self, page: str) -> Case:
        """Read a page with its gold, to align answers to. Not kept: a report goes through the pages one by one."""
        return Case(*self._corpus[page].load())

    def second(self, page: str) -> Gold | None:
        """Read a page's second, blind labelling, where there is one."""
        path = self._second(page)
        return gold_file.load(path) if files.exists(path) else None

    def fingerprint(self, page: str) -> str:
        """Return a digest of a page's files, its second labelling included, without parsing them."""
        entry = self._corpus[page]
        paths = (entry.gold, entry.html, entry.text, self._second(page))
        return digest(*(hashlib.sha256(files.read(path)).hexdigest() if path and files.exists(path) else "" for path in paths))

    def _second(self, page: str) -> Path:
        return self.root / "gold" / f"{page}{SECOND}"

    def answers(self, page: str) -> Mapping[str, Answer]:
        """Return the answers for a page by extractor, in the leaderboard's order, the html track first; reference rows included."""
        found = self._answers[page]
        return {name: found[name] for name in self._order if name in found}

    @cached_property
    def facts(self) -> Mapping[str, Mapping[str, Any]]:
        """What scoring knows of each page: its header's fields, `inferred`, and `labels` (track → label → words)."""
        return {str(row["page"]): row for row in self._scored.pages}

    @cached_property
    def _scored(self) -> Scored:
        return read(self.run)

    @cached_property
    def _corpus(self) -> Mapping[str, corpus.Entry]:
        found: Corpus = corpus.load(self.root)
        return {entry.id: entry for entry in found.entries}

    @cached_property
    def _order(self) -> list[str]:
        return [standing.entrant.name for track in self.summary.tracks for standing in view.standings(track)]

    @cached_property
    def _answers(self) -> Mapping[str, Mapping[str, Answer]]:
        scores = {(score.extractor, score.page): score for score in self._scored.scores if score.metric == HEADLINE}
        found: dict[str, dict[str, Answer]] = {}
        for extraction in (*self.run.extractions(), *self._scored.references):
            if score := scores.get((extraction.extractor, extraction.page)):
                found.setdefault(extraction.page, {})[extraction.extractor] = Answer(extraction, score)
        return found
