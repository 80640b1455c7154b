"""What is wrong in a public data set: every finding with its page, counted by kind, as it is printed and stored beside the corpus.

Of the gold only words are compared, not their order: a word of the gold that the page has nowhere no extractor can return.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from harness.corpus.decode import decode
from harness.corpus.files import MAX_PAGE_BYTES, too_large
from harness.corpus.segment import whole_blocks
from harness.datasets import Collection, Imported
from harness.errors import CorpusError
from harness.progress import Progress
from harness.records import Line, class_of
from harness.text import readable, tokens

FORMAT = 1

KINDS: Mapping[str, str] = {
    "left-out": "pages cannot be imported and are left out",
    "empty-gold": "pages have a gold without text",
    "repeated": "pages repeat another page",
    "contradiction": "pages have phrases that contradict their gold",
    "words": "pages have words in their gold that the page has not",
    "phrases": "pages have phrases that the page has not",
}
"""Kinds of findings, the gravest first."""

_SHOWN = 5
_EXAMPLES = 3
_LONG = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one page: a kind of `KINDS`, our id ('' for a page left out by its importer), the set's name, why.

    `share` is the part of the gold that it concerns, 0–1, where that is known: the worst pages are listed first.
    """

    kind: str
    page: str
    source: str
    detail: str
    share: float = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What an import came to. `pages` are those stored, `found` those that the set has."""

    dataset: str
    pages: int
    found: int
    sites: int
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]

    def summary(self) -> str:
        """Return the findings by kind in one line."""
        return "; ".join(f"{count} of {self.found} {KINDS[kind]}" for kind, count in self.counts().items())

    def counts(self) -> dict[str, int]:
        """Return the number of findings by kind, without the kinds that there are none of."""
        return {kind: len(list(some)) for kind, some in groupby(self.findings, lambda finding: finding.kind)}

    def text(self) -> Iterator[str]:
        """Yield the report as lines: notes, then each kind with its count and its first pages."""
        yield from self.notes
        for kind, some in groupby(self.findings, lambda finding: finding.kind):
            listed = list(some)
            yield f"{len(listed)} of {self.found} {KINDS[kind]}:"
            yield from (f"  {finding.page or finding.source}: {finding.detail}" for finding in listed[:_SHOWN])
            if len(listed) > _SHOWN:
                yield f"  … and {len(listed) - _SHOWN} more"

    def json(self) -> str:
        """Return the report as a JSON document with every finding; the same import gives the same bytes."""
        kinds = {
            kind: {
                "what": KINDS[kind],
                "count": len(listed),
                "list": [{"page": f.page, "source": f.source, "why": f.detail} for f in listed],
            }
            for kind, some in groupby(self.findings, lambda finding: finding.kind)
            for listed in [list(some)]
        }
        head = {"format": FORMAT, "dataset": self.dataset, "pages": self.pages, "found": self.found, "sites": self.sites}
        return json.dumps({**head, "notes": self.notes, "findings": kinds}, ensure_ascii=False, indent=1) + "\n"


def lint(name: str, collection: Collection, progress: Progress) -> Report:
    """Look through the pages of a data set and report what is wrong. A page that cannot be read as one is reported as left out."""
    found = [Finding("left-out", "", each.source, each.why) for each in collection.left_out]
    usable: list[Imported] = []
    seen: dict[str, Imported] = {}
    with progress.stage("import", len(collection.pages)):
        for page in collection.pages:
            source = str(page.header["source"])
            try:
                texts = _texts(page)
            except CorpusError as error:
                found.append(Finding("left-out", page.id, source, str(error).removeprefix(f"{page.id}: ")))
            else:
                usable.append(page)
                found += [Finding(kind, page.id, source, why, share) for kind, why, share in _page(page, texts, seen)]
            progress.step()
    order = list(KINDS)
    found.sort(key=lambda finding: (order.index(finding.kind), -finding.share, finding.page, finding.source))
    sites = len({page.header["site"] for page in usable})
    count = len(collection.pages) + len(collection.left_out)
    return Report(name, len(usable), count, sites, tuple(collection.notes), tuple(found))


def _texts(page: Imported) -> list[str]:
    """Return the page's visible blocks. Raises CorpusError, as loading the corpus would."""
    if len(page.raw) > MAX_PAGE_BYTES:
        raise CorpusError(f"{page.id}: {too_large(len(page.raw))}")
    return [block.text for block in whole_blocks(decode(page.raw, page.id), page.id)]


def _page(page: Imported, texts: Sequence[str], seen: dict[str, Imported]) -> Iterator[tuple[str, str, float]]:
    """Yield kind, detail and share of everything wrong with one page; `seen` has the pages before it by their bytes and by their words."""
    have = Counter(token for text in texts for token in tokens(readable(text)))
    if why := _repeated(page, have, seen):
        yield "repeated", why, 0
    body = [line.text for line in page.lines if class_of(line.label) == "body"]
    snippets = page.header["coverage"] == "snippets"
    if not body:
        yield "empty-gold", "no phrase must be in the answer" if snippets else "the right answer is nothing", 0
    wanted, unwanted = (body, _bad(page.lines)) if snippets else (page.wanted, page.unwanted)
    if why := _contradictions(wanted, unwanted, None if snippets else body):
        yield "contradiction", why, 0
    need = Counter(token for line in page.lines for token in tokens(readable(line.text)))
    if not snippets and (lacking := need - have):
        share = lacking.total() / need.total()
        yield "words", f"{lacking.total()} of {need.total()} words ({_examples(lacking)})", share
    if why := _absent(wanted, unwanted, texts):
        yield "phrases", why, 0


def _bad(gold: Iterable[Line]) -> list[str]:
    return [line.text for line in gold if class_of(line.label) == "clutter"]


def _repeated(page: Imported, have: Mapping[str, int], seen: dict[str, Imported]) -> str:
    """Say which page before it a page repeats; '' for none."""
    words = json.dumps(sorted(have.items()))
    for what, key in (("bytes", sha256(page.raw).hexdigest()), ("words", sha256(words.encode()).hexdigest())):
        # Pages without words, as of scripts that write the page, are not alike for that.
        first = seen.setdefault(key, page) if what == "bytes" or have else page
        if first is not page:
            other = "" if _gold(first) == _gold(page) else ", with another gold"
            return f"the same {what} as {first.id}{other}"
    return ""


def _gold(page: Imported) -> list[tuple[str, str]]:
    return [(line.label, line.text) for line in page.lines]


def _contradictions(wanted: Sequence[str], unwanted: Sequence[str], body: Sequence[str] | None) -> str:
    """Say which phrases contradict the gold body, or where there is none, each other; '' for none. Case and white space aside."""
    if body is None:
        clash = [bad for bad in unwanted if any(_plain(bad) in _plain(good) for good in wanted)]
        return f"{len(clash)} must-not phrases are in a must-have phrase ({_examples(clash)})" if clash else ""
    text = _plain(" ".join(body))
    lost = [phrase for phrase in wanted if _plain(phrase) not in text]
    kept = [phrase for phrase in unwanted if _plain(phrase) in text]
    parts = ((lost, wanted, "must-have phrases are not in it"), (kept, unwanted, "must-not phrases are in it"))
    return "; ".join(f"{len(some)} of {len(every)} {what} ({_examples(some)})" for some, every, what in parts if some)


def _absent(wanted: Sequence[str], unwanted: Sequence[str], texts: Sequence[str]) -> str:
    """Say which phrases stand nowhere on the page, so that every answer does the same with them; '' for none."""
    text = _plain(" ".join(texts))
    kinds = ((wanted, "must-have"), (unwanted, "must-not"))
    lacking = [(what, every, [phrase for phrase in every if _plain(phrase) not in text]) for every, what in kinds]
    return "; ".join(f"{len(some)} of {len(every)} {what} phrases ({_examples(some)})" for what, every, some in lacking if some)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _examples(words: Iterable[str]) -> str:
    first = [f'"{word[:_LONG]}…"' if len(word) > _LONG else f'"{word}"' for word, _ in zip(words, range(_EXAMPLES), strict=False)]
    return ", ".join(first)
