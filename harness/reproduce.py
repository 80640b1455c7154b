"""A public benchmark's own table, made from its own gold and stored answers, with its own averaging.

AEB (scrapinghub/article-extraction-benchmark, `evaluate.py` at 4a3bc97): precision over pages with an answer, recall over pages with a
body, F1 of the two means, accuracy; "±" is the sample standard deviation over 1,000 resamples of pages. AEB never seeds its resamples, so
its third decimal of "±" moves from run to run; ours are seeded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import answers
from harness.errors import StoreError, UsageError, did_you_mean

RESAMPLES = 1000
SEED = 0

_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and its standard deviation over resamples, both 0–1."""

    value: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ± {self.deviation:.3f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One system in a benchmark's table."""

    name: str
    version: str
    f1: Figure
    precision: Figure
    recall: Figure
    accuracy: Figure


def reproduce(benchmark: str, source: Path) -> list[Row]:
    """Return the rows of a benchmark's table, best F1 first. Raises UsageError for a benchmark that has none here."""
    if benchmark not in _TABLES:
        raise UsageError(f'There is no table of "{benchmark}".{did_you_mean(benchmark, _TABLES)} Known: {", ".join(_TABLES)}.')
    return _TABLES[benchmark](source)


def aeb(source: Path) -> list[Row]:
    """Return AEB's README table from its checkout: `ground-truth.json` and every `output/<system>.json`.

    Raises UsageError where the folder is not AEB's, StoreError where a system does not answer exactly the pages of the gold.
    """
    if not (source / "output").is_dir():
        raise UsageError(f"{source}/output is missing. Give the folder of AEB's checkout: it holds ground-truth.json and output/.")
    gold = {page: str(entry.get("articleBody") or "") for page, entry in answers.load_json(source / "ground-truth.json").items()}
    systems = answers.read(source / "output")
    for system in systems:
        if odd := sorted(system.texts.keys() ^ gold.keys()):
            what = "has no answer" if odd[0] in gold else "is not in ground-truth.json"
            file = source / "output" / f"{system.name}.json"
            raise StoreError(f"{file}: {len(odd)} pages differ from the gold; {odd[0]} {what}. Nothing was scored.")
    rows = _aeb_rows(systems, gold)
    return sorted(rows, key=lambda row: (-row.f1.value, row.name))


def _aeb_rows(systems: Sequence[answers.System], gold: Mapping[str, str]) -> list[Row]:
    import numpy as np

    from harness.kernel import same_words, word_ngrams

    counts = np.zeros((4, len(gold), len(systems)))
    # Page by page, so that a page's gold is cut into shingles once for all systems.
    for number, (page, body) in enumerate(gold.items()):
        for column, system in enumerate(systems):
            shared, of_answer, of_gold = word_ngrams(body, system.texts[page], _LENGTH)
            # The same words are the same shingles, so only then is it worth comparing the words.
            equal = shared == of_answer == of_gold and same_words(body, system.texts[page])
            counts[:, number, column] = shared, of_answer, of_gold, equal
    hits, predicted, expected, same = counts
    answered, wanted = (predicted > 0).astype(float), (expected > 0).astype(float)
    precision = np.divide(hits, predicted, out=np.zeros_like(hits), where=predicted > 0)
    recall = np.divide(hits, expected, out=np.zeros_like(hits), where=expected > 0)
    pages = len(gold)
    places = np.random.default_rng(SEED).integers(pages, size=(RESAMPLES, pages)) + np.arange(0, RESAMPLES * pages, pages)[:, None]
    drawn = np.bincount(places.ravel(), minlength=RESAMPLES * pages).reshape(RESAMPLES, pages)
    weights = np.vstack([np.ones((1, pages)), drawn])
    # The first row of weights is the benchmark as it is, the others the resamples. A mean over no pages is 0.
    p = (weights @ precision) / np.maximum(weights @ answered, 1)
    r = (weights @ recall) / np.maximum(weights @ wanted, 1)
    f1 = np.divide(2 * p * r, p + r, out=np.zeros_like(p), where=p + r > 0)
    accuracy = weights @ same / pages
    figures = [[Figure(float(column[0]), float(column[1:].std(ddof=1))) for column in table.T] for table in (f1, p, r, accuracy)]
    return [Row(system.name, system.version, *of_system) for system, *of_system in zip(systems, *figures, strict=True)]


def text(rows: Sequence[Row]) -> str:
    """Return a table of rows as plain text, the columns of AEB's README."""
    head = ("Model", "Version", "F1", "Precision", "Recall", "Accuracy")
    cells = [head, *((row.name, row.version or "-", *map(str, (row.f1, row.precision, row.recall, row.accuracy))) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


_TABLES: Mapping[str, Callable[[Path], list[Row]]] = {"aeb": aeb}
