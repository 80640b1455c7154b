"""The parts of a corpus that have a table of their own: by type, language, origin, complexity and site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.records import Track, class_of
from harness.stats import FEWEST_PAGES

_KEYS = ("type", "lang", "origin")


@dataclass(frozen=True, slots=True)
class Slice:
    """A part by name, such as `lang=de`, and which of the pages it holds."""

    name: str
    mask: NDArray[np.bool_]


def slices(
    known: Mapping[str, Mapping[str, Any]], pages: Sequence[str], quarters: Mapping[str, int], *, small_sites: bool
) -> list[Slice]:  # fmt: skip
    """Return the slice "all", then those of each kind, each with the pages it has of `pages`.

    `quarters` are the pages' quartiles of complexity. Sites of fewer than `FEWEST_PAGES` pages, which have no figure, are there only with
    `small_sites`: a large corpus has a thousand of them, and with every metric they would be most of all rows.
    """
    found = [Slice("all", np.ones(len(pages), dtype=np.bool_))]
    for key in _KEYS:
        found += _by_value(key, [str(known[page].get(key) or "") for page in pages])
    found += _by_value("complexity", [f"q{quarters[page]}" if page in quarters else "" for page in pages])
    sites = [str(known[page]["site"]) for page in pages]
    counted = Counter(sites)
    return found + _by_value("site", [site if small_sites or counted[site] >= FEWEST_PAGES else "" for site in sites])


def _by_value(key: str, values: Sequence[str]) -> list[Slice]:
    array = np.array(values, dtype=object)
    return [Slice(f"{key}={value}", array == value) for value in sorted(set(values) - {""})]


def complexity(known: Mapping[str, Mapping[str, Any]], track: Track) -> dict[str, float]:
    """Return the share of each page's tokens that are not body, 0–1, as an extractor of `track` was given it.

    Pages without a token have none, nor those whose gold is only phrases, where nobody knows what is body.
    """
    shares = {}
    for page, row in known.items():
        counts: Mapping[str, int] = row["labels"][track]
        if row["coverage"] != "snippets" and (total := sum(counts.values())):
            shares[page] = 1 - sum(count for label, count in counts.items() if class_of(label) == "body") / total
    return shares


def quartiles(shares: Mapping[str, float]) -> tuple[tuple[float, ...], dict[str, int]]:
    """Return the least, the three quartiles and the greatest of some shares, and each page's quarter, 1–4; pages alike share one."""
    if not shares:
        return (), {}
    bounds = np.quantile(np.fromiter(shares.values(), dtype=np.float64), [0, 0.25, 0.5, 0.75, 1])
    return tuple(map(float, bounds)), {page: 1 + int(np.sum(share > bounds[1:4])) for page, share in shares.items()}
