"""The Fundus evaluation (MIT, 2024): 80 news pages of 16 English-language publishers, paragraph by paragraph, some of them optional.

Home: dobbersc/fundus-evaluation. Its own layout: `dataset/ground_truth.json` (`<publisher>_<n>.html.gz` → body, a list of paragraphs,
and url) and `dataset/html/`. A paragraph in square brackets is optional: Fundus takes, per page and answer, the best score over all
choices of optional paragraphs. Here they are `note`, a *may* label, which no answer gains or loses by; the others are `p`,
`coverage = "body"`. So one gold does for 2^k.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

from harness.corpus.new import detected_language
from harness.datasets import Collection, Imported, LeftOut, Names, is_address, parse_json, read_bytes, registered_domain, site_of
from harness.errors import ImportRefused, UsageError
from harness.records import Line

_ENDING = ".html.gz"


def read(source: Path) -> Collection:
    """Read the set from its checkout. Raises ImportRefused naming what does not add up."""
    path = source / "dataset" / "ground_truth.json"
    if not path.is_file():
        raise UsageError(f"{path} is missing. Give the folder of fundus-evaluation's checkout: it holds dataset/ground_truth.json.")
    truth = parse_json(read_bytes(path), str(path))
    if not isinstance(truth, dict):
        raise ImportRefused(f"{path}: expected an object of file → body and url; nothing was imported.")
    names = Names()
    pages: list[Imported] = []
    stored = {page.name: page for page in (source / "dataset" / "html").glob(f"*{_ENDING}")}
    left_out = [LeftOut(f"fundus/{name.removesuffix(_ENDING)}", "it has no gold") for name in sorted(stored.keys() - truth.keys())]
    for file, entry in sorted(truth.items()):
        if file in stored:
            pages.append(_page(file.removesuffix(_ENDING), entry, stored[file], names))
        else:
            left_out.append(LeftOut(f"fundus/{file.removesuffix(_ENDING)}", "it has no page"))
    return Collection(pages, left_out)


def _page(name: str, entry: Any, stored: Path, names: Names) -> Imported:
    body, url = (entry.get("body"), entry.get("url")) if isinstance(entry, dict) else (None, None)
    if not isinstance(body, list) or not all(isinstance(text, str) for text in body) or not isinstance(url, str) or not is_address(url):
        raise ImportRefused(f"{name}: ground_truth.json lacks its body, a list of texts, or its url; nothing was imported.")
    try:
        raw = gzip.decompress(read_bytes(stored))
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefused(f"{stored}: the file does not decompress ({error}); nothing was imported.") from None
    found = tuple(line for text in body if (line := _line(" ".join(text.split()))).text)
    header = {
        "url": url,
        "site": registered_domain(url),
        "lang": detected_language(" ".join(body)),
        "type": "news",
        "licence": "MIT",
        "origin": "original",
        "coverage": "body",
        **({} if any(line.label == "p" for line in found) else {"body": "none"}),
        "labelled_by": "fundus-evaluation",
        "source": f"fundus/{name}",
    }
    return Imported(names.id(site_of(url), name), raw, header, found)


def _line(text: str) -> Line:
    optional = text.startswith("[") and text.endswith("]")
    return Line("note", text[1:-1].strip()) if optional else Line("p", text)
