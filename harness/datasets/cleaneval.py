"""CleanEval (2007, for research): web pages of all kinds with the text that two annotators were to leave, in paragraphs and headers.

Home: sigwac.org.uk/cleaneval. Layout, as it is handed on: `orig/<n>.html` and `clean/<n>.txt`, or `input/` and `GoldStandard/` (of
the 2009 CleanPortalEval). A page is wrapped in a `<text id=… >` element of the campaign's, which is taken off. A gold file begins
with a line `URL: …`; its `<p>`, `<h>` and `<l>` begin a paragraph, a header, a list item and become `p`, `h`, `li`, `coverage =
"body"`. The guidelines (2007) call the headline, copyright notices and lists of links boilerplate or header as the case may be: the gold
is kept as published. Pages are of all kinds and their type is not stated: all are `blog` here.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from harness.datasets import (
    Collection,
    Imported,
    LeftOut,
    Names,
    gold_text,
    is_address,
    language,
    lines,
    read_bytes,
    registered_domain,
    site_of,
)
from harness.errors import UsageError
from harness.records import Line

_LAYOUTS = (("orig", "clean"), ("input", "GoldStandard"))
_WRAPPER = re.compile(rb"\A\s*<text\b[^<>]*>\s*|\s*</text>\s*\Z", re.IGNORECASE)
_URL = re.compile(r"\A\s*URL:[ \t]*(\S*)[^\n]*\n?")
_MARK = re.compile(r"</?(p|h|l)>", re.IGNORECASE)
_LABELS = {"p": "p", "h": "h", "l": "li"}


def read(source: Path) -> Collection:
    """Read the set from its folder. Raises UsageError where neither layout is there."""
    folders = next(((source / raw, source / gold) for raw, gold in _LAYOUTS if (source / raw).is_dir() and (source / gold).is_dir()), None)
    if folders is None:
        raise UsageError(f"{source} holds neither orig/ and clean/ nor input/ and GoldStandard/. Give the folder of CleanEval's files.")
    stored = {path.stem: path for path in folders[0].glob("*.htm*")}
    golds = {path.stem: path for path in folders[1].glob("*.txt")}
    names = Names()
    pages: list[Imported] = []
    left_out: list[LeftOut] = []
    for name in sorted(stored.keys() | golds.keys()):
        if name in stored and name in golds:
            pages.append(_page(name, read_bytes(stored[name]), read_bytes(golds[name]), names))
        else:
            left_out.append(LeftOut(f"cleaneval/{name}", "it has no page" if name in golds else "it has no gold"))
    return Collection(pages, left_out)


def _page(name: str, raw: bytes, gold: bytes, names: Names) -> Imported:
    text = gold_text(gold)
    stated = _URL.match(text)
    url = stated[1] if stated and is_address(stated[1]) else ""
    found = blocks(text[stated.end() :] if stated else text)
    page = names.id(site_of(url) if url else f"cleaneval-{name}", name)
    stripped = _WRAPPER.sub(b"", raw)
    header = {
        **({"url": url} if url else {}),
        "site": registered_domain(url) or page.partition("/")[0],
        "lang": language(stripped, " ".join(line.text for line in found)),
        "type": "blog",
        "licence": "for research (CleanEval 2007)",
        "origin": "original",
        "coverage": "body",
        **({} if found else {"body": "none"}),
        "labelled_by": "cleaneval",
        "source": f"cleaneval/{name}",
    }
    return Imported(page, stripped, header, found)


def blocks(text: str) -> tuple[Line, ...]:
    """Return a gold text's marked blocks as lines; what no mark begins is a paragraph."""
    label, found = "p", list[Line]()
    for number, part in enumerate(_MARK.split(text)):
        if number % 2:
            label = _LABELS[part.lower()]
        else:
            found += lines(label, [html.unescape(part)])
    return tuple(found)
