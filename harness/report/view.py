"""What every form of the report shows: the order of rows, the words for figures, and labels as a grid. No layout, no escaping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.records import LABELS, UNLABELLED
from harness.score import HEADLINE
from harness.stats import FEWEST_SITES, Interval, LabelRow, Row
from harness.summary import Entrant, Summary, TrackSummary, points, signed

CATEGORIES = ("extractor", "converter", "reference", "baseline")
GROUPS = ("extractors", "converters: keep the whole page", "reference rows: floor, ceiling, difficulty", "did not run")
"""What stands apart in every table, by `Standing.apart`; only the first group competes."""
FAILURES = ("error", "timeout", "crash", "memory")
FEWEST_LABEL_PAGES = 5
"""A label on fewer pages gets no percentage in the grids: one page would decide it. The CSV files hold its counts."""
AVERAGES: Mapping[str, str] = {
    "page": "mean over all pages",
    "ratio": "precision over pages with an answer, recall over pages with a body, F1 of these means: empty answers do not lower precision",
    "pool": "counts of all pages pooled",
}


def shortened(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, the last one an ellipsis where some were cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def count(number: int) -> str:
    """Format a count with narrow spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def plural(number: int, word: str) -> str:
    """Return a count with its noun, such as `1 page` or `12 pages`."""
    return f"{count(number)} {word}" + ("" if number == 1 else "s")


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of a leaderboard. `row` is None for an extractor that did not run; `leak` the leaked share of all clutter words."""

    entrant: Entrant
    row: Row | None
    leak: float | None

    @property
    def apart(self) -> int:
        """The place in `GROUPS`: 0 for extractors that compete, 1 for converters, 2 for reference rows and baselines, 3 for no row."""
        if self.row is None:
            return 3
        return min(CATEGORIES.index(self.entrant.category), 2)

    @property
    def group(self) -> str:
        """The heading of the group it stands in."""
        return GROUPS[self.apart]


def standings(track: TrackSummary, metric: str = HEADLINE) -> list[Standing]:
    """Return a track's leaderboard: the categories in their order, each best first, then those that did not run."""
    entrants = {entrant.name: entrant for entrant in track.entrants}
    leaks = leak_rates(track)
    found = [Standing(entrants[row.extractor], row, leaks.get(row.extractor)) for row in track.table(metric)]
    found.sort(key=lambda standing: CATEGORIES.index(standing.entrant.category))
    return found + [Standing(entrant, None, None) for entrant in track.entrants if entrant.reason]


def scored_standings(track: TrackSummary) -> list[Standing]:
    """Return the leaderboard under the headline or, of pages whose gold is phrases alone, under the first metric that scored them."""
    metric = HEADLINE if track.table() else next((row.metric for row in track.rows), HEADLINE)
    return standings(track, metric)


def leak_rates(track: TrackSummary) -> dict[str, float]:
    """Return each extractor's leaked share of all clutter words; none where the pages have no clutter."""
    sums: dict[str, tuple[int, int]] = {}
    for row in track.leaks:
        found, tokens = sums.get(row.extractor, (0, 0))
        sums[row.extractor] = (found + row.found, tokens + row.tokens)
    return {name: found / tokens for name, (found, tokens) in sums.items() if tokens}


def with_interval(value: float | None, interval: Interval | None) -> str:
    """Format a share with its interval: `95.8 (94.6–96.8)`, `95.8` where there is none, `–` where there is no figure."""
    return points(value) + (f" ({points(interval.low)}–{points(interval.high)})" if interval else "")


def rank(row: Row) -> str:
    """Format a rank range, `–` for a row that has none."""
    if row.rank is None:
        return "–"
    low, high = row.rank
    return str(low) if low == high else f"{low}–{high}"


def behind(row: Row, *, interval: bool = True) -> str:
    """Format the paired difference to the leader and the judgement on it: `−1.0 (−3.0 to +1.0) tie`; `–` where there is neither."""
    parts = []
    if row.behind is not None and row.behind_interval is not None:
        parts.append(signed(row.behind))
        if interval:
            parts.append(f"({signed(row.behind_interval.low)} to {signed(row.behind_interval.high)})")
    return " ".join([*parts, judgement(row)]).strip() or "–"


def judgement(row: Row) -> str:
    """Say in a word how a ranked row stands to the leader: `leader`, `worse`, `tie`, or `open` on too few sites; '' if not ranked."""
    if row.rank is None:
        return ""
    if row.behind is None:
        return "leader"
    if row.separable:
        return "worse"
    return "open" if row.sites < FEWEST_SITES else "tie"


def probability(value: float) -> str:
    """Format a p-value with three decimals; 0 and 1 only for exactly these."""
    if 0 < value < 0.001:
        return "<\u202f0.001"
    text = f"{value:.3f}"
    return ">\u202f0.999" if text == "1.000" and value < 1 else text


def coefficient(value: float) -> str:
    """Format a correlation with two decimals and a real minus, `–` where there is none; 1.00 only for exactly 1."""
    if value != value:
        return "–"
    size = abs(round(value, 12))
    text = f"{size:.2f}"
    text = "0.99" if text == "1.00" and size < 1 else text
    return ("−" if value < 0 and text != "0.00" else "") + text


def averaging(average: str) -> str:
    """Say how a metric's pages make its mean."""
    return AVERAGES.get(average, f"averaged by its own rule “{average}”")


def label_words(label: str) -> str:
    """Say what a label means."""
    return NOT_TOLD_APART if label == UNLABELLED else LABELS.get(label, "")


NOT_TOLD_APART = "not told apart (headline, byline, caption or rest of a paragraph)"


def failed(row: Row) -> int:
    """Count the pages where an extractor gave no answer."""
    return sum(row.statuses.get(status, 0) for status in FAILURES)


def failed_by_status(row: Row) -> str:
    """Name how pages failed: `2 timeout, 1 crash`; '' where none did."""
    # The space does not break, so that a narrow column keeps each number with its word.
    return ", ".join(f"{row.statuses[status]}\u00a0{status}" for status in FAILURES if row.statuses.get(status))


def signatures(summary: Summary) -> list[str]:
    """Return the run's signatures, each once: the headline's of every track first."""
    found = [signature for track in summary.tracks for signature in track.signatures.values()]
    return list(dict.fromkeys(found))


def headlines(summary: Summary) -> list[str]:
    """Return the headline's signature of each track."""
    return list(dict.fromkeys(track.signatures[HEADLINE] for track in summary.tracks if HEADLINE in track.signatures))


@dataclass(frozen=True, slots=True)
class Column:
    """A label of a grid: its name, the pages that have it, its words on them, and whether it was inferred, not labelled by hand."""

    label: str
    pages: int
    tokens: int
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Extractors × labels. `columns` go most common first; `rare` are the labels on too few pages for a percentage."""

    columns: tuple[Column, ...]
    rare: tuple[Column, ...]
    lines: Mapping[str, tuple[float, ...]]

    @property
    def inferred(self) -> str:
        """`all`, `some` or '' for none: how many of its labels were inferred."""
        marks = {column.inferred for column in (*self.columns, *self.rare)}
        return "" if True not in marks else "some" if False in marks else "all"


def grid(names: Sequence[str], rows: Iterable[LabelRow], *, lost: bool) -> Grid:
    """Arrange label rows for the named extractors: the share that got out of a clutter label, or that was `lost` of a body label.

    A label that people gave on some pages and that was inferred on others has a column for each.
    """
    known: dict[tuple[str, str, bool], LabelRow] = {}
    for row in rows:
        key = (row.extractor, row.label, row.inferred)
        if other := known.get(key):
            row = replace(row, pages=row.pages + other.pages, tokens=row.tokens + other.tokens, found=row.found + other.found)
        known[key] = row
    columns = {key[1:]: Column(row.label, row.pages, row.tokens, row.inferred) for key, row in known.items()}
    common = sorted(columns.values(), key=lambda column: (-column.pages, -column.tokens, column.label, column.inferred))
    shown = tuple(column for column in common if column.pages >= FEWEST_LABEL_PAGES)
    rates = {key: 1 - row.rate if lost else row.rate for key, row in known.items()}
    lines = {name: tuple(rates[name, column.label, column.inferred] for column in shown) for name in names}
    return Grid(shown, tuple(column for column in common if column.pages < FEWEST_LABEL_PAGES), lines)


def heat(rate: float) -> int:
    """Return the step of a cell's colour, 0 to 4."""
    return sum(rate >= bound for bound in HEAT_BOUNDS)


HEAT_BOUNDS = (0.05, 0.2, 0.4, 0.7)
