"""The report's CSV files: figures 0–1 with six decimals, and one comment line with the signatures that they depend on."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

from harness.escape import visible
from harness.report import view
from harness.score import HEADLINE
from harness.stats import Row
from harness.summary import STATUSES, Summary

SCORE_COLUMNS = (
    "extractor", "category", "version", "metric", "track", "slice", "pages", "sites", "precision", "recall", "f1", "f1_low", "f1_high",
    "rank_low", "rank_high", *STATUSES,
)  # fmt: skip
LEAK_COLUMNS = ("extractor", "label", "inferred", "pages", "tokens", "leaked", "rate")
LOSS_COLUMNS = ("extractor", "label", "inferred", "pages", "tokens", "lost", "rate")
PAIR_COLUMNS = ("track", "first", "second", "difference", "low", "high", "p", "p_maxt", "p_holm", "detectable")


def scores_csv(summary: Summary) -> str:
    """Return one row per extractor × metric, of the headline one per slice too; one that did not run has 0 pages and no figures.

    The other metrics by slice would be nine tenths of the file, and no page of the report shows them.
    """
    rows: list[Sequence[object]] = []
    for track in summary.tracks:
        entrants = {entrant.name: entrant for entrant in track.entrants}
        for row in track.rows:
            if row.metric != HEADLINE and row.slice != "all":
                continue
            entrant = entrants[row.extractor]
            rows.append((row.extractor, entrant.category, entrant.version, row.metric, track.track, row.slice, *_figures(row)))
        for entrant in track.entrants:
            if entrant.reason:
                for metric in summary.metrics:
                    empty = [""] * (len(SCORE_COLUMNS) - 7)
                    rows.append((entrant.name, entrant.category, entrant.version, metric.name, track.track, "all", 0, *empty))
    return _csv(view.signatures(summary), SCORE_COLUMNS, rows)


def _figures(row: Row) -> list[object]:
    low, high = (row.f1_interval.low, row.f1_interval.high) if row.f1_interval else (None, None)
    shares = [_share(value) for value in (row.precision, row.recall, row.f1, low, high)]
    ranks: tuple[object, object] = row.rank or ("", "")
    return [row.pages, row.sites, *shares, *ranks, *(row.statuses.get(status, 0) for status in STATUSES)]


def _share(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{round(value, 6) + 0.0:.6f}"  # no "-0.000000"


def leaks_csv(summary: Summary) -> str:
    """Return per extractor and clutter label how many of its words got out. `inferred` is `yes` where no person gave the label."""
    rows = [
        (row.extractor, row.label, _yes(row.inferred), row.pages, row.tokens, row.found, _share(row.rate))
        for track in summary.tracks
        for row in track.leaks
    ]
    return _csv(view.headlines(summary), LEAK_COLUMNS, rows)


def losses_csv(summary: Summary) -> str:
    """Return per extractor and body label how many of its words were lost."""
    rows = [
        (row.extractor, row.label, _yes(row.inferred), row.pages, row.tokens, row.tokens - row.found, _share(1 - row.rate))
        for track in summary.tracks
        for row in track.losses
    ]
    return _csv(view.headlines(summary), LOSS_COLUMNS, rows)


def pairs_csv(summary: Summary) -> str:
    """Return one row per track and pair of competing extractors: `difference` is first − second in mean page F1."""
    rows = []
    for track in summary.tracks:
        for pair in track.pairs:
            figures = (pair.difference, pair.interval.low, pair.interval.high, pair.p, pair.adjusted, pair.holm, pair.detectable)
            rows.append((track.track, pair.first, pair.second, *(_share(value) for value in figures)))
    return _csv(view.headlines(summary), PAIR_COLUMNS, rows)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _csv(signatures: Sequence[str], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    # One comment line whatever the number of signatures, so that a reader always skips exactly one.
    out.write("# " + ("  ".join(signatures) or "nothing was scored") + "\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([visible(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()
