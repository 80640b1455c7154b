"""The report as plain text: Markdown for a code host, a table for the terminal, and JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict

from harness.escape import visible
from harness.records import UNLABELLED
from harness.report import comparison, view
from harness.report.marks import code as _code
from harness.report.marks import escaped as _escaped
from harness.report.marks import pipes as _pipes
from harness.report.view import Standing
from harness.score import HEADLINE
from harness.stats import Row
from harness.summary import Failure, Summary, TrackSummary, points

WIDTH = 100
_TOP_LABELS = 8
_FAILURES_A_NAME = 3


def as_json(summary: Summary) -> str:
    """Return the rows of `scores.csv` as one JSON document, figures unrounded, with the signature of each track and metric."""
    rows = [{"track": track.track, **asdict(row)} for track in summary.tracks for row in track.rows]
    absent = [{"extractor": entrant.name, "track": entrant.track, "did_not_run": entrant.reason} for entrant in summary.did_not_run]
    signatures = {track.track: dict(track.signatures) for track in summary.tracks}
    document = {"schema": 1, "signatures": signatures, "rows": rows, "did_not_run": absent}
    return json.dumps(document, ensure_ascii=False, indent=1)


def markdown(summary: Summary) -> str:
    """Return the summary for a code host: verdict, leaderboard, leaks and other metrics per track, failures, signatures."""
    parts = [f"# clutterbench: {_escaped(summary.corpus)}"]
    for track in summary.tracks:
        size = f"{view.plural(track.pages, 'page')} of {view.plural(track.sites, 'site')}"
        parts += [f"## {track.track} track: {size}", _escaped(track.verdict)]
        if view.standings(track):
            parts.append(markdown_leaderboard(track))
        parts += [_escaped(comparison.detectable(track)), _markdown_leaks(track), _markdown_metrics(track, summary)]
    parts.append(_markdown_failures(summary.failures))
    if summary.did_not_run:
        rows = [(_escaped(entrant.name), _code(entrant.reason, 300)) for entrant in summary.did_not_run]
        parts += ["## Did not run", _pipes(("extractor", "reason"), rows)]
    parts += ["Signatures; figures of different signatures are never compared:", _signature_lines(view.signatures(summary))]
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown_leaderboard(track: TrackSummary) -> str:
    """Return a track's leaderboard as a Markdown table with its signature under it."""
    header = ("extractor", "F1 (95 % interval)", "rank", "behind the leader", "P", "R", "leak", "empty", "failed", "version")
    rows = [_markdown_row(standing) for standing in view.standings(track)]
    signature = track.signatures.get(HEADLINE)
    return _pipes(header, rows, right=range(1, 9)) + (f"\n\n`{signature}`" if signature else "")


def _markdown_row(standing: Standing) -> Sequence[str]:
    name, row = _markdown_name(standing), standing.row
    if row is None:
        return (name, "did not run", "–", "–", "–", "–", "–", "–", "–", _code(standing.entrant.reason, 120))
    if standing.entrant.category != "extractor":
        name += f" ({standing.entrant.category})"
    return (
        name, view.with_interval(row.f1, row.f1_interval), view.rank(row), view.behind(row), points(row.precision), points(row.recall),
        points(standing.leak), str(row.statuses.get("empty", 0)), _failed(row), _escaped(standing.entrant.version) or "–",
    )  # fmt: skip


def _markdown_name(standing: Standing) -> str:
    """Return a name, slanted where it stands apart from the extractors that compete."""
    name = _escaped(standing.entrant.name)
    return f"*{name}*" if standing.apart in (1, 2) else name


def _failed(row: Row) -> str:
    return f"{view.failed(row)}: {view.failed_by_status(row)}" if view.failed(row) else "0"


def _markdown_leaks(track: TrackSummary) -> str:
    labels = {row.label for row in track.leaks}
    if not labels:
        return ""
    if labels == {UNLABELLED}:
        return "Leaks: the gold knows only the body text, so the kind of a leaked word is unknown; the column “leak” counts all of them."
    ran = [standing for standing in view.standings(track) if standing.row]
    grid = view.grid([standing.entrant.name for standing in ran], track.leaks, lost=False)
    columns = grid.columns[:_TOP_LABELS]
    if not columns:
        return f"Leaks: no kind of clutter is on {view.FEWEST_LABEL_PAGES} pages or more; the counts are in `leaks.csv`."
    header = ["percent of words let through", *(_markdown_label(column) for column in columns)]
    rows = [[_markdown_name(one), *(points(rate) for rate in grid.lines[one.entrant.name][: len(columns)])] for one in ran]
    more = len(grid.columns) + len(grid.rare) - len(columns)
    note = f"\n\n{more} rarer kinds of clutter are in `leaks.csv`." if more else ""
    if grid.inferred:
        note = "\n\n*inferred*: the label was inferred from the page's HTML, not given by hand." + note
    return f"### What leaks, {track.track} track\n\n" + _pipes(header, rows, right=range(1, len(header))) + note


def _markdown_label(column: view.Column) -> str:
    name = view.NOT_TOLD_APART if column.label == UNLABELLED else column.label
    return f"{_escaped(name)}<br>{view.plural(column.pages, 'page')}" + ("<br>*inferred*" if column.inferred else "")


def _markdown_metrics(track: TrackSummary, summary: Summary) -> str:
    table = comparison.metric_table(track, summary.metrics, view.scored_standings(track))
    if table is None:
        return ""
    header = ["F1 by each metric's own averaging", *(_escaped(column.name) for column in table.columns)]
    rows = [[_markdown_name(standing), *(points(cell.f1) for cell in cells)] for standing, cells in table.lines]
    return f"### Other metrics, {track.track} track\n\n" + _pipes(header, rows, right=range(1, len(header)))


def _markdown_failures(failures: Sequence[Failure]) -> str:
    if not failures:
        return "## Failures\n\nNone: every extractor answered on every page."
    rows: list[Sequence[str]] = []
    for name in dict.fromkeys(failure.extractor for failure in failures):
        mine = [failure for failure in failures if failure.extractor == name]
        rows += [(_escaped(name), _escaped(one.page), one.status, _code(one.detail, 160)) for one in mine[:_FAILURES_A_NAME]]
        if len(mine) > _FAILURES_A_NAME:
            rows.append((_escaped(name), f"and {len(mine) - _FAILURES_A_NAME} more", "", ""))
    return f"## Failures: {len(failures)}\n\n" + _pipes(("extractor", "page", "status", "detail"), rows)


def _signature_lines(signatures: Sequence[str]) -> str:
    return "```\n" + "\n".join(visible(signature) for signature in signatures) + "\n```"


def terminal(summary: Summary) -> str:
    """Return the leaderboards as plain text of at most 100 columns, each with its signature, then what did not run.

    They are those of the headline, or of the metrics that were scored instead.
    """
    parts = []
    for track in summary.tracks:
        for metric in [HEADLINE] if HEADLINE in track.signatures else sorted(track.signatures):
            table = _columns([standing for standing in view.standings(track, metric) if standing.row])
            named = "" if metric == HEADLINE else f", {metric}"
            size = f"{track.track} track{named}, {view.plural(track.pages, 'page')} of {view.plural(track.sites, 'site')}"
            parts.append("\n".join([size, *table, track.signatures[metric]]))
    absent = [f"{visible(entrant.name)}  did not run: {visible(entrant.reason)}" for entrant in summary.did_not_run]
    if absent:
        parts.append("\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in absent))
    return "\n\n".join(parts) + "\n"


_HEADER = ("extractor", "F1 (95 % interval)", "rank", "P", "R", "behind", "empty", "failed")


def _terminal_row(standing: Standing) -> tuple[str, ...]:
    row = standing.row
    assert row is not None
    return (
        visible(standing.entrant.name), view.with_interval(row.f1, row.f1_interval), view.rank(row), points(row.precision),
        points(row.recall), view.behind(row, interval=False), str(row.statuses.get("empty", 0)), str(view.failed(row)),
    )  # fmt: skip


def _columns(standings: Sequence[Standing]) -> list[str]:
    """Return the table's lines, with a rule line above each group that does not compete."""
    if not standings:
        return []
    table = [_HEADER, *(_terminal_row(standing) for standing in standings)]
    widths = [max(len(row[index]) for row in table) for index in range(len(_HEADER))]
    widths[0] = min(widths[0], WIDTH - 2 - sum(widths[1:]) - 2 * (len(_HEADER) - 1))
    lines = []
    for index, row in enumerate(table):
        if index > 1 and standings[index - 1].apart != standings[index - 2].apart:
            lines.append("  " + "─" * (sum(widths) + 2 * (len(widths) - 1)))
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join([view.shortened(row[0], widths[0]).ljust(widths[0]), *cells]))
    return lines
