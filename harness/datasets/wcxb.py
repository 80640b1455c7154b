"""WCXB, the Web Content Extraction Benchmark (CC-BY-4.0): pages of seven types with their main content.

Home: Murrough-Foley/web-content-extraction-benchmark. Its own layout: `<split>/ground-truth/<id>.json` (url, ground_truth.main_content,
_internal.page_type.primary) and `<split>/html/<id>.html.gz`, splits `dev` and `test`. The gold knows only the body, so it becomes
`coverage = "body"`, one `p` line per line of main_content; a page without main content becomes `body = "none"`. Its types become ours:
article → news, forum → forum, product → product, collection, category and listing → listing, documentation → docs, service → product.
WCXB takes the entries of a listing for its content; the gold is kept as published. The language is what a detector makes of the body.
Its phrases (`with`, `without`) are compared with the gold and not stored: a gold of ours is a body or phrases.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

from harness.corpus.new import detected_language
from harness.datasets import Collection, Imported, body_lines, is_address, parse_json, read_bytes, registered_domain, site_of
from harness.errors import ImportRefused, UsageError

_SPLITS = ("dev", "test")
_TYPES = {
    "article": "news", "forum": "forum", "product": "product", "collection": "listing", "category": "listing", "listing": "listing",
    "documentation": "docs", "service": "product",
}  # fmt: skip


def read(source: Path) -> Collection:
    """Read the benchmark's splits from its folder. Raises ImportRefused naming what does not add up."""
    pages = []
    for split in _SPLITS:
        truth = {path.stem: path for path in (source / split / "ground-truth").glob("*.json")}
        stored = {path.name.removesuffix(".html.gz"): path for path in (source / split / "html").glob("*.html.gz")}
        if odd := sorted(truth.keys() ^ stored.keys()):
            lacks = "html/" if odd[0] in truth else "ground-truth/"
            raise ImportRefused(
                f"{source / split}: {len(odd)} pages are in one folder only (first: {odd[0]}, not in {lacks}); nothing was imported."
            )
        pages += [_page(f"{split}/{name}", truth[name], stored[name]) for name in sorted(truth)]
    if not pages:
        raise UsageError(f"{source} has no pages. Give the folder of WCXB's checkout: it holds dev/ground-truth/ and dev/html/.")
    phrases = sum(len(page.wanted) + len(page.unwanted) for page in pages)
    return Collection(pages, notes=[f"{phrases} phrases that must or must not be in an answer were compared with the gold and not stored"])


def _page(name: str, truth: Path, stored: Path) -> Imported:
    found = parse_json(read_bytes(truth), str(truth))
    try:
        url, body = found["url"], found["ground_truth"]["main_content"]
        kind = found["_internal"]["page_type"]["primary"]
        wanted, unwanted = (_phrases(found["ground_truth"].get(key)) for key in ("with", "without"))
    except (KeyError, TypeError):
        raise ImportRefused(
            f"{truth}: it lacks url, ground_truth.main_content or _internal.page_type.primary; nothing was imported."
        ) from None
    # Two pages of the development split have no url; they are a site of their own each.
    if not isinstance(body, str) or not isinstance(url, str) or not (url == "" or is_address(url)):
        raise ImportRefused(f'{truth}: expected main_content as text and url as a web address (https://…) or ""; nothing was imported.')
    if kind not in _TYPES:
        raise ImportRefused(f'{truth}: page type "{kind}" is none of {", ".join(_TYPES)}; nothing was imported.')
    try:
        raw = gzip.decompress(stored.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefused(f"{stored}: the file does not decompress ({error}); nothing was imported.") from None
    lines = body_lines(body)
    header = {
        **({"url": url} if url else {}),
        "site": registered_domain(url) or f"wcxb-{truth.stem}",
        "lang": detected_language(body),
        "type": _TYPES[kind],
        "licence": "CC-BY-4.0",
        "origin": "original",
        "coverage": "body",
        **({} if lines else {"body": "none"}),
        "labelled_by": "wcxb",
        "source": f"wcxb/{name}",
    }
    return Imported(f"{site_of(url)}/{name.replace('/', '-').lower()}", raw, header, lines, wanted, unwanted)


def _phrases(found: Any) -> tuple[str, ...]:
    return tuple(map(str, found)) if isinstance(found, list) else ()
