"""Mozilla Readability's test pages (Apache-2.0): what Readability itself is expected to answer, block by block.

Home: mozilla/readability. Its own layout: `test/test-pages/<name>/` with `source.html`, `expected.html` and `expected-metadata.json`.
**The gold is a tool's answer that people accepted, not a labelling**: Readability, and what was made after it, scores better here than
on other sets. The blocks of expected.html become lines, all `p`, of `coverage = "body"`; texts that Readability takes from attributes
or scripts are no words of the page. The pages state no address: a name without its last number (`yahoo-4`) is the site.
"""

from __future__ import annotations

import re
from pathlib import Path

from harness.corpus.decode import decode
from harness.corpus.segment import html_to_text
from harness.datasets import Collection, Imported, LeftOut, Names, body_lines, language, parse_json, read_bytes
from harness.errors import CorpusError, ImportRefused, UsageError

_FILES = ("source.html", "expected.html", "expected-metadata.json")


def read(source: Path) -> Collection:
    """Read the test pages from Readability's checkout. Raises ImportRefused naming what does not add up."""
    folders = sorted(path for path in (source / "test" / "test-pages").glob("*") if path.is_dir())
    if not folders:
        raise UsageError(
            f"{source / 'test' / 'test-pages'} has no pages. Give the folder of Readability's checkout: it holds test/test-pages/."
        )
    names = Names()
    pages: list[Imported] = []
    left_out: list[LeftOut] = []
    for folder in folders:
        if lacking := [name for name in _FILES if not (folder / name).is_file()]:
            left_out.append(LeftOut(f"readability/{folder.name}", f"it has no {' and no '.join(lacking)}"))
            continue
        try:
            pages.append(_page(folder, names))
        except CorpusError as error:
            left_out.append(LeftOut(f"readability/{folder.name}", str(error)))
    return Collection(pages, left_out)


def _page(folder: Path, names: Names) -> Imported:
    raw, expected, metadata = (read_bytes(folder / name) for name in _FILES)
    facts = parse_json(metadata, str(folder / _FILES[2]))
    if not isinstance(facts, dict):
        raise ImportRefused(f"{folder / _FILES[2]}: expected an object with title, byline and lang; nothing was imported.")
    gold = body_lines(html_to_text(decode(expected, "expected.html")))
    page = names.id(re.sub(r"-\d+$", "", folder.name), folder.name)
    header = {
        "site": page.partition("/")[0],
        "lang": language(raw, " ".join(line.text for line in gold)),
        "type": "news",
        "licence": "Apache-2.0",
        "origin": "original",
        "coverage": "body",
        **({} if gold else {"body": "none"}),
        "labelled_by": "readability",
        "source": f"readability/{folder.name}",
    }
    return Imported(page, raw, header, gold)
