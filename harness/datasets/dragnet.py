"""dragnet's training and test set (2013): news pages and blogs with their text and their readers' comments.

Home: dragnet-org/dragnet and its data set. Its own layout: `HTML/<name>.html` and `Corrected/<name>.html.corrected.txt` (also below
`corrected/`). A line of the kind `!@#$%^&*()  COMMENTS`, typed by hand and so in several forms, parts the text from the comments. Lines
of the text become `p`, those of the comments `x-comments`, `coverage = "body"`. Files without the other half are left out. No
addresses are stated: each page is a site of its own, so intervals over sites are intervals over pages.
"""

from __future__ import annotations

import re
from pathlib import Path

from harness.datasets import Collection, Imported, LeftOut, Names, body_lines, gold_text, language, lines, read_bytes
from harness.errors import UsageError

_GOLD = ".html.corrected.txt"
# dragnet's own expression is `\n*!@#\$%\^&\*\(\)\s+COMMENTS\n*`; some files lack one of the characters.
_COMMENTS = re.compile(r"^[ \t]*[!@#$%^&*()][!@#$%^&*() \t]{4,}COMMENTS[ \t]*$", re.MULTILINE)


def read(source: Path) -> Collection:
    """Read the set from its folder. Raises UsageError where it is not dragnet's."""
    gold = next((folder for folder in (source / "Corrected", source / "corrected" / "Corrected") if folder.is_dir()), None)
    if gold is None or not (source / "HTML").is_dir():
        raise UsageError(f"{source} does not hold HTML/ and Corrected/. Give the folder of dragnet's data.")
    stored = {path.name.removesuffix(".html"): path for path in (source / "HTML").glob("*.html")}
    golds = {path.name.removesuffix(_GOLD): path for path in gold.glob(f"*{_GOLD}")}
    names = Names()
    pages: list[Imported] = []
    left_out: list[LeftOut] = []
    for name in sorted(stored.keys() | golds.keys()):
        if name in stored and name in golds:
            pages.append(_page(name, read_bytes(stored[name]), read_bytes(golds[name]), names))
        else:
            left_out.append(LeftOut(f"dragnet/{name}", "it has no page" if name in golds else "it has no gold"))
    return Collection(pages, left_out)


def _page(name: str, raw: bytes, gold: bytes, names: Names) -> Imported:
    text, *comments = _COMMENTS.split(gold_text(gold), maxsplit=1)
    body = body_lines(text)
    page = names.id(f"dragnet-{name}", name)
    header = {
        "site": page.partition("/")[0],
        "lang": language(raw, text),
        "type": "news",
        "licence": "not stated (dragnet's code: MIT)",
        "origin": "original",
        "coverage": "body",
        **({} if body else {"body": "none"}),
        "labelled_by": "dragnet",
        "source": f"dragnet/{name}",
    }
    return Imported(page, raw, header, body + lines("x-comments", "".join(comments).split("\n")))
