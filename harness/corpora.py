"""Several corpora in one overview: every extractor's headline on each, its mean rank, and how far the corpora rank alike.

It is made from the corpora's own `reports/scores.csv`, the stable table, so it says what their reports say. A corpus whose gold is phrases
(`coverage = "snippets"`) has no headline; its metric is `segments`. Figures of different corpora are not compared, only ranks are, and
only among the extractors that every corpus has.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness import stages
from harness.agreement import FEWEST_EXTRACTORS, kendall, spearman
from harness.errors import NothingMatched, StoreError, named
from harness.score import HEADLINE
from harness.store import replace_text, single_writer

if TYPE_CHECKING:
    from harness.progress import Progress

TRACK = "html"
FOLDER = Path("reports") / "corpora"

_METRICS = (HEADLINE, "segments")
_NEEDED = ("extractor", "category", "version", "metric", "track", "slice", "pages", "sites", "f1", "f1_low", "f1_high")


@dataclass(frozen=True, slots=True)
class Cell:
    """One extractor on one corpus, figures 0–1. `rank` is among those that compete in every corpus, from 1, ties sharing the mean."""

    f1: float
    low: float
    high: float
    rank: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One corpus: its name, metric, pages, sites and signature."""

    name: str
    metric: str
    pages: int
    sites: int
    signature: str


@dataclass(frozen=True, slots=True)
class Line:
    """One extractor on all corpora, None where it has no figure. `mean_rank` is None where it lacks one, and for what does not compete."""

    extractor: str
    category: str
    version: str
    cells: tuple[Cell | None, ...]
    mean_rank: float | None


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike two corpora rank the extractors that compete in all: Spearman's rho and Kendall's tau-b."""

    first: str
    second: str
    rho: float
    tau: float


@dataclass(frozen=True, slots=True)
class Overview:
    """All corpora side by side. Lines are by mean rank; `ranked` is how many extractors compete in every corpus."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    alike: tuple[Alike, ...]
    ranked: int


def bench(roots: Sequence[Path], names: Sequence[str], progress: Progress, slots: int | None = None) -> tuple[Overview, bool]:
    """Bench every corpus and draw them together; also whether every extractor ran everywhere.

    What did not change is not run again. Named extractors would not be a corpus's published result, so their reports stay beside the
    runs, and so does the table that is read here.
    """
    tables: list[tuple[str, Path]] = []
    complete = True
    for root in roots:
        with single_writer(root):
            outcome = stages.bench(root, names, (), progress, slots)
        complete = complete and outcome.complete
        tables.append((name_of(root), next(path for path in outcome.paths if path.name == "scores.csv")))
    return overview(tables), complete


def name_of(root: Path) -> str:
    """Return what a corpus is called in the overview: its folder's name, and the shipped one by the project's."""
    return "clutterbench" if (root / "pyproject.toml").is_file() else root.resolve().name


def found(folder: Path) -> list[Path]:
    """Return the corpora there are: this folder, and those below its `corpora/`, sorted. Raises NothingMatched where there is none."""
    below = folder / "corpora"
    places = [folder, *(sorted(path for path in below.iterdir() if path.is_dir()) if below.is_dir() else ())]
    some = [place for place in places if (place / "raw").is_dir() and (place / "gold").is_dir()]
    if not some:
        raise NothingMatched(f"{named(folder)} is no corpus and has none in corpora/. Import one: clutterbench list datasets")
    return some


def overview(tables: Sequence[tuple[str, Path]]) -> Overview:
    """Draw corpora together from their names and tables. Raises StoreError naming the table that is not what it must be."""
    columns, figures, facts = [], [], dict[str, tuple[str, str]]()
    for name, path in tables:
        column, cells, entrants = _read(name, path)
        columns.append(column)
        figures.append(cells)
        facts = {**entrants, **facts}
    competing = [name for name, (category, _) in facts.items() if category == "extractor" and all(name in cells for cells in figures)]
    ranks = [_ranks({name: cells[name].f1 for name in competing}) for cells in figures]
    lines = []
    for name, (category, version) in facts.items():
        row = tuple(
            Cell(cell.f1, cell.low, cell.high, place.get(name)) if (cell := cells.get(name)) else None
            for cells, place in zip(figures, ranks, strict=True)
        )
        mean = sum(place[name] for place in ranks) / len(ranks) if name in competing else None
        lines.append(Line(name, category, version, row, mean))
    lines.sort(key=lambda line: (line.mean_rank is None, line.mean_rank or 0, line.category != "extractor", line.category, line.extractor))
    values = [np.round([cells[name].f1 for name in competing], 12) for cells in figures]
    alike = [
        Alike(columns[one].name, columns[two].name, spearman(values[one], values[two]), kendall(values[one], values[two]))
        for one, two in combinations(range(len(columns)), 2)
        if len(competing) >= FEWEST_EXTRACTORS
    ]
    return Overview(tuple(columns), tuple(lines), tuple(alike), len(competing))


def _read(name: str, path: Path) -> tuple[Column, dict[str, Cell], dict[str, tuple[str, str]]]:
    """Return a corpus's facts, its extractors' figures, and each extractor's category and version."""
    try:
        first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}. Make it with: clutterbench bench") from None
    rows = list(csv.DictReader(io.StringIO(rest)))
    if not first.startswith("#") or (rows and not set(_NEEDED) <= rows[0].keys()):
        raise StoreError(
            f"{path} is no table of scores; expected a signature and the columns {', '.join(_NEEDED)}. Bench the corpus again."
        )
    rows = [row for row in rows if row["track"] == TRACK and row["slice"] == "all"]
    metric = next((metric for metric in _METRICS if any(row["metric"] == metric and row["f1"] for row in rows)), None)
    if metric is None:
        raise StoreError(f"{path} has no figure of {' or '.join(_METRICS)} on the {TRACK} track. Bench the corpus again.")
    mine = [row for row in rows if row["metric"] == metric]
    cells = {row["extractor"]: Cell(*(float(row[key] or "nan") for key in ("f1", "f1_low", "f1_high"))) for row in mine if row["f1"]}
    kind = "f1" if metric == HEADLINE else metric
    signature = next((part for part in first.split() if part.startswith(f"{kind}|") and f"|track:{TRACK}|" in part), "")
    whole = max(mine, key=lambda row: int(row["pages"]))
    column = Column(name, metric, int(whole["pages"]), int(whole["sites"]), signature)
    return column, cells, {row["extractor"]: (row["category"], row["version"]) for row in mine}


def _ranks(f1: dict[str, float]) -> dict[str, float]:
    rounded = {name: round(value, 12) for name, value in f1.items()}
    return {
        name: 1 + sum(other > value for other in rounded.values()) + (sum(other == value for other in rounded.values()) - 1) / 2
        for name, value in rounded.items()
    }


def sentence(found: Overview) -> str:
    """Say in a sentence how stable the ranks are."""
    several = "corpora" if len(found.columns) > 1 else "corpus"
    compete = "extractor competes" if found.ranked == 1 else "extractors compete"
    head = f"{len(found.lines)} systems on {len(found.columns)} {several}; {found.ranked} {compete} in all of them"
    if not found.alike:
        return f"{head}."
    rhos = [pair.rho for pair in found.alike]
    least = min(found.alike, key=lambda pair: pair.rho)
    return (
        f"{head}. Between two corpora their ranks correlate by {_signed(float(np.mean(rhos)))} in the mean (Spearman), least between "
        f"{least.first} and {least.second} ({_signed(least.rho)})."
    )


def write(folder: Path, found: Overview) -> list[Path]:
    """Write the overview as `overview.md`, `overview.csv` and `index.html` and return the files."""
    files = {"index.html": _html(found), "overview.md": markdown(found), "overview.csv": _csv(found)}
    for name, text in files.items():
        replace_text(folder / name, text)
    return [folder / name for name in files]


def markdown(found: Overview) -> str:
    """Return the overview as Markdown: extractor × corpus, then corpus × corpus, then signatures."""
    header = ["extractor", *(column.name for column in found.columns), "mean rank"]
    lines = [sentence(found), "", _pipe(header), _pipe(["---", *["--:"] * (len(header) - 1)])]
    for line in found.lines:
        name = line.extractor if line.category == "extractor" else f"*{line.extractor}* ({line.category})"
        note = " (imported, not run)" if "imported, not run" in line.version else ""
        lines.append(_pipe([name + note, *map(_cell, line.cells), _one(line.mean_rank)]))
    if found.alike:
        lines += ["", _pipe(["corpora", "Spearman", "Kendall"]), _pipe(["---", "--:", "--:"])]
        lines += [_pipe([f"{pair.first}, {pair.second}", _signed(pair.rho), _signed(pair.tau)]) for pair in found.alike]
    lines += ["", _pipe(["corpus", "pages", "sites", "metric", "signature"]), _pipe(["---", "--:", "--:", "---", "---"])]
    for column in found.columns:
        # A pipe would end the cell even within code.
        code = "`" + column.signature.replace("|", "\\|") + "`"
        lines.append(_pipe([column.name, str(column.pages), str(column.sites), column.metric, code]))
    return "\n".join([*lines, "", NOTE, ""])


NOTE = (
    "F1 of each corpus's metric, 0–100, with its 95 % interval by bootstrap over sites, and in brackets the rank among the extractors that "
    "compete in every corpus. Figures of different corpora are not comparable, nor are those of different metrics; ranks are, as far as "
    "the intervals let them. Few pages or sites make a corpus's ranks a matter of luck."
)


def _csv(found: Overview) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(
        ("corpus", "metric", "pages", "sites", "extractor", "category", "version", "f1", "f1_low", "f1_high", "rank", "mean_rank")
    )
    for number, column in enumerate(found.columns):
        for line in found.lines:
            if cell := line.cells[number]:
                figures = [f"{value:.6f}" for value in (cell.f1, cell.low, cell.high)]
                places = ["" if value is None else f"{value:.6f}" for value in (cell.rank, line.mean_rank)]
                head = (column.name, column.metric, column.pages, column.sites, line.extractor, line.category, line.version)
                rows.writerow((*head, *figures, *places))
    signatures = "  ".join(f"{column.name}:{column.signature}" for column in found.columns)
    return f"# {signatures}\n{out.getvalue()}"


def _html(found: Overview) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("harness.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("corpora.html.j2")
    return template.render(found=found, sentence=sentence(found), note=NOTE, cell=_cell, one=_one, signed=_signed)


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    rank = f" [{cell.rank:g}]" if cell.rank is not None else ""
    return f"{100 * cell.f1:.1f} ({100 * cell.low:.1f}–{100 * cell.high:.1f}){rank}"


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _signed(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:+.2f}".replace("-", "−")


def _pipe(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
