"""WebMainBench (Apache-2.0): pages as a browser had them, marked by its labelling tool, with their main content in Markdown.

Home: opendatalab/WebMainBench. Its own layout: JSONL files, in the folder given or in its `data/`, a page a line with `html`, `url`,
`track_id` or `id`, `groundtruth_content` (Markdown corrected by hand) and, in the full set, `convert_main_content` (made from the
labelled HTML), taken where the first is empty. Gold lines are the Markdown's lines as published, marks and all, all `p`, of
`coverage = "body"`: its own metrics compare Markdown, and ours read Markdown's words. Pages are of all kinds; all are `docs` here.

**The labelling tool's marks stand in the pages** (attributes `cc-select` and `data-anno-uid`, the class `mark-selected`, elements
`marked-text`, a style sheet of its own): an extractor could read the answer. They are removed, every trace of them, counted, and a page
that still has one is left out. So a page here is not byte for byte that of WebMainBench, which takes out fewer (`html_cleaner.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.corpus.check_raw import labelling_mark
from harness.datasets import (
    Collection,
    Imported,
    LeftOut,
    Names,
    body_lines,
    is_address,
    language,
    parse_json,
    registered_domain,
    site_of,
    utf8_page,
)  # fmt: skip
from harness.errors import ImportRefused, UsageError

_SHEET = re.compile(r"<style\b[^<>]*\bcc-extraStyle\b[^<>]*>.*?</style>\s?", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"""<[a-z](?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>""", re.IGNORECASE)
_ELEMENT = re.compile(r"</?marked-(?:text|tail|inline)\b[^<>]*>", re.IGNORECASE)
_VALUE = r"""(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?"""
_ATTRIBUTE = re.compile(rf"\s+(?:cc-[\w-]+|data-anno-[\w-]+|magic_main_html|_item_id){_VALUE}(?=[\s/>])", re.IGNORECASE)
_LISTED = re.compile(r"""(\s+(class|style)\s*=\s*)(?:(")([^"]*)"|(')([^']*)')""", re.IGNORECASE)
_CLASSES = frozenset(("mark-selected", "cc-unloaded", "selecto-selection"))
_SELECT = re.compile(r"\s*user-select:\s*none\s*;?")
_LEFT = re.compile(rb"data-anno-uid|magic_main_html|\bmark-selected\b|\bcc-unloaded\b|<marked-(?:text|tail|inline)\b|\bcc-select\b")


def read(source: Path) -> Collection:
    """Read every JSONL file of the set's folder. Raises ImportRefused naming the line that is not what it must be."""
    files = sorted({*source.glob("*.jsonl"), *(source / "data").glob("*.jsonl")})
    if not files:
        raise UsageError(f"{source} has no *.jsonl, nor has its data/. Give the folder of WebMainBench's data.")
    names = Names()
    pages: list[Imported] = []
    left_out: list[LeftOut] = []
    removed: Counter[str] = Counter()
    for path in files:
        for number, row in _rows(path):
            if row.strip():
                page = _page(parse_json(row, f"{path}:{number}"), f"{path}:{number}", names, removed)
                (pages if isinstance(page, Imported) else left_out).append(page)  # type: ignore[arg-type]
    marks = ", ".join(f"{count} {what}" for what, count in sorted(removed.items()))
    note = f"{removed.total()} marks of the labelling tool were removed from the pages: {marks}"
    return Collection(pages, left_out, [note] if marks else [])


def _rows(path: Path) -> Iterator[tuple[int, bytes]]:
    # Line by line: the full set's file is larger than many a machine's memory.
    try:
        with path.open("rb") as file:
            yield from enumerate(file, 1)
    except OSError as error:
        raise ImportRefused(f"{path}: the file cannot be read: {error.strerror}; nothing was imported.") from None


def _page(row: Any, where: str, names: Names, removed: Counter[str]) -> Imported | LeftOut:
    found = row if isinstance(row, dict) else {}
    html, url, name = found.get("html"), found.get("url") or "", found.get("track_id") or found.get("id")
    gold = found.get("groundtruth_content") or found.get("convert_main_content") or ""
    if not all(isinstance(text, str) for text in (html, url, name, gold)) or not html or not name:
        raise ImportRefused(f"{where}: the line lacks html, a name (track_id or id) or its texts are none; nothing was imported.")
    source = f"webmainbench/{name}"
    cleaned, marks = clean(html)
    raw = utf8_page(cleaned)
    if left := _LEFT.search(raw) or labelling_mark(raw, ()):
        mark = left.group().decode() if isinstance(left, re.Match) else left[1]
        return LeftOut(source, f'a mark of the labelling tool could not be removed ("{mark}"): an extractor could read the answer')
    removed.update(marks)
    address = url if is_address(url) else ""
    page = names.id(site_of(address) if address else f"webmainbench-{name}", name)
    lines = body_lines(gold)
    header = {
        **({"url": address} if address else {}),
        "site": registered_domain(address) or page.partition("/")[0],
        "lang": language(raw, gold),
        "type": "docs",
        "licence": "Apache-2.0",
        "origin": "original",
        "coverage": "body",
        **({} if lines else {"body": "none"}),
        "labelled_by": "webmainbench",
        "source": source,
    }
    return Imported(page, raw, header, lines)


def clean(html: str) -> tuple[str, Counter[str]]:
    """Return a page without the labelling tool's marks, and how many of each kind there were."""
    marks: Counter[str] = Counter()

    def count(what: str, pattern: re.Pattern[str], text: str) -> str:
        text, number = pattern.subn("", text)
        marks[what] += number
        return text

    def tag(found: re.Match[str]) -> str:
        text = count("attributes", _ATTRIBUTE, found.group())
        return _LISTED.sub(listed, text) if "class" in text or "style" in text else text

    def listed(found: re.Match[str]) -> str:
        quote, value = (found[3], found[4]) if found[3] else (found[5], found[6])
        if found[2].lower() == "style":
            # The tool wrote to the styles of what it marked, and left empty ones: of no effect, but a trace.
            kept = count("styles", _SELECT, value) if "user-select" in value else value
            marks["styles"] += not value
        else:
            words = value.split()
            kept = " ".join(word for word in words if word not in _CLASSES) if not _CLASSES.isdisjoint(words) else value
            marks["classes"] += sum(word in _CLASSES for word in words)
        if kept == value:
            return found.group() if kept else ""
        return f"{found[1]}{quote}{kept}{quote}" if kept else ""

    html = count("elements", _ELEMENT, count("style sheets", _SHEET, html))
    html = _TAG.sub(tag, html)
    return html, +marks
