"""A new gold file from a raw page, and a look at a finished one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from harness.corpus import corpus, files, gold
from harness.corpus.header import FORMAT
from harness.errors import CorpusError, UsageError
from harness.escape import visible
from harness.records import class_of, is_page_id
from harness.store import replace_text
from harness.text import tokens

_DECLARED_LANGUAGE = re.compile(r"<html\b[^>]*?\slang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", re.IGNORECASE)
# Below this a detector guesses; the longest common words need a few sentences to tell languages apart.
_DETECTABLE_WORDS = 20


def language_of(html: str | None, text: str) -> str:
    """Return a page's BCP 47 tag: what its `<html lang>` declares, else what a detector makes of its text, else `und`."""
    declared = _DECLARED_LANGUAGE.search(html[:5000]) if html else None
    return declared.group(1) if declared else detected_language(text)


def detected_language(text: str) -> str:
    """Return the ISO 639-1 code that py3langid finds most likely, or `und` for a text too short to tell."""
    if len(tokens(text)) < _DETECTABLE_WORDS:
        return "und"
    import py3langid

    code, _ = py3langid.classify(text)
    return str(code)


def new_gold(root: Path, raw: Path, *, url: str = "", language: str = "") -> Path:
    """Write gold/<site>/<name>.txt for a raw page, every block labelled "?", and return its path.

    Raises UsageError where `raw` is not under `root`/raw or the gold exists, CorpusError where the page cannot be read.
    """
    page_id = _id_of(root, raw)
    entry = corpus.entry_for(root, page_id)
    if files.exists(entry.gold):
        raise UsageError(f"{entry.gold} exists and is not overwritten. Delete it first if you mean to label the page again.")
    page = corpus.load_page(entry, url, language)
    blocks = corpus.page_blocks(page)
    if not blocks:
        raise CorpusError(f"{raw}: the page has no visible text to label (a script shell?). Save it with its text.")
    header = {
        "format": FORMAT,
        "url": url,
        "site": page_id.split("/")[0],
        "lang": language or language_of(page.html, page.text),
        "type": "",
        "licence": "",
        "origin": "original",
        "coverage": "full",
        "labelled_by": "",
        "raw_sha256": page.sha256,
    }
    replace_text(entry.gold, gold.render(header, gold.undecided_lines(blocks)))
    return entry.gold


def show_gold(root: Path, page: str) -> Iterator[str]:
    """Yield the gold's lines, each marked with its class, then the words per class and label."""
    found = gold.load(corpus.entry_for(root, page).gold)
    words: Counter[str] = Counter()
    marks = {"body": "  ", "may": "· ", "clutter": "× "}
    for line in found.lines:
        words[line.label] += len(tokens(line.text))
        yield visible(f"{marks[class_of(line.label)]}{line.label + ('+' if line.continues else ''):14} {line.text}")
    yield ""
    for kind in ("body", "may", "clutter"):
        labels = {label: count for label, count in words.items() if class_of(label) == kind}
        parts = ", ".join(f"{label} {count}" for label, count in sorted(labels.items(), key=lambda item: (-item[1], item[0])))
        yield f"{marks[kind]}{kind}: {sum(labels.values())} words" + (f" ({parts})" if parts else "")


def _id_of(root: Path, raw: Path) -> str:
    if sentence := files.irregular(raw):
        raise CorpusError(f"{raw}: {sentence}")
    if not files.exists(raw):
        raise UsageError(f"There is no file {raw}. Save the page as raw/<site>/<name>.html first.")
    try:
        page = raw.resolve().relative_to((root / "raw").resolve()).with_suffix("").as_posix()
    except ValueError:
        raise UsageError(f"{raw} is not under {root / 'raw'}. Save the page as raw/<site>/<name>.html.") from None
    if raw.suffix not in (".html", ".txt"):
        raise UsageError(f"{raw} ends in {raw.suffix or 'nothing'}; pages end in .html, flattened ones in .txt.")
    if not is_page_id(page):
        raise UsageError(f'"{page}" is not a page id. Use <site>/<name>, both of lower-case letters, digits and inner hyphens.')
    return page
