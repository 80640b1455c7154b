"""trafilatura's own evaluation set (Apache-2.0): documents with phrases that an answer must have and phrases that it must not have.

Home: adbar/trafilatura, `tests/`. Its own layout: `tests/evaldata.json` (address → file, with, without and metadata) and the pages in
`tests/cache` or `tests/eval`, looked for in this order as `eval_common.py` does. A phrase that must be there becomes a line `p`, one
that must not a line `x-other`, `coverage = "snippets"`; metric `segments`. Pages are of all kinds and their type is not stated: all are
`blog` here. What else the set says of a page (title, author, date, comments, tags) its evaluation does not use, and neither do we.
Addresses that are none (`hard::file`) are a site each. The language is what the page declares, else what a detector makes of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.datasets import (
    Collection,
    Imported,
    LeftOut,
    Names,
    is_address,
    language,
    lines,
    parse_json,
    read_bytes,
    registered_domain,
    site_of,
)  # fmt: skip
from harness.errors import ImportRefused, UsageError

_FOLDERS = ("cache", "eval")


def read(source: Path) -> Collection:
    """Read the set from trafilatura's checkout. Raises ImportRefused naming what does not add up."""
    path = source / "tests" / "evaldata.json"
    if not path.is_file():
        raise UsageError(f"{path} is missing. Give the folder of trafilatura's checkout: it holds tests/evaldata.json and tests/eval/.")
    truth = parse_json(read_bytes(path), str(path))
    if not isinstance(truth, dict):
        raise ImportRefused(f"{path}: expected an object of address → file, with and without; nothing was imported.")
    names = Names()
    pages: list[Imported] = []
    left_out: list[LeftOut] = []
    for address, entry in truth.items():
        file, wanted, unwanted = _checked(path, address, entry)
        raw = next((place for folder in _FOLDERS if (place := source / "tests" / folder / file).is_file()), None)
        if raw is None:
            left_out.append(LeftOut(f"trafilatura/{file}", "its page is neither in tests/cache nor in tests/eval"))
            continue
        pages.append(_page(names, address, file, entry, read_bytes(raw), wanted, unwanted))
    return Collection(pages, left_out)


def _checked(path: Path, address: str, entry: Any) -> tuple[str, list[str], list[str]]:
    """Return an entry's file and phrases. Raises ImportRefused where they are not what they must be."""
    file, *phrases = (entry.get(key) for key in ("file", "with", "without")) if isinstance(entry, dict) else (None, None, None)
    fit = isinstance(file, str) and file and "/" not in file and "\\" not in file
    if not fit or not all(isinstance(some, list) and all(isinstance(phrase, str) for phrase in some) for some in phrases):
        raise ImportRefused(f"{path}: {address} lacks file, with or without, a name and two lists of texts; nothing was imported.")
    return file, *phrases


def _page(
    names: Names, address: str, file: str, entry: dict[str, Any], raw: bytes, wanted: list[str], unwanted: list[str]
) -> Imported:  # fmt: skip
    url = address if is_address(address) else ""
    stem = file.removesuffix(".html")
    page = names.id(site_of(url) if url else f"trafilatura-{stem}", stem)
    header = {
        **({"url": url} if url else {}),
        "site": registered_domain(url) or page.partition("/")[0],
        "lang": language(raw, " ".join(wanted)),
        "type": "blog",
        "licence": str(entry.get("license") or "Apache-2.0"),
        "origin": "original",
        "coverage": "snippets",
        "labelled_by": "trafilatura",
        "source": f"trafilatura/{file}",
    }
    return Imported(page, raw, header, lines("p", wanted) + lines("x-other", unwanted))
