"""Zyte's article extraction benchmark (MIT): 181 news and blog pages with their article bodies, and the answers of its systems.

Home: scrapinghub/article-extraction-benchmark. Its own layout: `ground-truth.json` (id → articleBody, url) and `html/<id>.html.gz`.
The gold knows only the body, so it becomes `coverage = "body"`, one `p` line per line of articleBody; `source` keeps AEB's id. The
language is what a detector makes of the body, since AEB states none.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

from harness.corpus.new import detected_language
from harness.datasets import Collection, Imported, body_lines, is_address, parse_json, read_bytes, registered_domain, site_of
from harness.errors import ImportRefused, UsageError

_ID_LENGTH = 16


def read(source: Path) -> Collection:
    """Read the benchmark from its folder. Raises ImportRefused naming what does not add up."""
    truth = _ground_truth(source / "ground-truth.json")
    stored = {path.name.removesuffix(".html.gz"): path for path in (source / "html").glob("*.html.gz")}
    for missing, where, what in (
        (sorted(truth.keys() - stored.keys()), "html/", "ground-truth.json"),
        (sorted(stored.keys() - truth.keys()), "ground-truth.json", "html/"),
    ):
        if missing:
            raise ImportRefused(f"{source}: {len(missing)} pages of {what} are not in {where} (first: {missing[0]}); nothing was imported.")
    return Collection([_page(name, truth[name], stored[name]) for name in sorted(truth)])


def _ground_truth(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UsageError(f"{path} is missing. Give the folder of AEB's checkout: it holds ground-truth.json and html/.")
    found = parse_json(read_bytes(path), str(path))
    if not isinstance(found, dict):
        raise ImportRefused(f"{path}: expected an object of page id → articleBody and url; nothing was imported.")
    return found


def _page(name: str, truth: object, stored: Path) -> Imported:
    if not isinstance(truth, dict):
        raise ImportRefused(f"{name}: ground-truth.json holds a {type(truth).__name__}, not an object; nothing was imported.")
    body, url = truth.get("articleBody"), truth.get("url")
    if not isinstance(body, str) or not body.strip() or not isinstance(url, str) or not url:
        raise ImportRefused(f"{name}: ground-truth.json has no articleBody or no url for it; nothing was imported.")
    if not is_address(url):
        raise ImportRefused(f'{name}: url is "{url[:80]}"; expected a web address (https://…); nothing was imported.')
    try:
        raw = gzip.decompress(stored.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefused(f"{stored}: the file does not decompress ({error}); nothing was imported.") from None
    header = {
        "url": url,
        "site": registered_domain(url),
        "lang": detected_language(body),
        "type": "news",
        "licence": "MIT",
        "origin": "original",
        "coverage": "body",
        "labelled_by": "zyte",
        "source": f"aeb/{name}",
    }
    return Imported(f"{site_of(url)}/{name[:_ID_LENGTH]}", raw, header, body_lines(body))
