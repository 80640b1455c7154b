"""The explorer: one page of the corpus with every answer aligned to its gold, as `p/<site>_<name>.html` and its data as `d/….js`."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.store import code_digest, digest

if TYPE_CHECKING:
    from harness.report.details import Answer, Details

Files = Iterator[tuple[str, str | None]]
"""Names below the report's folder with their text; None for a file that stands there as it should."""

_KEYS = "p/.keys.json"
_NOT_SHOWN = frozenset(("gold", "gold-lines", "oracle", "oracle-lines"))
"""Reference rows that have nothing to show: one is the page's body itself, the other the best of the answers beside it."""
_PACKAGES = ("jinja2", "lxml", "markupsafe", "nh3", "regex")


def page_link(page: str) -> str:
    """Return the name of a page's explorer below the report's folder. No id has a low line, so no two have the same name."""
    return f"p/{page.replace('/', '_')}.html"


def _data_file(page: str) -> str:
    return f"d/{page.replace('/', '_')}.js"


def explorer_pages(details: Details, shared: Mapping[str, Any], folder: Path) -> Files:
    """Yield the explorer's files. One page is in memory at a time, and those that stand in `folder` as they should are not made again.

    `shared` is what `base.html.j2` needs of a run.
    """
    # Here, since templates need `page_link`.
    from harness.report.explorer_view import view
    from harness.report.templating import environment, render

    made = environment()
    known = _known(folder)
    keys: dict[str, list[str]] = {}
    pages = details.pages
    for number, page in enumerate(pages):
        before, after = pages[number - 1] if number else "", pages[number + 1] if number + 1 < len(pages) else ""
        answers = {name: answer for name, answer in details.answers(page).items() if name not in _NOT_SHOWN}
        key = digest(_code(), details.fingerprint(page), before, after, _shared_key(shared), *_answers_key(answers))
        names = (page_link(page), _data_file(page))
        if names[0] in known and known[names[0]][0] == key and all(_stands(folder, name, known) for name in names):
            keys |= {name: known[name] for name in names}
            yield from ((name, None) for name in names)
            continue
        shown = view(details, page, _data_file(page), answers)
        own = {
            "here": "p", "root": "../", "title": shown.title, "page": shown,
            "before": page_link(before) if before else "", "after": page_link(after) if after else "",
        }  # fmt: skip
        for name, text in zip(names, (render(made, "explorer.html.j2", {**shared, **own}), shown.script), strict=True):
            keys[name] = [key, hashlib.sha256(text.encode()).hexdigest()]
            yield name, text
    yield _KEYS, json.dumps({"clutterbench": 1, "files": keys}, indent=0, sort_keys=True) + "\n"


@cache
def _code() -> str:
    return digest(code_digest(), *(importlib.metadata.version(name) for name in _PACKAGES))


def _shared_key(shared: Mapping[str, Any]) -> str:
    return digest(shared["summary"].corpus, shared["style"], shared["script"], shared["explorer_style"], shared["explorer_script"])


def _answers_key(answers: Mapping[str, Answer]) -> Iterator[str]:
    for name, answer in answers.items():
        counts, extraction = answer.score.counts, answer.extraction
        yield digest(name, extraction.status, extraction.text, extraction.detail, f"{counts.hits} {counts.predicted} {counts.expected}")


def _known(folder: Path) -> Mapping[str, list[str]]:
    """Return the files of the last build, each with a digest of what it was made from and its own; none where that is unsure."""
    try:
        found = json.loads((folder / _KEYS).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _stands(folder: Path, name: str, known: Mapping[str, list[str]]) -> bool:
    try:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest() == known[name][1]
    except (OSError, KeyError, IndexError):
        return False
