"""Any folder of pages and texts: `<name>.html` (or `.htm`, `.html.gz`) beside `<name>.txt`, in sub-folders too.

For a set of one's own, or one that has no importer. The text is the article, a paragraph a line: lines become `p`, `coverage = "body"`.
The first folder is the page's site (`news/a.html` and `news/b.html` are of one site); a page that lies in none is a site of its own.
An empty text says that the right answer is nothing. What it may be used for is not stated, nor of what kind the pages are: all are `blog`.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from harness.corpus.decode import decode
from harness.datasets import Collection, Imported, LeftOut, Names, body_lines, language, read_bytes
from harness.errors import CorpusError, UsageError

_ENDINGS = (".html", ".htm", ".html.gz")


def read(source: Path) -> Collection:
    """Read the pairs below a folder. Raises UsageError where there is none."""
    files = sorted(path for path in source.rglob("*") if path.is_file())
    golds = {path.relative_to(source).as_posix().removesuffix(".txt"): path for path in files if path.suffix == ".txt"}
    stored = {
        path.relative_to(source).as_posix().removesuffix(ending): path
        for path in files
        for ending in _ENDINGS
        if path.name.endswith(ending)
    }
    if not stored.keys() & golds.keys():
        raise UsageError(f"{source} has no pairs. Give a folder that holds <name>.html and <name>.txt.")
    names = Names()
    pages: list[Imported] = []
    left_out: list[LeftOut] = []
    for name in sorted(stored.keys() | golds.keys()):
        if name not in stored or name not in golds:
            left_out.append(LeftOut(f"pairs/{name}", "it has no page" if name in golds else "it has no text"))
            continue
        try:
            pages.append(_page(name, stored[name], read_bytes(golds[name]), names))
        except CorpusError as error:
            left_out.append(LeftOut(f"pairs/{name}", str(error)))
    return Collection(pages, left_out)


def _page(name: str, stored: Path, gold: bytes, names: Names) -> Imported:
    raw = read_bytes(stored)
    if stored.suffix == ".gz":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise CorpusError(f"its page does not decompress ({error})") from None
    text = decode(gold, "its text") if gold.strip() else ""
    body = body_lines(text)
    folder, _, file = name.rpartition("/")
    page = names.id(folder.split("/")[0] or file, name.partition("/")[2] or file)
    header = {
        "site": page.partition("/")[0],
        "lang": language(raw, text),
        "type": "blog",
        "licence": "not stated",
        "origin": "original",
        "coverage": "body",
        **({} if body else {"body": "none"}),
        "labelled_by": "not stated",
        "source": f"pairs/{name}",
    }
    return Imported(page, raw, header, body)
