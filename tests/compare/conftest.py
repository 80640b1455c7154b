"""Corpora with answers whose words are counted by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.compare.comparison import Comparison, compare
from harness.compare.sides import Side, resolve
from harness.corpus import corpus as corpora
from harness.corpus.corpus import Corpus
from harness.progress import Progress
from harness.store import Cache
from tests.corpora import LINES, write_corpus

SITES = ("alder", "birch", "cedar")
BODY = "\n".join(line.partition(": ")[2] for line in LINES.splitlines() if line.startswith(("p:", "li:")))
"""21 + 19 + 11 words, where the place is one."""
NAV = "Front page of the Harbour Post"
LAST = "Ferries run as usual from the south side of the bay."

Compared = Callable[[Mapping[str, str], Mapping[str, str]], Comparison]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.load(write_corpus(tmp_path, dict.fromkeys(SITES, "Greyholm")))


def body(*, nav: bool = False, last: bool = True) -> str:
    text = BODY.format(place="Greyholm")
    return "\n".join(([NAV] if nav else []) + ([text] if last else [text.removesuffix(LAST)]))


def write_answers(path: Path, answers: Mapping[str, str]) -> Path:
    path.write_text(json.dumps({page: {"articleBody": text} for page, text in answers.items()}), encoding="utf-8")
    return path


def sides(corpus: Corpus, *names: str, pages: tuple[str, ...] = ()) -> list[Side]:
    with Cache(corpus.root) as cache:
        return resolve(corpus, names, pages, cache, Progress())


@pytest.fixture
def compared(corpus: Corpus) -> Compared:
    """Compare two sets of answers, site → text, to the corpus's pages; a site that is left out has the body."""

    def call(a: Mapping[str, str], b: Mapping[str, str]) -> Comparison:
        ids = [entry.id for entry in corpus.entries]
        paths = [
            write_answers(corpus.root / f"{name}.json", {page: answers.get(page.partition("/")[0], body()) for page in ids})
            for name, answers in (("old", a), ("new", b))
        ]
        found = sides(corpus, *map(str, paths))
        with Cache(corpus.root) as cache:
            return compare(corpus, found[0], found[1], cache, Progress())

    return call
