"""Build the report's folder: overview pages, a page per extractor, the explorer, style and script, and the plain files.

`SHEETS` lists the overview pages in the order of the navigation. What is in git is the same byte for byte for equal summaries; the
explorer (`p/`, `d/`) is built beside it and ignored by git.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from harness.errors import StoreError
from harness.report import charts, measured, spreadsheets, strips, tables, templating, view
from harness.report.census import census
from harness.report.details import Details
from harness.report.explorer import explorer_pages
from harness.report.portrait import portrait
from harness.report.sections import Section, section
from harness.report.templating import extractor_file
from harness.report.worst import with_words, worst
from harness.store import replace_text
from harness.summary import Failure, Summary

_FAILURES_SHOWN = 20
"""Failures listed per extractor: one that fails everywhere must not bury the others. Their number is always given."""
_LEAKS_SHOWN = 20
_MARK = "clutterbench"
"""Stands near the beginning of every file that a build may remove again."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An overview page: its file, which names its template too, and its name in the navigation."""

    file: str
    title: str


SHEETS = (
    Sheet("index.html", "Leaderboard"),
    Sheet("leaks.html", "Leaks and losses"),
    Sheet("tradeoffs.html", "Trade-offs"),
    Sheet("slices.html", "Slices"),
    Sheet("pages.html", "Pages"),
    Sheet("metrics.html", "Metrics"),
    Sheet("corpus.html", "Corpus"),
    Sheet("method.html", "Method"),
    Sheet("robustness.html", "Robustness"),
    Sheet("compare.html", "Compare"),
)


def build(summary: Summary, folder: Path, details: Details | None = None) -> list[Path]:
    """Write the report and return its files, `index.html` first. Without `details` there is no explorer and nothing that needs texts.

    Files of an earlier report that this one no longer has are removed. Equal summaries and details give equal bytes. Raises
    StoreError where the folder cannot be written.
    """
    written = []
    for name, text in _files(summary, details, folder):
        if text is not None:
            replace_text(folder / name, text)
        written.append(folder / name)
    _sweep(folder, set(written))
    return written


def _files(summary: Summary, details: Details | None, folder: Path) -> Iterator[tuple[str, str | None]]:
    yield from overview(summary, details)
    yield "summary.md", tables.markdown(summary)
    yield "scores.csv", spreadsheets.scores_csv(summary)
    yield "leaks.csv", spreadsheets.leaks_csv(summary)
    yield "losses.csv", spreadsheets.losses_csv(summary)
    yield "pairs.csv", spreadsheets.pairs_csv(summary)
    yield "robots.txt", "User-agent: *\nDisallow: /\n"
    yield from templating.assets().values()
    if details is not None:
        yield from explorer_pages(details, frame(summary), folder)


def overview(summary: Summary, details: Details | None) -> Iterator[tuple[str, str]]:
    """Yield the overview pages and the page of each extractor: name below the report's folder, and text."""
    sections = [section(track, summary) for track in summary.tracks]
    portraits = [(part, portrait(part, standing, summary)) for part in sections for standing in part.standings]
    leaks = {part.track.track: worst(part.track, _competing(part), _LEAKS_SHOWN) for part in sections}
    wanted = [*chain(*leaks.values()), *(leak for _, one in portraits for line in one.leaks for leak in line.examples)]
    words = with_words(wanted, details) if details is not None else {}
    made = templating.environment()
    shared = {
        **frame(summary),
        "tracks": sections,
        "explorer": details is not None,
        "failures": _failures(summary.failures),
        "failures_shown": _FAILURES_SHOWN,
        "inferred": any(row.inferred for track in summary.tracks for row in (*track.leaks, *track.losses)),
        "worst": {track: [words.get(leak, leak) for leak in found] for track, found in leaks.items()},
        "with_words": lambda leak: words.get(leak, leak),
        "measured": measured.read(details.root) if details is not None else measured.Measured(),
        "census": census(summary, details),
    }
    for sheet in SHEETS:
        own = {"here": sheet.file, "root": "", "title": sheet.title}
        yield sheet.file, templating.render(made, f"{sheet.file}.j2", shared | own)
    yield from _pictures(sections)
    for part, one in portraits:
        name = one.standing.entrant.name
        of_one: dict[str, Any] = {"here": "x", "root": "../", "title": name, "section": part, "portrait": one, "standing": one.standing}
        yield extractor_file(name), templating.render(made, "extractor.html.j2", shared | of_one)


def _pictures(sections: Sequence[Section]) -> Iterator[tuple[str, str]]:
    """Yield the pictures of the first track as files, for a README: one cannot follow the reader's theme, so two of each."""
    for part in sections[:1]:
        for theme in ("light", "dark"):
            if part.ran:
                yield f"pictures/leaderboard-{theme}.svg", charts.leaderboard_file(part.ran, theme)
            if part.leaks.columns and not part.untyped:
                yield f"pictures/leaks-{theme}.svg", strips.heat_file(part.ran, part.leaks, theme)


def frame(summary: Summary) -> Mapping[str, Any]:
    """Return what `base.html.j2` needs of a run; a page adds `here` (its file), `root` (the way up to the report's folder) and `title`."""
    styles = templating.assets()
    return {
        "summary": summary,
        "sheets": SHEETS,
        "style": styles["css"][0],
        "script": styles["js"][0],
        "explorer_style": styles["explorer.css"][0],
        "explorer_script": styles["explorer.js"][0],
        "headlines": view.headlines(summary),
    }


def _competing(part: Section) -> list[str]:
    return [standing.entrant.name for standing in part.ran if standing.apart == 0]


def _failures(failures: Sequence[Failure]) -> Mapping[str, Sequence[Failure]]:
    by_extractor: dict[str, list[Failure]] = {}
    for failure in failures:
        by_extractor.setdefault(failure.extractor, []).append(failure)
    return by_extractor


def _sweep(folder: Path, written: set[Path]) -> None:
    """Remove what an earlier build left: files of the folders that only a build writes to, with its mark in their first bytes."""
    for below in ("assets", "pictures", "x", "p", "d"):
        for path in sorted((folder / below).rglob("*.*")):
            if path not in written and path.is_file() and _ours(path):
                path.unlink()


def _ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _MARK.encode() in file.read(600)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}. Unlock the file, then run it again.") from None
